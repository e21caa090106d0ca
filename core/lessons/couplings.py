"""Products of two features: which degrees come out, by which table, and the three of them for two vectors.

Components of a degree stand in the order m = -l..l, for l = 1 that is y, z, x.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from core.density.rotation import harmonic_rotations
from core.errors import LessonError
from core.model.e3nn_o3 import o3

HIGHEST = 4


def allowed_degrees(l1: int, l2: int) -> tuple[int, ...]:
    """Degrees in the product of l1 and l2: |l1 - l2| to l1 + l2, each once. Raises LessonError above HIGHEST."""
    if not (0 <= l1 <= HIGHEST and 0 <= l2 <= HIGHEST):
        raise LessonError(f"There are tables up to l = {HIGHEST}.", "Choose smaller degrees.")
    return tuple(range(abs(l1 - l2), l1 + l2 + 1))


def natural(l1: int, l2: int, l3: int) -> bool:
    """Whether l3 has the parity (-1)^l3 of a harmonic: else it is axial, as a cross product is."""
    return (l1 + l2 + l3) % 2 == 0


def coupling(l1: int, l2: int, l3: int) -> NDArray[np.float64]:
    """(2 l1 + 1, 2 l2 + 1, 2 l3 + 1) real Wigner 3j table, of norm one. Raises LessonError where it is not allowed."""
    if l3 not in allowed_degrees(l1, l2):
        raise LessonError(
            f"l = {l3} is not in the product of {l1} and {l2}.", f"Choose from {allowed_degrees(l1, l2)}."
        )
    return o3.wigner_3j(l1, l2, l3).double().numpy()


@cache
def unchanged(l1: int, l2: int, l3: int) -> NDArray[np.float64]:
    """(n, 2 l1 + 1, 2 l2 + 1, 2 l3 + 1): all tables of norm one, across one another, that two rotations leave as they
    are, and so all rotations. From nothing but how harmonics turn: where there is one, it is the coupling."""
    size = (2 * l1 + 1) * (2 * l2 + 1) * (2 * l3 + 1)
    normal = np.zeros((size, size))
    for angles in ((50.0, -70.0, 20.0), (-110.0, 30.0, 80.0)):
        turns = harmonic_rotations(max(l1, l2, l3), Rotation.from_euler("xyz", angles, degrees=True).as_matrix())
        whole = np.kron(np.kron(turns[l1], turns[l2]), turns[l3])
        off = whole - np.eye(size)
        normal += off.T @ off
    sizes, vectors = np.linalg.eigh(normal)
    return vectors[:, sizes < 1e-9].T.reshape(-1, 2 * l1 + 1, 2 * l2 + 1, 2 * l3 + 1)


def off_symmetry(l1: int, l2: int, l3: int) -> float:
    """The largest difference of the coupling from the one table that no rotation changes, whose sign is free.

    Raises LessonError as `coupling` does."""
    table, [own] = coupling(l1, l2, l3), unchanged(l1, l2, l3)
    return float(abs(table - own * np.sign(np.vdot(own, table))).max())


@dataclass(frozen=True, eq=False)
class VectorProduct:
    """What two vectors make together. dot: l = 0. cross (3,): l = 1, axial. traceless (3, 3): l = 2, symmetric, its
    trace taken out. The nine numbers a_i b_j are dot / 3 on the diagonal, half of cross, and traceless."""

    dot: float
    cross: NDArray[np.float64]
    traceless: NDArray[np.float64]


def product_of_vectors(a: NDArray[np.float64], b: NDArray[np.float64]) -> VectorProduct:
    """a, b (3,) in x, y, z; taken apart by the coupling tables of l = 1 times l = 1."""
    first, second = np.asarray(a)[[1, 2, 0]], np.asarray(b)[[1, 2, 0]]
    scalar, vector, tensor = (np.einsum("i,j,ijk->k", first, second, coupling(1, 1, l)) for l in (0, 1, 2))
    # Tables have norm one, sum_ijk C_ijk^2 = 1: a dot product needs sqrt 3, a cross product sqrt 6.
    shape = np.einsum("ijk,k->ij", coupling(1, 1, 2), tensor) * 5.0
    back = [2, 0, 1]
    return VectorProduct(float(scalar[0]) * 3.0**0.5, vector[back] * 6.0**0.5, shape[np.ix_(back, back)])
