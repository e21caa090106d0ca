"""Distances to a training set: covariance against its formula written out, distances against scipy's."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import mahalanobis

from core.model.familiarity import FEWEST_ATOMS, ElementFamiliarity, Familiarity, shrunk_covariance
from core.model.invariants import invariants
from core.model.layers import rows


def samples(n: int, d: int, seed: int = 0) -> np.ndarray:
    """Correlated, with standard deviations from 0.1 to 10 and a mean."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(d, d)) * np.geomspace(0.1, 10, d)[:, None] ** 0.5
    return rng.normal(size=(n, d)) @ mixing + rng.normal(size=d)


def test_covariance_is_ledoit_and_wolfs() -> None:
    x = samples(40, 6)
    x -= x.mean(axis=0)
    n, d = x.shape
    sample = sum(np.outer(row, row) for row in x) / n
    mean = np.trace(sample) / d
    # Their norm is divided by d; it drops out of the ratio.
    spread = np.linalg.norm(sample - mean * np.eye(d)) ** 2
    noise = min(sum(np.linalg.norm(np.outer(row, row) - sample) ** 2 for row in x) / n**2, spread)
    expected = noise / spread * mean * np.eye(d) + (1 - noise / spread) * sample
    np.testing.assert_allclose(shrunk_covariance(x), expected, rtol=1e-10)


def test_shrinking_brings_few_samples_nearer_to_the_truth_and_leaves_many_alone() -> None:
    rng = np.random.default_rng(1)
    truth = np.diag(np.linspace(0.5, 2.0, 30))
    few, many = (rng.normal(size=(n, 30)) @ np.sqrt(truth) for n in (20, 200_000))
    assert np.linalg.norm(shrunk_covariance(few) - truth) < 0.5 * np.linalg.norm(few.T @ few / 20 - truth)
    assert np.linalg.eigvalsh(shrunk_covariance(few))[0] > 0.1
    np.testing.assert_allclose(shrunk_covariance(many), many.T @ many / len(many), atol=0.01)


def test_distance_is_mahalanobis_in_standard_deviations() -> None:
    x, y = samples(60, 5), samples(7, 5, seed=2)
    found = ElementFamiliarity.fitted(x)
    deviation = x.std(axis=0)
    inverse = np.linalg.inv(shrunk_covariance((x - x.mean(0)) / deviation))
    expected = [mahalanobis(row / deviation, x.mean(0) / deviation, inverse) / np.sqrt(5) for row in y]
    np.testing.assert_allclose(found.distances(y), expected, rtol=1e-10)


def test_training_atoms_are_at_one_and_others_farther_the_farther_they_are() -> None:
    x = np.random.default_rng(3).normal(size=(3000, 12)) * np.geomspace(0.01, 100, 12) + 5.0
    found = ElementFamiliarity.fitted(x)
    assert np.sqrt((found.distances(x) ** 2).mean()) == pytest.approx(1.0, abs=0.03)
    direction = np.linalg.svd(x - x.mean(0))[2][-1]
    away = found.distances(x.mean(0) + np.outer([0.0, 1.0, 2.0, 4.0], direction))
    np.testing.assert_allclose(away[2:] / away[1], [2.0, 4.0], rtol=1e-8)
    assert away[0] < 1e-6


def test_what_never_varied_in_training_is_noticed() -> None:
    x = np.c_[samples(200, 3), np.full(200, 0.7)]
    found = ElementFamiliarity.fitted(x)
    other = x[:1] + [0, 0, 0, 1.0]
    assert found.distances(other)[0] > 50 and np.isfinite(found.distances(other)).all()


def test_elements_are_apart_and_rare_ones_left_out() -> None:
    hydrogen, oxygen, sulphur = samples(30, 4), samples(30, 4, seed=5) + 100, samples(FEWEST_ATOMS - 1, 4)
    structures = [
        (np.array([1] * 15 + [8] * 15), np.concatenate([hydrogen[part], oxygen[part]]).astype(np.float32))
        for part in (slice(0, 15), slice(15, 30))
    ]
    found = Familiarity.fitted([*structures, (np.full(len(sulphur), 16), sulphur.astype(np.float32))])
    assert set(found.elements) == {1, 8} and found.elements[8].atoms == 30
    distances = found.distances(np.array([8, 1, 16]), np.stack([oxygen[0], oxygen[0], oxygen[0]]).astype(np.float32))
    assert distances[0] < 3 and distances[1] > 10 and np.isnan(distances[2])


def test_invariants_are_scalars_and_lengths_of_the_last_rounds() -> None:
    generator = torch.Generator().manual_seed(0)
    rounds = [torch.randn(5, (l + 1) ** 2, 3, generator=generator) for l in (2, 1, 4)]
    found = invariants(rounds)
    assert found.shape == (5, 12)
    torch.testing.assert_close(found[:, :3], rounds[1][:, 0])
    torch.testing.assert_close(found[:, 9:], rounds[2][:, rows(1)].norm(dim=1))
    turn = torch.linalg.qr(torch.randn(3, 3, generator=generator))[0]
    turned = [x.clone() for x in rounds]
    for x in turned:
        x[:, rows(1)] = torch.einsum("ij,ajc->aic", turn, x[:, rows(1)])
        x[:, 4:] = -x[:, 4:]
    torch.testing.assert_close(invariants(turned), found)
