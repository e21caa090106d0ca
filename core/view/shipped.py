"""Calculations that came with the program: shown where none was made here, until a visitor wants one made here."""

import streamlit as st

from core.chem.molecule import Molecule
from core.jobs.client import JobClient
from core.jobs.status import key_of
from core.reference.level import Level
from core.reference.record import Record
from core.reference.results import find_result
from core.view.visitor import visitor
from core.view.words import escaped


def known_record(client: JobClient, molecule: Molecule, level: Level) -> tuple[Record | None, bool]:
    """The calculation of a structure, if there is one, and whether it came with the program. One made here comes first;
    there is none while this visitor makes one here, or wants to."""
    record = client.store.get(molecule, level)
    if record is not None:
        return record, False
    job = key_of(molecule, level)
    asked = not client.status(job).finished and client.asked(job, visitor())
    record = None if _choices().get(job, asked) else find_result(molecule, level)
    return record, record is not None


def _choices() -> dict[str, bool]:
    """By job: whether the visitor looks away from what came with the program."""
    return st.session_state.setdefault("calculate_here", {})


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
