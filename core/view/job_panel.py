"""A visitor's calculations on Compare: the one that runs, and the others that wait or run meanwhile."""

import streamlit as st

from core.jobs.client import JobClient
from core.view.visitor import visitor
from core.view.words import escaped


def show_other_jobs(client: JobClient, shown: str) -> None:
    """The calculations of this visitor that wait or run, but the one called `shown`, each with its own end."""
    others = [(label, status) for label, status in client.unfinished(visitor()) if status.job_id != shown]
    if not others:
        return
    with st.expander(f"Your other calculations: {len(others)} running or waiting"):
        for label, status in others:
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(f"**{escaped(label)}**  \n{escaped(status.message)}")
            if button.button("Cancel", key=f"cancel {status.job_id}", icon=":material/stop:"):
                client.cancel(status.job_id, visitor())
                st.rerun()
