"""From what a visitor asked for to its picture, with what is going on told on the page."""

import streamlit as st

from core.errors import RhoscopeError
from core.view import structure
from core.view.ions import ions_of
from core.view.picture import Picture, abandon, picture_meanwhile, picture_of, picture_ready
from core.view.working import FROM_ATOMS, expected, learn_from, may_start, working


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
                abandon(molecule, ions)

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
