"""The calculations that came with the program are of the examples as they are."""

import numpy as np
import pytest

from core.chem.examples import ENTRIES, example
from core.reference.level import DEFAULT_LEVEL
from core.reference.orbital_density import OrbitalDensity
from core.reference.results import find_result
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

# One takes seconds wherever one wants it, the others are beyond any patience.
WITHOUT = ("water-1", "water-30", "helix-18")


@pytest.mark.parametrize("key", [entry.key for entry in ENTRIES if entry.key not in WITHOUT])
def test_an_example_has_its_calculation(key: str) -> None:
    molecule = example(key)
    record = find_result(molecule)
    assert record is not None and record.level == DEFAULT_LEVEL
    # Its orbitals are orthonormal in the basis at these places, and hold all electrons.
    orbitals = OrbitalDensity.of(record)
    occupied = record.occupied_orbitals.astype(float)
    overlap = orbitals.mol.intor("int1e_ovlp")
    np.testing.assert_allclose(occupied.T @ overlap @ occupied, np.eye(molecule.electrons // 2), atol=2e-5)
    # Nothing outside pulls at it: what is left is the quadrature grid's, which does not move with the atoms.
    net = record.forces_hartree_per_bohr.sum(0) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert np.abs(net).max() < 20.0
