"""Features turn as their degree says, and their norms do not."""

import numpy as np
import pytest

from core.chem.read import from_smiles
from core.density.rotation import harmonic_rotations
from core.errors import LessonError
from core.lessons.features import as_function, change_of_norms, features
from core.lessons.turning import Pose
from core.model.choose import model_for

POSE = Pose.of((50.0, -20.0, 130.0), mirrored=True)


@pytest.fixture(scope="module")
def both():
    water = from_smiles("O")
    model = model_for(water)
    return features(water, model), features(POSE.molecule(water), model)


def test_components_turn_by_the_matrix_of_their_degree(both):
    before, after = both
    turns = harmonic_rotations(before.l_max, POSE.matrix)
    for layer in (1, 2, 3):
        for l in range(before.l_max + 1):
            here, there = before.of(0, layer, l, 5), after.of(0, layer, l, 5)
            np.testing.assert_allclose(there, turns[l] @ here, atol=2e-5 * abs(before.rounds[layer - 1]).max())


def test_functions_turn_with_the_molecule(both):
    """The same without any matrix: the value in a turned direction is that in the direction before."""
    before, after = both
    directions = np.random.default_rng(0).normal(size=(50, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    here = as_function(before.of(1, 2, 2, 3), directions)
    there = as_function(after.of(1, 2, 2, 3), directions @ POSE.matrix.T)
    np.testing.assert_allclose(there, here, atol=2e-5 * abs(here).max())
    assert np.ptp(here) > 1e-3


def test_norms_stay(both):
    before, after = both
    assert 0.0 < change_of_norms(before, after) < 1e-5
    assert (before.norms(0, 3) > 0).all()


def test_what_is_not_there_is_said(both):
    before, _ = both
    with pytest.raises(LessonError, match="no such atom or round"):
        before.of(3, 1, 0, 0)
    with pytest.raises(LessonError, match="no such degree or channel"):
        before.of(0, 1, 5, 0)
