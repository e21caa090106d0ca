"""Density on a uniform grid against PySCF's evaluator, and what screening and single precision cost."""

import numpy as np
import pytest
import torch

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.density.moments import electrons
from core.gaussian.basis import AuxiliaryBasis, ElementBasis
from core.gaussian.evaluate import density_at_points
from core.units import ANGSTROM_IN_BOHR
from tests.pyscf_functions import all_functions, random_density, small_basis, waters


@pytest.fixture
def density() -> Density:
    return random_density(waters(2, seed=2), small_basis())


@pytest.fixture
def grid(density) -> UniformGrid:
    return UniformGrid.around(density.molecule, points_longest=41)


def test_values_match_pyscf(density, grid):
    mol, coefficients = all_functions(density)
    expected = (mol.eval_gto("GTOval_sph", grid.points()) @ coefficients).reshape(grid.shape)
    double = density_on_grid(density, grid, dtype=torch.float64, cutoff=1e-13)
    np.testing.assert_allclose(double, expected, rtol=0, atol=1e-9)
    single = density_on_grid(density, grid)
    assert single.dtype == np.float32 and single.shape == grid.shape
    assert 0.0 < (np.abs(single - expected) / (np.abs(expected) + 1.0)).max() < 2e-6


def test_grid_and_points_agree_where_a_nucleus_is_a_grid_point():
    molecule = Molecule(np.array([8, 1]), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    density = random_density(molecule, small_basis())
    grid = UniformGrid(np.array([-2.0, -2.0, -2.0]), 0.5, (9, 9, 11))
    values = density_on_grid(density, grid, dtype=torch.float64, cutoff=1e-13)
    np.testing.assert_allclose(values.reshape(-1), density_at_points(density, grid.points()), rtol=1e-12, atol=1e-9)
    assert values[4, 4, 4] == values.max()


def test_screening_leaves_out_what_it_may(density, grid):
    whole = density_on_grid(density, grid, dtype=torch.float64, cutoff=1e-14)
    for cutoff in (1e-4, 1e-6):
        error = np.abs(density_on_grid(density, grid, dtype=torch.float64, cutoff=cutoff) - whole).max()
        assert 0.0 < error < 30.0 * cutoff


def test_tiles_meet_without_a_seam(monkeypatch, density, grid):
    whole = density_on_grid(density, grid, dtype=torch.float64, cutoff=1e-12)
    monkeypatch.setattr("core.density.grid.TILE", 7)
    monkeypatch.setattr("core.density.grid.ROWS", 11)
    np.testing.assert_allclose(density_on_grid(density, grid, dtype=torch.float64, cutoff=1e-12), whole, atol=1e-9)


def test_sum_over_a_fine_grid_is_the_number_of_electrons():
    """Without steep functions the sum is exact: the error of a uniform grid falls as exp(-(pi / step)^2 / a)."""
    soft = AuxiliaryBasis("soft", {1: ElementBasis(1, ((0.3, 1.5), (0.4,), (0.5,)), (0.6,), (0.8,))})
    hydrogen = random_density(Molecule(np.array([1, 1]), np.array([[0.0, 0, 0], [0.1, 0.2, 0.9]])), soft)
    grid = UniformGrid.around(hydrogen.molecule, margin_angstrom=5.0, step_angstrom=0.2)
    total = density_on_grid(hydrogen, grid).sum(dtype=np.float64) * grid.voxel_bohr3
    assert total == pytest.approx(electrons(hydrogen), rel=3e-6)


def test_box_holds_the_molecule_and_its_margin():
    molecule = waters(4, seed=1)
    grid = UniformGrid.around(molecule, margin_angstrom=2.5, points_longest=50)
    assert max(grid.shape) == 50
    x, y, z = grid.axes()
    for axis, values in enumerate((x, y, z)):
        positions = molecule.positions_bohr[:, axis]
        margins = positions.min() - values[0], values[-1] - positions.max()
        assert min(margins) >= 2.5 * ANGSTROM_IN_BOHR - 1e-9
        assert max(margins) < 2.5 * ANGSTROM_IN_BOHR + grid.step_bohr
    assert UniformGrid.around(molecule, step_angstrom=0.2).step_bohr == pytest.approx(0.2 * ANGSTROM_IN_BOHR)
    assert grid.points().shape == (np.prod(grid.shape), 3)
    np.testing.assert_allclose(grid.points()[1] - grid.points()[0], [0.0, 0.0, grid.step_bohr], atol=1e-12)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_gives_what_the_cpu_gives(density, grid):
    ours, expected = (density_on_grid(density, grid, device=device) for device in ("cuda", "cpu"))
    assert (np.abs(ours - expected) / (np.abs(expected) + 1.0)).max() < 2e-6
