"""The pages and the frame around them."""

import streamlit as st

from core.view.assets import ASSETS
from core.view.projector import show_projector

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
            st.Page("turn_it.py", title="1 Turn it", icon=":material/3d_rotation:"),
            st.Page("break_it.py", title="2 Break it", icon=":material/broken_image:"),
            st.Page("irreps.py", title="3 Irreps", icon=":material/deployed_code:"),
            st.Page("l_by_l.py", title="4 l by l", icon=":material/layers:"),
            st.Page("who_sees_whom.py", title="5 Who sees whom", icon=":material/visibility:"),
            st.Page("tensor_products.py", title="6 Tensor products", icon=":material/join_inner:"),
            st.Page("how_much_data.py", title="7 How much data", icon=":material/trending_down:"),
            st.Page("density_to_force.py", title="8 From density to force", icon=":material/arrow_outward:"),
            st.Page("trust_it.py", title="9 Trust it?", icon=":material/verified_user:"),
        ],
    },
    position="top",
)
show_projector()
page.run()
