"""How far the electrostatic potential around a molecule is from DFT: what another molecule would feel.

Measured on spheres of 1.4, 1.6, 1.8 and 2.0 van der Waals radii about the atoms, where none of the others is closer
than 1.4 of its own; the shells that charges are fitted to (Besler, Merz and Kollman, J. Comput. Chem. 11, 431, 1990).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import lebedev_rule

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.model.surroundings import van_der_waals_radius
from core.reference.calculation import build_mol
from core.reference.record import Record
from core.units import BOHR_IN_ANGSTROM, HARTREE_IN_KCAL_PER_MOL

FACTORS = (1.4, 1.6, 1.8, 2.0)
# Lebedev degree of a sphere: 38 directions.
DEGREE = 9
# Each point costs an integral over all pairs of orbital functions.
MOST_POINTS = 600
# Values of one block of integrals, 8 bytes each.
BLOCK_VALUES = 1 << 24


@dataclass(frozen=True)
class PotentialErrors:
    """Mean absolute differences to the potential of the DFT density, kcal/(mol e); strength: mean of its own size."""

    predicted: float
    fitted: float
    free_atoms: float
    strength: float


def shell_points(molecule: Molecule) -> NDArray[np.float64]:
    """(n, 3) bohr, at most MOST_POINTS, evenly left out where there are more."""
    directions = lebedev_rule(DEGREE)[0].T
    radii = np.array([van_der_waals_radius(z) for z in molecule.atomic_numbers.tolist()]) / BOHR_IN_ANGSTROM
    spheres = [
        nucleus + factor * radius * directions
        for nucleus, radius in zip(molecule.positions_bohr, radii, strict=True)
        for factor in FACTORS
    ]
    points = np.concatenate(spheres)
    outside = np.ones(len(points), dtype=bool)
    for nucleus, radius in zip(molecule.positions_bohr, radii, strict=True):
        outside &= np.linalg.norm(points - nucleus, axis=1) > FACTORS[0] * radius * (1.0 - 1e-9)
    points = points[outside]
    if len(points) > MOST_POINTS:
        points = points[np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(np.int64)]
    return points


def orbital_potential(record: Record, points_bohr: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) hartree/e of nuclei and Kohn-Sham electrons at `points_bohr` (n, 3)."""
    mol = build_mol(record.molecule, record.level)
    orbitals = record.occupied_orbitals.astype(np.float64)
    matrix = 2.0 * orbitals @ orbitals.T
    distances = np.linalg.norm(points_bohr[:, None] - record.molecule.positions_bohr, axis=-1)
    potential = (record.molecule.atomic_numbers / distances).sum(1)
    block = max(1, BLOCK_VALUES // mol.nao**2)
    for start in range(0, len(points_bohr), block):
        part = slice(start, start + block)
        integrals = mol.intor("int1e_grids", grids=points_bohr[part])
        potential[part] -= np.tensordot(integrals, matrix, axes=([1, 2], [0, 1]))
    return potential


def potential_errors(record: Record, predicted: Density, fitted: Density) -> PotentialErrors:
    """Of the prediction, of its floor `fitted`, and of free atoms."""
    points = shell_points(record.molecule)
    reference = orbital_potential(record, points)

    def error(density: Density) -> float:
        difference = potential_at_points(density, points) - reference
        return float(abs(difference).mean()) * HARTREE_IN_KCAL_PER_MOL

    return PotentialErrors(
        error(predicted),
        error(fitted),
        error(Density.free_atoms(record.molecule, predicted.basis)),
        float(abs(reference).mean()) * HARTREE_IN_KCAL_PER_MOL,
    )
