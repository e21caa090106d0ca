"""The structure of a visitor's session: what was asked for last, what is shown, and what went wrong in between.

A request that fails changes nothing of what is shown. Lives in st.session_state under keys that are no widget's, so
it survives a change of page.
"""

from collections.abc import Callable

import streamlit as st

from core.chem.molecule import Molecule
from core.errors import RhoscopeError
from core.view.picture import default_molecule
from core.view.words import log_problem, show_problem

_ASKED, _SHOWN, _PROBLEM = "structure_asked", "structure_shown", "structure_problem"


def ask_for(read: Callable[[], Molecule]) -> None:
    """Read a new structure; where that fails, keep the old one and remember why."""
    try:
        st.session_state[_ASKED] = read()
        st.session_state[_PROBLEM] = None
    except RhoscopeError as error:
        fail(error)


def asked() -> Molecule:
    """The structure to be shown: the one asked for last, at first the default example."""
    return st.session_state.setdefault(_ASKED, default_molecule())


def shown() -> Molecule:
    """The structure on the screen."""
    return st.session_state.get(_SHOWN) or default_molecule()


def succeed(molecule: Molecule) -> None:
    st.session_state[_SHOWN] = molecule


def fail(error: RhoscopeError) -> None:
    """Remember the problem, and go back to what is shown."""
    log_problem(error)
    st.session_state[_PROBLEM] = error
    st.session_state[_ASKED] = shown()


def show_last_problem() -> None:
    """What went wrong with the last request, if it did."""
    if problem := st.session_state.get(_PROBLEM):
        show_problem(problem)
        st.caption("What you see below is still the structure that was there before.")
