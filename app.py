"""`streamlit run app.py`: Streamlit with two routes of our own, for the viewer's modules and for packed fields."""

import streamlit as st

from core import logs
from core.view import assets, html_file
from core.view.headers import middleware
from core.view.warm_up import warm_up

logs.configure()
warm_up()
app = st.App("pages/navigation.py", routes=[*html_file.routes(), *assets.routes()], middleware=middleware())
