"""Force errors by how many neighbours atoms have, counted another way."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.train.crowding import EDGES, NEAR_ANGSTROM, NEAR_BOHR, CrowdedErrors, by_crowding, labels
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def a_crowd(count: int, seed: int) -> Molecule:
    """Hydrogen and oxygen in turns, scattered in a box."""
    rng = np.random.default_rng(seed)
    numbers = np.where(np.arange(count) % 2, 1, 8)
    return Molecule(numbers, rng.uniform(0.0, 9.0, (count, 3)), 0, title="crowd")


def test_atoms_are_counted_once_and_their_errors_are_means() -> None:
    molecules = [a_crowd(40, 0), a_crowd(12, 1)]
    rng = np.random.default_rng(2)
    differences = [rng.normal(size=(len(molecule), 3)) * 1e-3 for molecule in molecules]
    table = by_crowding([CrowdedErrors.of(*both) for both in zip(molecules, differences, strict=True)])
    assert tuple(table) == labels()
    found: dict[tuple[str, str], list[float]] = {}
    for molecule, difference in zip(molecules, differences, strict=True):
        for k, here in enumerate(molecule.positions_bohr):
            near = sum(np.linalg.norm(here - other) <= NEAR_BOHR for other in molecule.positions_bohr) - 1
            row = sum(near >= edge for edge in EDGES) - 1
            kind = "hydrogen" if molecule.atomic_numbers[k] == 1 else "others"
            size = sum(abs(x) for x in difference[k]) / 3 * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
            found.setdefault((labels()[row], kind), []).append(size)
    assert len(found) > 4
    for label, row in table.items():
        for kind, cell in row.items():
            sizes = found.get((label, kind), [])
            assert cell["atoms"] == len(sizes)
            mean = cell["force_mae_mev_per_angstrom"]
            assert mean == pytest.approx(np.mean(sizes)) if sizes else mean is None


def test_the_words_say_what_is_counted() -> None:
    assert labels()[0] == "0 to 9" and labels()[-1] == "30 or more"
    assert NEAR_ANGSTROM == 4.8
