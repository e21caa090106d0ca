"""Tables of a comparison: their numbers are those of the comparison, and sums over residues are sums over atoms."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.chem.topology import Residue, Topology
from core.reference.calculation import calculate
from core.reference.level import DEFAULT_LEVEL
from core.view.comparison import HeldAgainst, held_against
from core.view.error_tables import atom_columns, element_columns, region_rows, residue_columns, rung_rows
from core.view.picture import picture_of
from core.view.tables import explained
from core.view.words import escaped

TWO = Molecule(
    np.array([8, 1, 1, 8, 1, 1]),
    np.array(
        [[0, 0, 0.12], [0, 0.76, -0.47], [0, -0.76, -0.47], [0, 0, 3.0], [0, 0.76, 3.59], [0, -0.76, 3.59]], dtype=float
    ),
    0,
    "two <b>waters</b>",
)
WORDS = Topology((Residue("A", "HOH", 1), Residue("A", "HOH", 2)), ("O", "H1", "H2") * 2, np.repeat([0, 1], 3))


@pytest.fixture(scope="module")
def held() -> HeldAgainst:
    return held_against(picture_of(TWO), calculate(TWO))


def cells(table: str) -> list[list[str]]:
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in table.split("\n")[2:]]


def test_the_ladder_ends_with_the_figures_of_merit(held: HeldAgainst) -> None:
    rows = cells(rung_rows(held))
    assert [row[0] for row in rows] == [
        "Free atoms",
        f"Orbitals ({escaped(DEFAULT_LEVEL.label)})",
        "Fit",
        "Model",
        "End to end",
    ]
    assert float(rows[-1][1].replace(",", "")) == pytest.approx(held.figures.force_mae_mev_per_angstrom, rel=0.05)
    assert float(rows[2][2]) < 0.1
    assert all(row[3].endswith(".") for row in rows)


def test_regions_and_parts_add_up_to_the_misplaced_electrons(held: HeldAgainst) -> None:
    *rows, whole = cells(region_rows(held))
    assert region_rows(held).startswith("| Region | Electrons | Misplaced, e | Floor, e | Free atoms, e |")
    assert [row[0] for row in rows] == ["Core", "Bonds", "Other valence", "Tail"] and whole[0] == "All"
    assert sum(float(row[1]) for row in rows) == pytest.approx(20.0, abs=0.02)
    for column in range(1, 5):
        assert sum(float(row[column]) for row in rows) == pytest.approx(float(whole[column]), rel=0.05)
    assert sum(float(row[2]) for row in rows) == pytest.approx(held.findings.electrons_misplaced, rel=0.05)
    atoms, residues = atom_columns(held), residue_columns(held, WORDS)
    key = "Misplaced, 0.001 e"
    assert np.sum(atoms[key]) == pytest.approx(1000 * held.findings.electrons_misplaced, abs=0.1)
    assert np.asarray(residues[key]) == pytest.approx(np.asarray(atoms[key]).reshape(2, 3).sum(1), abs=0.05)
    assert residues["Residue"] == ["HOH A 1", "HOH A 2"]


def test_every_column_says_what_it_is(held: HeldAgainst) -> None:
    for columns in (atom_columns(held), element_columns(held), residue_columns(held, WORDS)):
        assert list(explained(columns)) == list(columns)


def test_elements_are_means_over_their_atoms(held: HeldAgainst) -> None:
    atoms, elements = atom_columns(held), element_columns(held)
    assert elements["element"] == ["O", "H"] and list(elements["Atoms"]) == [2, 4]
    for column in ("Misplaced, 0.001 e", "Floor, 0.001 e", "Force error, meV/Å"):
        values = np.asarray(atoms[column])
        means = [values[[0, 3]].mean(), values[[1, 2, 4, 5]].mean()]
        assert np.asarray(elements[column]) == pytest.approx(means, abs=0.06)
