"""Addition theorem, moments of shells, and sums over multipoles, each by a second way."""

import numpy as np
import pytest
import torch

from core.gaussian.boys import boys, boys_pair
from core.gaussian.harmonics import solid_harmonics
from core.gaussian.multipoles import MultipoleSums, shell_moments
from core.gaussian.potential import shell_potential
from core.gaussian.translation import racah, real_from_complex, translation_tensor


@pytest.mark.parametrize("l", range(7))
def test_addition_theorem(l):
    first, second = torch.tensor(np.random.default_rng(l).normal(size=(2, 20, 3)))
    a, b, both = (solid_harmonics(l, vector) for vector in (first, second, first + second))
    total = sum(
        np.einsum("mjk,nj,nk->nm", translation_tensor(l, j), a[j].numpy(), b[l - j].numpy()) for j in range(l + 1)
    )
    np.testing.assert_allclose(total, both[l].numpy(), rtol=0, atol=1e-11)


@pytest.mark.parametrize("l", range(6))
def test_change_to_real_harmonics_is_unitary(l):
    matrix = real_from_complex(l)
    np.testing.assert_allclose(matrix @ matrix.conj().T, np.eye(2 * l + 1), atol=1e-14)


@pytest.mark.parametrize("l", range(6))
def test_far_potential_of_a_shell_is_that_of_its_moment(l):
    exponents = np.array([0.3, 2.0, 40.0])
    vectors = torch.tensor([[9.0, -12.0, 20.0]], dtype=torch.float64)
    harmonics = solid_harmonics(l, vectors)[l]
    exact = shell_potential(l, exponents, vectors, harmonics)[0]
    expected = np.outer(shell_moments(l, exponents), racah(l) * harmonics[0].numpy()) / 25.0 ** (2 * l + 1)
    np.testing.assert_allclose(exact.numpy(), expected, rtol=1e-12)


@pytest.fixture
def multipoles() -> tuple[torch.Tensor, list[torch.Tensor], torch.Tensor]:
    generator = np.random.default_rng(4)
    centres = torch.tensor(generator.uniform(-5, 5, size=(7, 3)) + 40.0)
    moments = [torch.tensor(generator.normal(size=(7, 2 * l + 1))) for l in range(6)]
    return centres, moments, torch.tensor(generator.uniform(-20, 20, size=(11, 3)) + 40.0)


def direct_potential(centres: torch.Tensor, moments: list[torch.Tensor], points: torch.Tensor) -> torch.Tensor:
    vectors = points[:, None] - centres
    distance = vectors.norm(dim=-1)
    harmonics = solid_harmonics(len(moments) - 1, vectors)
    terms = [racah(l) * (harmonics[l] * moments[l]).sum(-1) / distance ** (2 * l + 1) for l in range(len(moments))]
    return sum(terms).sum(1)


def test_sums_of_multipoles_match_pair_by_pair(multipoles):
    centres, moments, points = multipoles
    inverse = 1.0 / (points[:, None] - centres).norm(dim=-1)
    ours = MultipoleSums.potential(centres, moments)(points, inverse)[:, 0]
    torch.testing.assert_close(ours, direct_potential(centres, moments, points), rtol=1e-9, atol=1e-11)


def test_gradient_of_the_sums_matches_automatic_differentiation(multipoles):
    centres, moments, points = multipoles
    inverse = 1.0 / (points[:, None] - centres).norm(dim=-1)
    points.requires_grad_(True)
    (expected,) = torch.autograd.grad(direct_potential(centres, moments, points).sum(), points)
    ours = MultipoleSums.gradient(centres, moments)(points.detach(), inverse)
    torch.testing.assert_close(ours, expected, rtol=1e-9, atol=1e-11)


def test_a_pair_with_zero_weight_is_left_out(multipoles):
    centres, moments, points = multipoles
    inverse = 1.0 / (points[:, None] - centres).norm(dim=-1)
    inverse[:, 3:] = 0.0
    fewer = [moment[:3] for moment in moments]
    ours = MultipoleSums.potential(centres, moments)(points, inverse)[:, 0]
    torch.testing.assert_close(ours, direct_potential(centres[:3], fewer, points), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("n", range(6))
@pytest.mark.parametrize(("dtype", "rtol"), [(torch.float64, 2e-14), (torch.float32, 2e-6)])
def test_two_orders_of_the_boys_function_alone(n, dtype, rtol):
    t = torch.cat([torch.linspace(0, 90, 301), torch.tensor([1e3, 1e6])]).to(dtype)
    expected = boys(n + 1, t)
    for ours, reference in zip(boys_pair(n, t), expected[n:], strict=True):
        torch.testing.assert_close(ours, reference, rtol=rtol, atol=1e-37)
