"""The curves that are shipped are those of the configuration beside them, and say what the page says of them."""

import math

import numpy as np

from core.lessons.data import KINDS, curves
from core.train.config import TrainingConfig
from core.train.curve import KINDS as TRAINED


def test_every_kind_is_there_at_every_size():
    found = curves()
    assert set(KINDS) == set(TRAINED)
    sizes = {kind: [point.structures for point in found.of(kind)] for kind in KINDS}
    assert len({tuple(each) for each in sizes.values()}) == 1 and len(sizes["plain"]) >= 3


def test_slopes_are_those_of_the_points():
    found = curves()
    for kind in KINDS:
        points = found.of(kind)
        x = np.log([point.structures for point in points])
        for measure, values in (
            ("force", [point.force_mev_per_angstrom for point in points]),
            ("density", [point.density_percent for point in points]),
        ):
            slope = np.cov(x, np.log(values))[0, 1] / np.var(x, ddof=1)
            assert math.isclose(slope, found.slopes[kind][measure], abs_tol=1e-6)


def test_built_in_symmetry_is_exact_and_learned_symmetry_is_not():
    points = curves().points
    assert max(point.residual for point in points if point.kind != "plain") < 1e-4
    assert min(point.residual for point in points if point.kind == "plain") > 1e-3


def test_the_note_is_of_the_configuration():
    config = TrainingConfig.load("assets/lessons/how-much-data.yaml")
    assert f"{config.steps} steps of {config.batch} structures" in curves().note


def test_what_the_page_says_of_the_force_and_of_the_density():
    found = curves()
    force = {(p.kind, p.structures): p.force_mev_per_angstrom for p in found.points}
    sizes = sorted({size for _, size in force})
    symmetric = [kind for kind in KINDS if kind != "plain"]
    assert all(force[kind, size] < force["plain", size] for kind in symmetric for size in sizes)
    assert max(force["l1", 30], force["l2", 30]) < force["plain", 100]
    assert all(force["l2", size] < force["equivariant", size] for size in sizes)
    assert all(own["density"] > -0.1 for own in found.slopes.values())
    density = {(p.kind, p.structures): p.density_percent for p in found.points}
    assert all(density["plain", size] > 2.5 * density["equivariant", size] for size in sizes)
