"""`streamlit run app.py`: Streamlit with two routes of our own, for the viewer's modules and for packed fields."""

import streamlit as st

from core import logs
from core.view.assets import routes
from core.view.headers import middleware
from core.view.warm_up import warm_up

logs.configure()
warm_up()
app = st.App("pages/navigation.py", routes=routes(), middleware=middleware())
