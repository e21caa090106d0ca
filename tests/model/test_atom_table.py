"""The table of the atoms: who, where, the force in its units, how far off it may be and why it is outside."""

import csv
import io

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.chem.topology import Residue, Topology
from core.csv_text import csv_of
from core.model.atom_table import atom_table
from core.model.domain import Flag
from core.model.trust import Trust
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

POSITIONS = np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]])
WATER = Molecule(np.array([8, 1, 1]), POSITIONS)
FORCES = np.array([[0.0, 0.0, 0.02], [0.0, 0.01, -0.01], [0.0, -0.01, -0.013]])


def judged(*flags: Flag) -> dict[str, list]:
    expected = np.array([12.5, np.nan, 5.0])
    return atom_table(WATER, FORCES, trust=Trust(WATER, expected, 2 * expected, 1.3 * expected, flags))


def test_a_line_for_every_atom_with_units_in_the_header() -> None:
    columns = atom_table(WATER, FORCES)
    lines = csv_of(columns).splitlines()
    assert lines[0].split(",") == list(columns) and len(lines) == 4
    last = dict(zip(lines[0].split(","), lines[3].split(","), strict=True))
    assert float(last["fz_mev_per_angstrom"]) == pytest.approx(-0.013 * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM, abs=1e-4)
    assert float(last["force_mev_per_angstrom"]) == pytest.approx(
        np.hypot(0.01, 0.013) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM, abs=1e-4
    )
    assert float(last["y_angstrom"]) == pytest.approx(-0.7572)


def test_atoms_of_a_protein_are_called_by_their_residue() -> None:
    residues = (Residue("A", "HOH", 7, "B", "water"), Residue("A", "X,1", 8))
    topology = Topology(residues, ("O", "H1", "=H2"), np.array([0, 0, 1]))
    columns = atom_table(WATER, FORCES, topology)
    assert list(columns)[:6] == ["atom", "element", "chain", "residue", "number", "name"]
    assert columns["number"] == ["7B", "7B", "8"] and columns["name"] == ["O", "H1", "=H2"]
    rows = list(csv.DictReader(io.StringIO(csv_of(columns))))
    assert [row["residue"] for row in rows] == ["HOH", "HOH", "X,1"]
    assert rows[2]["name"] == "'=H2", "no formula for a spreadsheet"
    alone = Topology((Residue("", "MOL", 1),), ("O1", "H2", "H3"), np.zeros(3, dtype=np.int64))
    assert alone.atom_labels == () and list(atom_table(WATER, FORCES, alone)) == list(atom_table(WATER, FORCES))


def test_forces_have_their_expected_error_and_why_they_are_outside() -> None:
    contact, angle = Flag("contact", (0, 2), "H-O", 1.0, ""), Flag("angle", (2,), "HOH", 1.0, "")
    columns = judged(contact, contact, angle)
    assert columns["expected_error_mev_per_angstrom"] == [12.5, None, 5.0]
    assert columns["upper_error_mev_per_angstrom"] == [25.0, None, 10.0]
    assert columns["outside"] == ["contact", "", "contact; angle"]


def test_a_structure_outside_as_a_whole_is_outside_in_every_atom() -> None:
    assert judged(Flag("charge", (), "", 1.0, ""))["outside"] == ["charge"] * 3


def test_forces_that_nobody_judged_have_no_such_columns() -> None:
    assert list(atom_table(WATER, FORCES))[-1] == "force_mev_per_angstrom"
