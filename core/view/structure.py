"""The structure of a visitor's session: what was asked for last, what is shown, and what went wrong in between.

A request that fails changes nothing of what is shown. Lives in st.session_state under keys that are no widget's, so
it survives a change of page.
"""

from collections.abc import Callable

import streamlit as st

from core.chem.subject import Progress, Refused, Subject
from core.errors import RhoscopeError
from core.view.address import Address
from core.view.picture import Picture, default_molecule, picture_of
from core.view.words import log_problem, show_problem

Reader = Callable[[Progress], Subject]
_WANTED, _ASKED, _SHOWN, _PROBLEM = "structure_wanted", "structure_asked", "structure_shown", "structure_problem"
_PICTURE = "structure_picture"
_ADDRESS_ASKED, _ADDRESS = "structure_address_asked", "structure_address"
_ADDRESS_TRIED = "structure_address_tried"


def ask_for(read: Reader, address: Address | None = None) -> None:
    """Have a new structure read by `asked`, later, where its progress can be seen. address: what names it, if any."""
    st.session_state[_WANTED] = read, address


def wanted() -> bool:
    """Whether there is a structure still to be read."""
    return st.session_state.get(_WANTED) is not None


def pending() -> bool:
    """Whether a structure was asked for that is not the one on the screen yet: still to be read, or to be predicted."""
    asked_for = st.session_state.get(_ASKED)
    return wanted() or (asked_for is not None and asked_for is not st.session_state.get(_SHOWN))


def asked(progress: Progress = lambda text: None) -> Subject:
    """The structure to be shown: the one asked for last, at first the default example. Raises RhoscopeError."""
    wanted: tuple[Reader, Address | None] | None = st.session_state.get(_WANTED)
    if wanted is not None:
        read, address = wanted
        st.session_state[_ADDRESS_TRIED] = address
        # A rerun may end this one in the middle of the reading, by what is no Exception: the next one reads again.
        try:
            st.session_state[_ASKED] = read(progress)
        except Exception:
            st.session_state[_WANTED] = None
            raise
        st.session_state[_WANTED] = None
        st.session_state[_ADDRESS_ASKED] = address
        st.session_state[_PROBLEM] = None
    return st.session_state.get(_ASKED) or _first()


def shown() -> Subject:
    """The structure on the screen."""
    return st.session_state.get(_SHOWN) or _first()


def _first() -> Subject:
    return Subject(default_molecule())


def shown_address() -> Address | None:
    """What names the structure on the screen; None for a file, and at first."""
    return st.session_state.get(_ADDRESS)


def failed_address() -> Address | None:
    """What names the structure that was asked for last and could not be shown, as long as that is said."""
    return st.session_state.get(_ADDRESS_TRIED) if st.session_state.get(_PROBLEM) else None


def succeed(subject: Subject, picture: Picture) -> None:
    st.session_state[_SHOWN], st.session_state[_PICTURE] = subject, picture
    st.session_state[_ADDRESS] = st.session_state.get(_ADDRESS_ASKED)


def shown_picture() -> Picture:
    """The picture on the screen; at first that of the default example. Raises RhoscopeError."""
    return st.session_state.get(_PICTURE) or picture_of(_first().molecule)


def fail(error: RhoscopeError) -> None:
    """Remember the problem, and go back to what is shown."""
    log_problem(error)
    st.session_state[_PROBLEM] = error
    give_up()


def give_up() -> None:
    """Want no more than what is shown."""
    st.session_state[_ASKED] = shown()
    st.session_state[_ADDRESS_ASKED] = shown_address()


def show_last_problem(choose: Callable[[Refused], None] | None = None) -> None:
    """What went wrong with the last request, if it did. choose: offers to prepare otherwise a file that was refused."""
    if problem := st.session_state.get(_PROBLEM):
        show_problem(problem)
        if choose and (refused := Refused.by(problem)):
            choose(refused)
        st.caption("What you see below is still the structure that was there before.")
