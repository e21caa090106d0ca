"""A density turned or mirrored as a whole: positions by the matrix, coefficients by its representation on each l."""

import numpy as np
import torch
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import StructureError
from core.gaussian.harmonics import solid_harmonics


def harmonic_rotations(l_max: int, matrix: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """[D_0, ..., D_lmax], D_l (2l+1, 2l+1) with Y_l(R r) = D_l Y_l(r) for real harmonics m = -l..l, R orthogonal.

    Solved from the harmonics at fixed points, so that it holds for reflections too and to rounding in float64.
    Raises StructureError where `matrix` is not orthogonal.
    """
    if matrix.shape != (3, 3) or not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-9):
        raise StructureError("The matrix is neither a rotation nor a reflection.", "Give an orthogonal 3 x 3 matrix.")
    points = np.random.default_rng(7).normal(size=(96, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    here = solid_harmonics(l_max, torch.from_numpy(points))
    there = solid_harmonics(l_max, torch.from_numpy(points @ matrix.T))
    return [np.linalg.lstsq(h.numpy(), t.numpy(), rcond=None)[0].T for h, t in zip(here, there, strict=True)]


def rotate_coefficients(density: Density, matrix: NDArray[np.float64]) -> Density:
    """The density of the molecule with every position r moved to `matrix` r (about the origin of its coordinates)."""
    molecule, basis = density.molecule, density.basis
    rotations = harmonic_rotations(basis.l_max, matrix)
    offsets = basis.atom_offsets(molecule.atomic_numbers)
    turned = np.empty_like(density.coefficients)
    for z in np.unique(molecule.atomic_numbers).tolist():
        element = basis.element(z)
        starts = offsets[:-1][molecule.atomic_numbers == z]
        for l, columns in enumerate(element.l_slices):
            where = starts[:, None] + np.arange(columns.start, columns.stop)
            values = density.coefficients[where].reshape(len(starts), -1, 2 * l + 1)
            turned[where] = (values @ rotations[l].T).reshape(len(starts), -1)
    moved = Molecule(molecule.atomic_numbers, molecule.positions_angstrom @ matrix.T, molecule.charge, molecule.title)
    return Density(moved, basis, turned, density.source)
