"""The shipped auxiliary basis with all its elements in one molecule: every evaluation against PySCF."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import field_at_points, potential_at_points
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.density.moments import electrons
from core.forces.hellmann_feynman import force_matrix, free_atom_forces, hellmann_feynman_forces
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from tests.pyscf_functions import all_functions, pyscf_potential, pyscf_potential_gradient, random_density


@pytest.fixture(scope="module")
def density() -> Density:
    """A chain H-C-N-O-P-S with random functions on every atom."""
    basis = AuxiliaryBasis.load()
    numbers = np.array([1, 6, 7, 8, 15, 16])
    along = np.cumsum([0.0, 1.1, 1.45, 1.4, 1.6, 2.0])
    positions = np.stack([along, 0.5 * np.sin(along), 0.3 * np.cos(2.0 * along)], axis=1)
    return random_density(Molecule(numbers, positions), basis, seed=3, scale=0.003)


@pytest.fixture(scope="module")
def points(density) -> np.ndarray:
    lower, upper = density.molecule.positions_bohr.min(0) - 5.0, density.molecule.positions_bohr.max(0) + 5.0
    anywhere = np.random.default_rng(1).uniform(lower, upper, size=(300, 3))
    return np.concatenate([anywhere, density.molecule.positions_bohr])


def test_density_matches_pyscf(density, points):
    mol, coefficients = all_functions(density)
    expected = mol.eval_gto("GTOval_sph", points) @ coefficients
    np.testing.assert_allclose(density_at_points(density, points), expected, rtol=1e-12, atol=1e-8)


def test_density_on_a_grid_matches_pyscf(density):
    grid = UniformGrid.around(density.molecule, points_longest=40)
    mol, coefficients = all_functions(density)
    expected = (mol.eval_gto("GTOval_sph", grid.points()) @ coefficients).reshape(grid.shape)
    assert (np.abs(density_on_grid(density, grid) - expected) / (np.abs(expected) + 1.0)).max() < 2e-6


def test_potential_and_field_match_pyscf(density, points):
    potential = potential_at_points(density, points, electrons_only=True, tolerance_hartree=None)
    np.testing.assert_allclose(potential, -pyscf_potential(density, points), rtol=0, atol=1e-8)
    field = field_at_points(density, points, electrons_only=True, tolerance_hartree_per_bohr=None)
    np.testing.assert_allclose(field, pyscf_potential_gradient(density, points), rtol=0, atol=1e-8)


def test_forces_match_the_force_map_and_hold_their_tolerance(density):
    molecule, basis = density.molecule, density.basis
    exact = hellmann_feynman_forces(density, exact=True)
    mapped = free_atom_forces(molecule, basis) + (force_matrix(molecule, basis) @ density.coefficients).reshape(-1, 3)
    np.testing.assert_allclose(exact, mapped, rtol=0, atol=1e-10)
    error = np.abs(hellmann_feynman_forces(density) - exact).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert error <= 0.5


def test_free_atoms_hold_their_electrons(density):
    free = Density.free_atoms(density.molecule, density.basis)
    assert electrons(free) == pytest.approx(53.0, abs=1e-6)
    curve = enclosed_curve(free)
    assert curve.enclosed(1e-6) == pytest.approx(53.0, abs=0.02)
    assert curve.levels[-1] > 1000.0
