"""Directions and rotations: proper, without a preferred direction, and onto what was asked for."""

import numpy as np

from core.data.rotation import random_direction, random_rotation, turn


def test_rotations_are_proper_and_without_a_preferred_direction() -> None:
    rng = np.random.default_rng(2)
    rotations = np.array([random_rotation(rng) for _ in range(4000)])
    assert np.allclose(rotations @ rotations.transpose(0, 2, 1), np.eye(3), atol=1e-12)
    assert np.allclose(np.linalg.det(rotations), 1.0)
    assert np.abs(rotations.mean(0)).max() < 4 / np.sqrt(3 * 4000)


def test_directions_fill_the_sphere() -> None:
    """Each coordinate of a point on a sphere is even on -1 to 1 (Archimedes): mean square a third, fourth power 1/5."""
    rng = np.random.default_rng(3)
    directions = np.array([random_direction(rng) for _ in range(4000)])
    assert np.allclose(np.linalg.norm(directions, axis=1), 1.0)
    assert np.allclose((directions**2).mean(0), 1 / 3, atol=0.02)
    assert np.allclose((directions**4).mean(0), 1 / 5, atol=0.02)


def test_turn_takes_one_direction_to_the_other_with_any_spin() -> None:
    rng = np.random.default_rng(4)
    start, end = random_direction(rng), random_direction(rng)
    side = np.cross(start, random_direction(rng))
    turns = np.array([turn(start, end, rng) for _ in range(2000)])
    assert np.allclose(turns @ start, end)
    assert np.allclose(np.linalg.det(turns), 1.0) and np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3))
    assert np.abs((turns @ side).mean(0)).max() < 0.08
    assert np.allclose(turn(start, -start, rng) @ start, -start)
