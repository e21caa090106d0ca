"""Calculations that came with the program: shown at once, until a visitor wants one made here."""

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
    one that came with the program is left out for who makes it here."""
    record, job = client.store.get(molecule, level), key_of(molecule, level)
    if record is not None or not _taken().get(job, not client.asked(job, visitor())):
        return record, False
    record = find_result(molecule, level)
    return record, record is not None


def _taken() -> dict[str, bool]:
    """By job: whether the visitor takes what came with the program, or said otherwise."""
    return st.session_state.setdefault("shipped_taken", {})


def offer_shipped(molecule: Molecule, level: Level) -> None:
    """A button, where a calculation of this structure came with the program."""
    if find_result(molecule, level) is not None:
        st.button(
            "Take the one that came with the program",
            icon=":material/bolt:",
            on_click=_take,
            args=(molecule, level, True),
            help="The same calculation, made on another machine.",
        )


def offer_to_calculate(record: Record) -> None:
    """Says that `record` came with the program, and offers to make it here."""
    with st.container(horizontal=True, vertical_alignment="center"):
        made_by = f" (PySCF {escaped(str(record.provenance['pyscf']))})" if "pyscf" in record.provenance else ""
        st.caption(f"This calculation came with the program{made_by}.", width="content")
        st.button(
            "Calculate it here",
            on_click=_take,
            args=(record.molecule, record.level, False),
            help="Make the same calculation on this machine, and watch it converge.",
        )


def _take(molecule: Molecule, level: Level, taken: bool) -> None:
    _taken()[key_of(molecule, level)] = taken
