"""From what a visitor asked for to its picture, with what is going on told on the page."""

import streamlit as st

from core.chem.molecule import Molecule
from core.errors import RhoscopeError
from core.view import structure
from core.view.ions import ions_of
from core.view.picture import Ions, Picture, abandon, picture_meanwhile, picture_of, picture_ready
from core.view.working import FROM_ATOMS, expected, learn_from, may_start, working

_UNDER_WAY = "request_under_way"


def _want(wanted: tuple[Molecule, Ions] | None) -> None:
    """What this visitor had made before, a molecule and its ions, is given up where it is not what is `wanted`."""
    before: tuple[Molecule, Ions] | None = st.session_state.get(_UNDER_WAY)
    st.session_state[_UNDER_WAY] = wanted
    if before is not None and (wanted is None or before[0] is not wanted[0]):
        abandon(*before)


def picture_of_request() -> Picture:
    """The picture of what was asked for; where it cannot be made, of what was there before."""
    place = st.empty()
    try:
        if structure.wanted():
            with place.status("Reading the structure") as status:
                subject = structure.asked(lambda text: status.update(label=text))
        else:
            subject = structure.asked()
        molecule, ions = subject.molecule, ions_of(subject)
        _want((molecule, ions))
        picture = picture_ready(molecule, ions)
        if picture is None:
            if len(molecule) >= FROM_ATOMS:
                place.status(f"Finding out how long {len(molecule):,} atoms will take")
            needed = expected(molecule)
            place.empty()
            if not may_start(molecule, needed):
                return structure.shown_picture()

            def cancel() -> None:
                structure.give_up()
                _want(None)

            make = picture_meanwhile if needed else picture_of
            with working(place, molecule, needed, cancel) as tell:
                picture = make(molecule, tell, ions)
            learn_from(picture)
        structure.succeed(subject, picture)
    except RhoscopeError as error:
        structure.fail(error)
        picture = structure.shown_picture()
    place.empty()
    return picture
