"""Parts of the force: each against a second way to it, and together the whole."""

import numpy as np
import pytest

from core.chem.examples import example
from core.density.density import Density
from core.density.electrostatics import field_at_points
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.forces.parts import near_forces, nuclear_forces, part_of_forces
from core.forces.sources import pair_forces
from core.gaussian.basis import AuxiliaryBasis
from core.units import ANGSTROM_IN_BOHR
from tests.pyscf_functions import pyscf_potential_gradient, random_density, small_basis, waters

NEAR_BOHR = 4.0 * ANGSTROM_IN_BOHR


@pytest.fixture(scope="module")
def density() -> Density:
    molecule, basis = example("water-8"), AuxiliaryBasis.load()
    coefficients = np.random.default_rng(0).normal(scale=0.02, size=basis.n_functions(molecule.atomic_numbers))
    return Density(molecule, basis, coefficients)


def coulomb_sum(charges: np.ndarray, positions: np.ndarray) -> np.ndarray:
    forces = np.zeros_like(positions)
    for a in range(len(charges)):
        for b in range(len(charges)):
            if a != b:
                vector = positions[a] - positions[b]
                forces[a] += charges[a] * charges[b] * vector / np.linalg.norm(vector) ** 3
    return forces


@pytest.mark.parametrize("pairs_at_once", [1 << 20, 50])
def test_the_nuclear_part_is_the_coulomb_sum(
    density: Density, pairs_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.forces.parts._PAIRS_AT_ONCE", pairs_at_once)
    molecule = density.molecule
    expected = coulomb_sum(molecule.atomic_numbers, molecule.positions_bohr)
    assert nuclear_forces(molecule) == pytest.approx(expected, abs=1e-10)
    assert np.abs(nuclear_forces(molecule).sum(0)).max() < 1e-10


def test_the_electronic_part_is_the_field_of_the_electrons_by_pyscf() -> None:
    density = random_density(waters(3, seed=2), small_basis())
    total = hellmann_feynman_forces(density, exact=True)
    electronic = part_of_forces(density, total, "electronic", within_bohr=NEAR_BOHR)
    charges = density.molecule.atomic_numbers[:, None]
    expected = pyscf_potential_gradient(density, density.molecule.positions_bohr) * charges
    assert electronic == pytest.approx(expected, abs=1e-8)


def test_nuclei_and_electrons_add_up_to_the_total(density: Density) -> None:
    """The electrons by their own field, not by what is left."""
    molecule = density.molecule
    field = field_at_points(density, molecule.positions_bohr, electrons_only=True, tolerance_hartree_per_bohr=None)
    total = hellmann_feynman_forces(density, exact=True)
    assert nuclear_forces(molecule) + molecule.atomic_numbers[:, None] * field == pytest.approx(total, abs=1e-9)


def test_near_and_far_are_the_pairs_on_either_side_of_the_distance(density: Density) -> None:
    parts = np.zeros((2, len(density.molecule), 3))
    for pairs in pair_forces(density):
        is_far = (pairs.distances_bohr > NEAR_BOHR).astype(int)
        np.add.at(parts, (is_far, pairs.targets), pairs.forces_hartree_per_bohr)
    total = hellmann_feynman_forces(density, exact=True)
    for expected, part in zip(parts, ("near", "far"), strict=True):
        found = part_of_forces(density, total, part, within_bohr=NEAR_BOHR)  # type: ignore[arg-type]
        assert found == pytest.approx(expected, abs=1e-10)
    assert np.abs(parts[1]).max() > 1e-3
    assert near_forces(density, 100.0) == pytest.approx(total, abs=1e-10)
