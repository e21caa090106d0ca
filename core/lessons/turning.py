"""Turn, mirror or shift a molecule: the density predicted in the new pose against the old one carried along.

A network is equivariant where both are one: f(R x) = D(R) f(x), with Wigner's D for the coefficients of each degree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.rotation import rotate_coefficients

MIRROR_NORMAL = np.array([2.0, 3.0, 6.0]) / 7.0

Predictor = Callable[[Molecule], Density]


@dataclass(frozen=True, eq=False)
class Pose:
    """r -> matrix r + shift_angstrom; matrix (3, 3) orthogonal, about the origin of the coordinates."""

    matrix: NDArray[np.float64]
    shift_angstrom: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        angles_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0),
        *,
        mirrored: bool = False,
        shift_angstrom: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> "Pose":
        """Turned about x, then y, then z, which stand still; before that mirrored across the plane through the origin
        whose normal is (2, 3, 6), where it is to be: no axis lies in it or across it."""
        matrix = Rotation.from_euler("xyz", angles_degrees, degrees=True).as_matrix()
        if mirrored:
            matrix = matrix @ (np.eye(3) - 2.0 * np.outer(MIRROR_NORMAL, MIRROR_NORMAL))
        return cls(matrix, np.array(shift_angstrom, dtype=np.float64))

    def molecule(self, molecule: Molecule) -> Molecule:
        """`molecule` in this pose."""
        positions = molecule.positions_angstrom @ self.matrix.T + self.shift_angstrom
        return replace(molecule, positions_angstrom=positions)

    def density(self, density: Density) -> Density:
        """`density` carried into this pose with its molecule."""
        turned = rotate_coefficients(density, self.matrix)
        return replace(turned, molecule=self.molecule(density.molecule))


@dataclass(frozen=True, eq=False)
class Turned:
    """predicted: in the new pose; carried: the prediction in the old pose, moved. residual: relative L2 difference of
    their coefficients; by_degree: that of degree l alone, relative to the whole of that degree."""

    predicted: Density
    carried: Density
    residual: float
    by_degree: tuple[float, ...]

    @property
    def difference(self) -> Density:
        """predicted - carried, without free atoms, which are the same in both."""
        return replace(self.predicted, coefficients=self.predicted.coefficients - self.carried.coefficients)


def turn(molecule: Molecule, pose: Pose, predictor: Predictor) -> Turned:
    """`molecule` predicted as it stands and in `pose`."""
    carried, predicted = pose.density(predictor(molecule)), predictor(pose.molecule(molecule))
    error = predicted.coefficients - carried.coefficients
    return Turned(
        predicted,
        carried,
        _ratio(error, carried.coefficients),
        tuple(_ratio(error[own], carried.coefficients[own]) for own in _degrees(carried)),
    )


def _degrees(density: Density) -> list[NDArray[np.int64]]:
    """Per l, which coefficients are of it."""
    basis, numbers = density.basis, density.molecule.atomic_numbers
    of_l: list[list[NDArray[np.int64]]] = [[] for _ in range(basis.l_max + 1)]
    for start, z in zip(basis.atom_offsets(numbers)[:-1].tolist(), numbers.tolist(), strict=True):
        for l, columns in enumerate(basis.element(z).l_slices):
            of_l[l].append(np.arange(start + columns.start, start + columns.stop))
    return [np.concatenate(own) if own else np.zeros(0, dtype=np.int64) for own in of_l]


def _ratio(error: NDArray[np.float64], whole: NDArray[np.float64]) -> float:
    """|error| / |whole|; 0 where there is neither."""
    size = float(np.linalg.norm(whole))
    return float(np.linalg.norm(error)) / size if size else float(np.linalg.norm(error))
