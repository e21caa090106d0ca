"""Cells: every pair of points is in exactly one place."""

import numpy as np
import pytest

from core.gaussian.cells import far_pairs, near_points, trees


def descendants(level: int, tree, cell: int) -> np.ndarray:
    """Points under a cell, by the coordinates of their finest cells."""
    finest = tree.levels[0].cells.coordinates[tree.cell_of] >> level
    return np.flatnonzero((finest == tree.levels[level].cells.coordinates[cell]).all(axis=1))


@pytest.mark.parametrize("extent", [(1.0, 1.0, 1.0), (9.0, 8.0, 10.0), (60.0, 0.5, 2.0)], ids=["one", "ball", "chain"])
@pytest.mark.parametrize("other", [False, True], ids=["themselves", "others"])
def test_each_pair_is_either_near_or_far_at_one_level(extent: tuple, other: bool) -> None:
    generator = np.random.default_rng(0)
    sources = generator.uniform(size=(90, 3)) * extent
    targets = generator.uniform(-0.3, 1.3, size=(70, 3)) * extent if other else sources
    first, second = trees(targets, sources, 1.3)
    met = np.zeros((len(targets), len(sources)), dtype=int)
    for of_targets, of_sources in near_points(first, second):
        met[np.ix_(of_targets, of_sources)] += 1
    near = met.copy()
    for level, (above, below) in enumerate(zip(first.levels, second.levels, strict=True)):
        for to, of in far_pairs(above, below):
            for a, b in zip(to.tolist(), of.tolist(), strict=True):
                met[np.ix_(descendants(level, first, a), descendants(level, second, b))] += 1
    assert (met == 1).all()
    distance = np.abs(targets[:, None] - sources).max(axis=-1)
    assert near[distance < 1.3].all(), "what is closer than a cell is near"
    assert not near[distance > 2.6].any()


def test_parents_are_where_children_are() -> None:
    points = np.random.default_rng(1).uniform(0, 20, size=(200, 3))
    tree, _ = trees(points, points, 1.0)
    for level, above in zip(tree.levels[:-1], tree.levels[1:], strict=True):
        octant = np.stack([level.octant >> 2, (level.octant >> 1) & 1, level.octant & 1], axis=1)
        np.testing.assert_array_equal(2 * above.cells.coordinates[level.parent] + octant, level.cells.coordinates)
    np.testing.assert_array_less(np.abs(points - tree.centres()), 0.5 + 1e-9)
    assert np.abs(points - tree.centres()).max() > 0.4


def test_points_far_apart_still_have_cells() -> None:
    points = np.array([[0.0, 0.0, 0.0], [1e9, 0.0, 0.0], [1e9, 1.0, 0.0]])
    tree, _ = trees(points, points, 1.0)
    assert len(tree.levels[0].cells.codes) == 2 and tree.cell_of[1] == tree.cell_of[2]
