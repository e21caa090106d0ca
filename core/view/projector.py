"""For a room: everything larger and in full contrast, by a switch on every page or by `?projector=1` in the address."""

import streamlit as st

from core.view.assets import ASSETS

_KEY = "projector"


def show_projector() -> None:
    """The switch, and what it switches on. It stays as it is from page to page."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = st.query_params.get(_KEY) == "1"
    with st.container(key="projector-switch"):
        on = st.toggle("Projector", key=_KEY, help="Larger text and picture and full contrast, for a room.")
    if on:
        st.html(ASSETS / "viewer" / "projector.css")
