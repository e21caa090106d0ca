"""Gradient and second derivatives of the density against PySCF's of the same functions."""

import numpy as np
import pytest

from core.density.density import Density
from core.gaussian.derivatives import density_derivatives
from core.gaussian.evaluate import density_at_points
from tests.pyscf_functions import all_functions, random_density, small_basis, waters


@pytest.fixture
def density() -> Density:
    return random_density(waters(3, seed=4), small_basis())


@pytest.fixture
def points(density: Density) -> np.ndarray:
    return density.molecule.positions_bohr.mean(0) + np.random.default_rng(5).normal(0.0, 4.0, (80, 3))


def test_they_are_those_of_pyscf(density: Density, points: np.ndarray) -> None:
    mol, coefficients = all_functions(density)
    expected = mol.eval_gto("GTOval_sph_deriv2", points) @ coefficients
    found = density_derivatives(density, points, threshold=1e-14)
    np.testing.assert_allclose(found.values, expected[0], rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(found.gradients, expected[1:4].T, rtol=1e-9, atol=1e-10)
    xx, xy, xz, yy, yz, zz = expected[4:]
    hessians = np.stack([xx, xy, xz, xy, yy, yz, xz, yz, zz], axis=1).reshape(-1, 3, 3)
    np.testing.assert_allclose(found.hessians, hessians, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(found.laplacians, xx + yy + zz, rtol=1e-9, atol=1e-10)


def test_screening_costs_what_it_says(density: Density, points: np.ndarray) -> None:
    exact = density_at_points(density, points, threshold=1e-14)
    for threshold in (1e-5, 1e-8):
        found = density_derivatives(density, points, threshold=threshold)
        # Some hundred functions reach a point.
        assert 0.0 < np.abs(found.values - exact).max() < 30.0 * threshold


def test_no_points_and_a_lone_atom(density: Density) -> None:
    assert density_derivatives(density, np.zeros((0, 3))).hessians.shape == (0, 3, 3)
    nucleus = density.molecule.positions_bohr[:1]
    free = Density.free_atoms(density.molecule, density.basis)
    found = density_derivatives(free, nucleus)
    assert np.linalg.norm(found.gradients) < 1e-2 * abs(found.values[0]) and found.laplacians[0] < 0.0
