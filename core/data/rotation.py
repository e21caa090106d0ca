"""Directions and rotations drawn evenly. Every sampler draws through these, in this order of random numbers."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def unit(vector: Array) -> Array:
    """A vector (3,) divided by its length."""
    return vector / np.linalg.norm(vector)


def random_direction(rng: np.random.Generator) -> Array:
    """(3,) unit vector, uniform on the sphere."""
    return unit(rng.normal(size=3))


def random_rotation(rng: np.random.Generator) -> Array:
    """A proper rotation matrix, uniform on SO(3) (from a uniform unit quaternion)."""
    w, x, y, z = (q := rng.normal(size=4)) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def turn(start: Array, end: Array, rng: np.random.Generator) -> Array:
    """(3, 3) rotation of the unit vector `start` to `end`, with a random spin about `end`."""
    frames = []
    for axis in (start, end):
        side = unit(np.cross(axis, random_direction(rng)))
        frames.append(np.stack([axis, side, np.cross(axis, side)]))
    return frames[1].T @ frames[0]
