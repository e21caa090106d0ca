"""Density at points against PySCF's own evaluator, and the parts it stands on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.density.density import Density
from core.errors import DataError
from core.gaussian import evaluate
from core.gaussian.cartesian import cartesian_coefficients
from core.gaussian.evaluate import BLOCK, compact_blocks, densities_at_points, density_at_points
from core.gaussian.extent import extents
from core.gaussian.harmonics import solid_harmonics
from tests.pyscf_functions import all_functions, random_density, small_basis, waters


@pytest.fixture(params=["few atoms", "many"])
def density(request, monkeypatch) -> Density:
    """Evaluated block by block, and once more by atoms that find their points, these in two portions."""
    if request.param == "many":
        monkeypatch.setattr(evaluate, "MANY_ATOMS", 0)
        monkeypatch.setattr(evaluate, "POINTS", 3000)
    return random_density(waters(3, seed=7), small_basis())


@pytest.fixture
def points(density) -> np.ndarray:
    anywhere = np.random.default_rng(0).uniform(-12, 15, size=(5000, 3))
    close = density.molecule.positions_bohr[:, None] + np.random.default_rng(1).normal(size=(1, 40, 3)) * 0.3
    return np.concatenate([density.molecule.positions_bohr, anywhere, close.reshape(-1, 3)])


def pyscf_values(density: Density, points: np.ndarray) -> np.ndarray:
    mol, coefficients = all_functions(density)
    return mol.eval_gto("GTOval_sph", points) @ coefficients


def test_values_match_pyscf(density, points):
    ours = density_at_points(density, points)
    assert ours.dtype == np.float64 and ours.shape == (len(points),)
    np.testing.assert_allclose(ours, pyscf_values(density, points), rtol=1e-12, atol=1e-9)


def test_a_larger_threshold_leaves_out_no_more_than_it_says(density, points):
    error = np.abs(density_at_points(density, points, threshold=1e-6) - density_at_points(density, points)).max()
    assert 0.0 < error < 1e-4


def test_single_precision_loses_less_than_2e_6_of_the_value(density, points):
    double = density_at_points(density, points)
    single = density_at_points(density, points, dtype=torch.float32)
    loss = np.abs(single - double) / (np.abs(double) + 1.0)
    assert 0.0 < loss.max() < 2e-6


def test_several_at_once_are_what_each_is_alone(density, points):
    other = replace(density, coefficients=np.random.default_rng(9).normal(0.0, 0.05, density.coefficients.shape))
    free = Density.free_atoms(density.molecule, density.basis)
    together = densities_at_points([density, other, free], points)
    for values, alone in zip(together, (density, other, free), strict=True):
        np.testing.assert_allclose(values, density_at_points(alone, points), rtol=1e-10, atol=1e-10)


def test_several_of_different_molecules_are_refused(density, points):
    moved = replace(density.molecule, positions_angstrom=density.molecule.positions_angstrom + 0.1)
    with pytest.raises(DataError, match="The densities are of"):
        densities_at_points([density, replace(density, molecule=moved)], points)


def test_order_and_number_of_points_do_not_matter(density, points):
    order = np.random.default_rng(3).permutation(len(points))
    whole = density_at_points(density, points)
    np.testing.assert_allclose(density_at_points(density, points[order]), whole[order], rtol=0, atol=1e-10)
    np.testing.assert_allclose(density_at_points(density, points[17]), whole[17], rtol=0, atol=1e-10)
    assert density_at_points(density, np.empty((0, 3))).shape == (0,)


def test_blocks_hold_every_point_once_and_are_compact():
    points = np.random.default_rng(4).uniform(0.0, 40.0, size=(50_000, 3))
    blocks = list(compact_blocks(points))
    assert sorted(np.concatenate(blocks).tolist()) == list(range(50_000))
    assert BLOCK / 4 < max(map(len, blocks)) <= BLOCK
    assert np.mean([np.ptp(points[block], axis=0).max() for block in blocks]) < 0.55 * 40.0


def test_blocks_of_coincident_points_end():
    assert sum(map(len, compact_blocks(np.zeros((10_000, 3))))) == 10_000
    assert list(compact_blocks(np.empty((0, 3)))) == []


@pytest.mark.parametrize("l", range(6))
def test_cartesian_coefficients_give_the_harmonics(l):
    vectors = np.random.default_rng(5).normal(size=(30, 3))
    x, y, z = vectors.T[:, :, None, None]
    i, j = np.arange(l + 1)[:, None], np.arange(l + 1)
    monomials = np.where(i + j <= l, x**i * y**j * z ** np.maximum(l - i - j, 0), 0.0)
    ours = np.einsum("mij,nij->nm", cartesian_coefficients(l), monomials)
    np.testing.assert_allclose(ours, solid_harmonics(l, torch.tensor(vectors))[l].numpy(), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("l", range(5))
def test_beyond_its_extent_a_function_is_smaller_than_the_threshold(l):
    exponents, threshold = np.array([0.1, 3.0, 500.0]), 1e-8
    amplitudes = np.array([2.0, -0.3, 1e-3])
    reach = extents(l, exponents, amplitudes, threshold)
    at = np.abs(amplitudes) * reach**l * np.exp(-exponents * reach**2)
    np.testing.assert_allclose(at[reach > 0], threshold, rtol=1e-6)
    assert (reach[:2] > 0).all()


def test_a_function_that_never_reaches_the_threshold_has_no_extent():
    assert extents(0, np.array([1.0, 1.0]), np.array([1e-9, 0.0]), 1e-8).tolist() == [0.0, 0.0]
    assert extents(2, np.array([100.0]), np.array([1e-7]), 1e-8).tolist() == [0.0]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_gives_what_the_cpu_gives(density, points):
    np.testing.assert_allclose(
        density_at_points(density, points, device="cuda"), density_at_points(density, points), rtol=1e-12, atol=1e-9
    )
