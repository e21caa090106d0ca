"""Calculations that came with the program: shown where none was made here, until a visitor wants one made here."""

import streamlit as st

from core.chem.molecule import Molecule
from core.jobs.client import JobClient
from core.jobs.status import key_of
from core.reference.level import Level
from core.reference.record import Record
from core.reference.results import find_result
from core.view.words import escaped


def known_record(client: JobClient, molecule: Molecule, level: Level) -> Record | None:
    """The calculation of a structure, if there is one: made here, or come with the program. None too while one is being
    made here, where one has failed here, and where a visitor wants to make one."""
    record = client.store.get(molecule, level)
    job = key_of(molecule, level)
    if record is not None or not client.status(job).finished:
        return record
    here = _choices().get(job, client.store.failure(job) is not None)
    return None if here else find_result(molecule, level)


def _choices() -> dict[str, bool]:
    """By job: whether the visitor looks away from what came with the program."""
    return st.session_state.setdefault("calculate_here", {})


def came_with_the_program(client: JobClient, record: Record) -> bool:
    return client.store.get(record.molecule, record.level) is None


def offer_to_calculate(record: Record) -> None:
    """Says that `record` came with the program, and offers to make it here."""
    with st.container(horizontal=True, vertical_alignment="center"):
        made_by = f" (PySCF {escaped(str(record.provenance['pyscf']))})" if "pyscf" in record.provenance else ""
        st.caption(f"This calculation came with the program{made_by}, so you need not wait for it.", width="content")
        st.button(
            "Calculate it here",
            on_click=_choose,
            args=(record.molecule, record.level, True),
            help="Make the same calculation on this machine, and watch it converge.",
        )


def offer_to_return(molecule: Molecule, level: Level) -> None:
    """The way back to the calculation that came with the program, where there is one."""
    if find_result(molecule, level) is not None:
        words = "Show the calculation that came with the program"
        st.button(words, on_click=_choose, args=(molecule, level, False))


def _choose(molecule: Molecule, level: Level, here: bool) -> None:
    _choices()[key_of(molecule, level)] = here
