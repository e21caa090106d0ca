"""Where a model is weak: kinds of atoms and single atoms, told apart by hand."""

import numpy as np
import pytest

from core.chem.read import from_smiles
from core.cli.evaluate import _worst_lines
from core.train.by_environment import AtomErrors, by_environment, worst_atoms
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM as UNIT


def errors_of(name: str, smiles: str, sizes: dict[int, float]) -> AtomErrors:
    """sizes: of atoms by index, along the diagonal; the others are right."""
    molecule = from_smiles(smiles)
    difference = np.zeros((len(molecule), 3))
    for atom, size in sizes.items():
        difference[atom] = size / np.sqrt(3) / UNIT
    return AtomErrors.of(name, molecule, difference)


METHANETHIOL = errors_of("methanethiol", "CS", {0: 30.0, 1: 300.0})
ETHANETHIOL = errors_of("ethanethiol", "CCS", {2: 100.0})


def test_kinds_are_element_and_neighbours_the_worst_first() -> None:
    table = by_environment([METHANETHIOL, ETHANETHIOL])
    assert next(iter(table)) == "S: C1 H1"
    sulfur = table["S: C1 H1"]
    assert (sulfur["atoms"], sulfur["structures"]) == (2, 2)
    assert sulfur["force_error_mev_per_angstrom"] == pytest.approx(200.0)
    assert sulfur["largest_mev_per_angstrom"] == pytest.approx(300.0)
    assert table["C: H3 S1"]["force_error_mev_per_angstrom"] == pytest.approx(30.0)
    assert table["H: S1"] == {
        "atoms": 2, "structures": 2, "force_error_mev_per_angstrom": 0.0, "largest_mev_per_angstrom": 0.0,
    }  # fmt: skip
    assert sum(row["atoms"] for row in table.values()) == 6 + 9


def test_worst_atoms_are_numbered_from_one() -> None:
    rows = worst_atoms([ETHANETHIOL, METHANETHIOL], 2)
    assert [(row["structure"], row["atom"], row["environment"]) for row in rows] == [
        ("methanethiol", 2, "S: C1 H1"),
        ("ethanethiol", 3, "S: C1 H1"),
    ]
    assert worst_atoms([METHANETHIOL], 0) == []


def test_the_command_tells_as_many_as_are_asked_for() -> None:
    of_atoms = [METHANETHIOL, ETHANETHIOL]
    payload = {"by_environment": by_environment(of_atoms), "worst_atoms": worst_atoms(of_atoms, 1)}
    lines = _worst_lines(payload, 1)
    assert len(lines) == 4 and "S: C1 H1" in lines[1] and "200, largest 300" in lines[1]
    assert lines[3].split() == ["methanethiol", "atom", "2", "S:", "C1", "H1", "300"]
    assert _worst_lines(payload, 0) == []
