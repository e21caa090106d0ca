"""Real solid harmonics against PySCF's, their algebra, and automatic differentiation."""

import numpy as np
import pytest
import torch
from pyscf.symm.sph import real_sph_vec

from core.gaussian.harmonics import gradient_matrix, solid_harmonic_gradients, solid_harmonics

L_MAX = 6


@pytest.fixture
def vectors() -> torch.Tensor:
    return torch.tensor(np.random.default_rng(1).normal(size=(40, 3)) * 1.5)


def test_values_match_pyscf(vectors):
    radius = vectors.norm(dim=1, keepdim=True).numpy()
    expected = real_sph_vec(vectors.numpy() / radius, L_MAX, reorder_p=False)
    for l, ours in enumerate(solid_harmonics(L_MAX, vectors)):
        np.testing.assert_allclose(ours.numpy(), expected[l].T * radius**l, rtol=1e-11, atol=1e-12)


def test_first_degree_runs_y_z_x(vectors):
    expected = np.sqrt(3.0 / (4.0 * np.pi)) * vectors[:, [1, 2, 0]]
    torch.testing.assert_close(solid_harmonics(1, vectors)[1], expected)


def test_addition_theorem_holds(vectors):
    for l, ours in enumerate(solid_harmonics(L_MAX, vectors)):
        expected = (2 * l + 1) / (4.0 * np.pi) * vectors.square().sum(1) ** l
        torch.testing.assert_close(ours.square().sum(1), expected, rtol=1e-12, atol=0)


def test_gradients_match_automatic_differentiation(vectors):
    gradients = solid_harmonic_gradients(solid_harmonics(L_MAX, vectors))
    for l in range(1, L_MAX + 1):
        jacobian = torch.autograd.functional.jacobian(lambda v, l=l: solid_harmonics(l, v)[l].sum(0), vectors)
        torch.testing.assert_close(gradients[l], jacobian.permute(1, 2, 0), rtol=1e-11, atol=1e-11)
    assert gradients[0].shape == (40, 3, 1) and not gradients[0].any()


def test_gradient_matrix_composes_to_a_vanishing_laplacian():
    for l in range(2, L_MAX + 1):
        laplacian = np.einsum("xab,xbc->ac", gradient_matrix(l - 1), gradient_matrix(l))
        assert np.abs(laplacian).max() < 1e-12


def test_single_precision_loses_no_more_than_rounding(vectors):
    for double, single in zip(solid_harmonics(L_MAX, vectors), solid_harmonics(L_MAX, vectors.float()), strict=True):
        assert single.dtype == torch.float32
        scale = double.abs().amax(1, keepdim=True)
        assert ((single.double() - double).abs() / scale).max() < 3e-6
