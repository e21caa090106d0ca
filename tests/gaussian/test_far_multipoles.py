"""Translations against 1/r itself, and many multipoles by cells against the sum over pairs."""

import numpy as np
import pytest
import torch

from core.gaussian.far_multipoles import FarMultipoles
from core.gaussian.multipoles import MultipoleSums
from core.gaussian.translation import irregular_translation, racah_harmonics, regular_translation

TORCH = torch.float64


def test_a_shifted_charge_is_all_multipoles_about_the_origin() -> None:
    """1/|d + r| by the first row of the irregular theorem; far moments of a charge by the regular one."""
    shifts = torch.tensor([[2.0, -1.0, 1.5], [0.3, 3.0, 0.1]], dtype=TORCH)
    places = 0.3 * torch.randn(5, 3, dtype=TORCH, generator=torch.Generator().manual_seed(0))
    matrices = irregular_translation(0, 24, shifts)
    for shift, matrix in zip(shifts, matrices, strict=True):
        expected = 1.0 / (shift + places).norm(dim=1)
        torch.testing.assert_close((racah_harmonics(24, places) @ matrix.T)[:, 0], expected, rtol=1e-12, atol=0)
    columns = regular_translation(4, 0, shifts)[:, :, 0]
    torch.testing.assert_close(columns, racah_harmonics(4, shifts), rtol=1e-12, atol=1e-12)


def test_translations_are_the_harmonics_elsewhere() -> None:
    shift = torch.tensor([[1.0, -2.0, 0.7]], dtype=TORCH)
    places = 0.2 * torch.randn(6, 3, dtype=TORCH, generator=torch.Generator().manual_seed(1))
    regular = racah_harmonics(5, places) @ regular_translation(5, 5, shift)[0].T
    torch.testing.assert_close(regular, racah_harmonics(5, places + shift), rtol=0, atol=1e-11)
    irregular = racah_harmonics(20, places) @ irregular_translation(3, 20, shift)[0].T
    distance = (places + shift).norm(dim=1)[:, None]
    powers = torch.cat([distance ** (2 * l + 1) * torch.ones(2 * l + 1) for l in range(4)], dim=1)
    torch.testing.assert_close(irregular, racah_harmonics(3, places + shift) / powers, rtol=0, atol=1e-8)


def case(seed: int) -> tuple[np.ndarray, np.ndarray, torch.Tensor]:
    """Targets, sources and two channels of moments up to l = 2."""
    generator = np.random.default_rng(seed)
    sources = generator.uniform(0, 11, size=(400, 3)) * [1.0, 1.0, 0.6]
    targets = generator.uniform(-2, 13, size=(60, 3)) * [1.0, 1.0, 0.6]
    return targets, sources, torch.from_numpy(generator.normal(size=(400, 9, 2)))


def of_pairs(targets: np.ndarray, sources: np.ndarray, moments: torch.Tensor, far: FarMultipoles, gradient: bool):
    """(n_targets, 1 or 3, channels) the pairs that are not near, one by one, by `MultipoleSums`."""
    left_out = torch.zeros(len(targets), len(sources), dtype=torch.bool)
    for of_targets, of_sources in far.near():
        left_out[of_targets[:, None], of_sources] = True
    assert left_out.any() and not left_out.all()
    points = torch.from_numpy(targets)
    inverse = (1.0 / torch.cdist(points, torch.from_numpy(sources))).masked_fill(left_out, 0.0)
    make = MultipoleSums.gradient if gradient else MultipoleSums.potential
    results = []
    for channel in range(moments.shape[2]):
        by_degree = [moments[:, l**2 : (l + 1) ** 2, channel] for l in range(3)]
        results.append(make(torch.from_numpy(sources), by_degree)(points, inverse))
    return torch.stack(results, dim=-1)


@pytest.mark.parametrize("cell", [1.2, 2.5])
def test_potential_and_gradient_are_those_of_all_far_pairs(cell: float) -> None:
    targets, sources, moments = case(0)
    errors = []
    for degree in (6, 10, 14):
        far = FarMultipoles.between(targets, sources, cell=cell, degree=degree, source_degree=2)
        potential = of_pairs(targets, sources, moments, far, False)[:, 0]
        gradient = of_pairs(targets, sources, moments, far, True)
        errors.append(
            max(
                float((far.potential(moments) - potential).norm() / potential.norm()),
                float((far.gradient(moments) - gradient).norm() / gradient.norm()),
            )
        )
    assert errors[0] > 6 * errors[1] > 36 * errors[2], "about half with every degree"
    assert errors[2] < 1e-3


def test_a_gradient_is_the_slope_of_the_potential() -> None:
    """Well inside its cell a target may move without changing what is far."""
    _, sources, moments = case(1)
    step = 1e-5
    middle = np.array([[4.3, 6.1, 2.9]])
    moved = [middle + sign * step * np.eye(3)[axis] for axis in range(3) for sign in (1, -1)]
    corners = np.array([[-3.0, -3.0, -3.0]])
    values = []
    for place in [middle, *moved]:
        points = np.concatenate([place, corners])
        far = FarMultipoles.between(points, sources, cell=2.0, degree=8, source_degree=2)
        values.append((far.potential(moments)[0], far.gradient(moments)[0]))
    slopes = torch.stack([(values[1 + 2 * i][0] - values[2 + 2 * i][0]) / (2 * step) for i in range(3)])
    torch.testing.assert_close(values[0][1], slopes, rtol=1e-6, atol=1e-6)


def test_single_precision_serves() -> None:
    targets, sources, moments = case(2)
    far = FarMultipoles.between(targets * 50, sources * 50, cell=100.0, degree=10, source_degree=2)
    double, single = far.gradient(moments), far.gradient(moments.float())
    assert single.dtype == torch.float32
    assert float((single - double).norm() / double.norm()) < 1e-5


def test_what_fits_one_cell_has_no_far_field() -> None:
    targets, sources, moments = case(3)
    far = FarMultipoles.between(targets, sources, cell=20.0, degree=4, source_degree=2)
    assert not far.potential(moments).any()
    assert sum(len(a) * len(b) for a, b in far.near()) == len(targets) * len(sources)
