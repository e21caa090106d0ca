"""What the benches compare must be the same quantity: small systems, both sides, and the agreement they report."""

import numpy as np

from core.bench import density_grid, forces
from core.bench.harness import REQUIRED
from core.forces.hellmann_feynman import hellmann_feynman_forces
from tests.pyscf_functions import random_density, small_basis, waters


def test_density_on_a_grid_is_that_of_pyscf():
    density = random_density(waters(2), small_basis())
    grid = density_grid.cubic_grid(density, 20)
    assert grid.shape == (20, 20, 20)
    result = density_grid.compare(density, grid)
    assert set(REQUIRED) <= set(result)
    assert 0.0 < result["error"] < 2e-6
    assert result["error_percent_of_electrons"] < 1e-3
    assert np.isclose(result["ratio"], result["peer_seconds"] / result["ours_seconds"])


def test_forces_are_those_of_pyscf():
    density = random_density(waters(3), small_basis(), scale=0.02)
    np.testing.assert_allclose(hellmann_feynman_forces(density, exact=True), forces.pyscf_forces(density), atol=1e-9)
    result = forces.compare(density)
    assert set(REQUIRED) <= set(result)
    assert result["exact_error"] < 1e-4 and result["error"] < 0.5
