"""The pages and the frame around them."""

import streamlit as st

from core.errors import RhoscopeError
from core.view.assets import ASSETS
from core.view.projector import show_projector
from core.view.words import log_problem, show_problem
from core.view.workshop import PAGES

st.set_page_config(page_title="Rhoscope", page_icon=str(ASSETS / "viewer" / "icon.svg"), layout="wide")
st.html(ASSETS / "viewer" / "app.css")
page = st.navigation(
    {
        "": [
            st.Page("explore.py", title="Explore", icon=":material/blur_on:", default=True),
            st.Page("compare.py", title="Compare", icon=":material/compare_arrows:"),
            st.Page("about.py", title="About", icon=":material/info:"),
        ],
        "Workshop": [
            st.Page("teaching.py", title="For teachers", icon=":material/school:"),
            *(st.Page(page.file, title=f"{page.number} {page.title}", icon=page.icon) for page in PAGES),
        ],
    },
    position="top",
)
show_projector()
try:
    page.run()
except RhoscopeError as error:
    # What a page does not answer itself is said where it stopped; what stands above it stays.
    log_problem(error)
    show_problem(error)
