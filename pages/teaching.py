"""Workshop: what a teacher needs to know before, and two ways through."""

import streamlit as st

from core.view.lesson_paths import FIVE_MINUTES, NINETY_MINUTES, Step
from core.view.workshop import WORDS


def show_path(steps: tuple[Step, ...]) -> None:
    for step in steps:
        minutes, link, words = st.columns([0.6, 1.6, 4.8], vertical_alignment="center")
        minutes.markdown(f"{step.minutes} min")
        page = step.target
        link.page_link(
            page.file, label=f"{page.number} {page.title}", icon=page.icon, query_params=dict(step.settings) or None
        )
        if step.answer:
            words.expander(step.say).markdown(step.answer)
        else:
            words.markdown(step.say)


st.markdown("## Workshop on equivariance")
st.markdown(
    "Nine pages, each with one thing to do, one to see and one number that says whether it holds. The network on them "
    "is the one that Explore uses. Who knows vectors can begin; other words are under **Words** on every page."
)
short, long = st.tabs(["Five minutes", "Ninety minutes"])
with short:
    show_path(FIVE_MINUTES)
with long:
    show_path(NINETY_MINUTES)
left, right = st.columns(2, gap="large")
with left:
    st.markdown("### In the room")
    st.markdown(
        """
* Everything runs on this machine, and nothing is fetched from elsewhere: the network may be off.
* **Projector**, at the top, makes text and pictures larger and gives full contrast; `?projector=1` in an address too.
* **Copy link** gives an address that opens a page as it stands: an exercise to hand out; **Start again** sets it back.
* Pictures are saved by **Save PNG** below them, plots by the camera that appears over them.
* What one person has asked for is there at once for all others.
* For others to reach it, say `make app` with `STREAMLIT_SERVER_ADDRESS=0.0.0.0` before it, and give out the address of
  this machine with the port that it prints.
"""
    )
with right:
    with st.expander("Words, as every page has them"):
        for word, meaning in WORDS:
            st.markdown(f"**{word}.** {meaning}")
