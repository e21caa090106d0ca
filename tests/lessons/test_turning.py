"""What the first two pages of the workshop say holds, for the model they show."""

from functools import partial

import numpy as np
import pytest
import torch

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.chem.read import from_smiles
from core.density.rotation import harmonic_rotations
from core.errors import LessonError
from core.gaussian.evaluate import density_at_points
from core.lessons.model import lesson_model
from core.lessons.sabotage import MOVES, SABOTAGES, sabotaged
from core.lessons.turning import Pose, turn
from core.model.checkpoint import TrainedModel
from core.model.choose import model_for
from core.model.predict import predict_density

POSES = {
    "rotation": Pose.of((40.0, 65.0, 130.0)),
    "mirror": Pose.of((40.0, 65.0, 130.0), mirrored=True),
    "shift": Pose.of(shift_angstrom=(3.0, -2.0, 5.0)),
}
# Each alone, as a person tries them: about one axis, or mirrored and not turned.
SINGLE = {
    "rotation": [
        Pose.of((40.0, 0.0, 0.0)),
        Pose.of((0.0, 40.0, 0.0)),
        Pose.of((0.0, 0.0, 75.0)),
        Pose.of((90.0, 0.0, 0.0)),
    ],
    "mirror": [Pose.of(mirrored=True)],
    "shift": [Pose.of(shift_angstrom=(1.0, 1.0, 1.0))],
}
FLOAT32, FLOAT64 = 1e-4, 1e-9


@pytest.fixture(scope="module")
def water() -> Molecule:
    return from_smiles("O")


@pytest.fixture(scope="module")
def model(water: Molecule) -> TrainedModel:
    return model_for(water)


@pytest.mark.parametrize("move", MOVES)
def test_the_network_turns_with_the_molecule(water, model, move):
    for dtype, bound in ((torch.float32, FLOAT32), (torch.float64, FLOAT64)):
        turned = turn(water, POSES[move], partial(predict_density, model=model, dtype=dtype))
        assert turned.residual <= bound and max(turned.by_degree) <= 10 * bound
    assert turned.carried.coefficients.any()


def test_what_is_carried_is_the_old_density_at_the_moved_points(water, model):
    pose = Pose.of((10.0, 200.0, 33.0), mirrored=True, shift_angstrom=(1.0, 2.0, 3.0))
    density = predict_density(water, model)
    points = np.random.default_rng(0).normal(scale=2.0, size=(200, 3))
    moved = points @ pose.matrix.T + pose.shift_angstrom / 0.529177210903
    np.testing.assert_allclose(
        density_at_points(pose.density(density), moved), density_at_points(density, points), rtol=1e-6, atol=1e-9
    )


def test_wigner_d_of_degree_one_is_the_rotation_itself():
    matrix = POSES["rotation"].matrix
    order = [1, 2, 0]
    np.testing.assert_allclose(harmonic_rotations(1, matrix)[1], matrix[np.ix_(order, order)], atol=1e-12)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda s: s.key)
def test_each_sabotage_fails_exactly_where_the_page_says(model, sabotage):
    dimer = Molecule(
        np.array([8, 1, 1, 8, 1, 1]),
        np.array([[0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0], [2.7, 0.3, 0.5], [3.1, 1.1, 0.8], [3.2, -0.5, 0.6]]),
    )
    predictor = partial(predict_density, model=sabotaged(model, sabotage.key))
    residuals = {move: turn(dimer, POSES[move], predictor).residual for move in MOVES}
    assert {move for move, residual in residuals.items() if residual <= FLOAT32} == sabotage.survives, residuals


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda s: s.key)
@pytest.mark.parametrize("key", ["water-1", "water-2", "formamide", "adenine"])
def test_no_axis_and_no_molecule_of_the_page_hides_a_sabotage(sabotage, key):
    molecule = example(key)
    predictor = partial(predict_density, model=sabotaged(lesson_model(molecule), sabotage.key))
    for move, poses in SINGLE.items():
        residuals = [turn(molecule, pose, predictor).residual for pose in poses]
        assert all((residual <= FLOAT32) == (move in sabotage.survives) for residual in residuals), (move, residuals)


def test_a_lost_degree_keeps_the_symmetry_and_loses_the_density(water, model):
    whole, broken = predict_density(water, model), predict_density(water, sabotaged(model, "degree"))
    assert np.linalg.norm(whole.coefficients - broken.coefficients) > 0.01 * np.linalg.norm(whole.coefficients)


def test_a_twin_leaves_the_model_as_it_was(water, model):
    before = predict_density(water, model).coefficients
    twin = sabotaged(model, "relu")
    predict_density(water, twin, dtype=torch.float64)
    assert np.abs(predict_density(water, twin).coefficients - before).max() > 1e-3
    np.testing.assert_array_equal(predict_density(water, model).coefficients, before)


def test_an_unknown_sabotage_is_refused(model):
    with pytest.raises(LessonError, match="no sabotage called"):
        sabotaged(model, "gravity")
