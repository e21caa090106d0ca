"""A density built up degree by degree: from spheres about the atoms to lobes between them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.density.density import Density
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.gaussian.evaluate import density_at_points
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def up_to(density: Density, l: int) -> Density:
    """`density` with coefficients of degrees above l at zero; free atoms stay."""
    numbers, basis = density.molecule.atomic_numbers, density.basis
    coefficients = density.coefficients.copy()
    for start, z in zip(basis.atom_offsets(numbers)[:-1].tolist(), numbers.tolist(), strict=True):
        for columns in basis.element(z).l_slices[l + 1 :]:
            coefficients[start + columns.start : start + columns.stop] = 0.0
    return replace(density, coefficients=coefficients)


@dataclass(frozen=True)
class Rung:
    """What is off where degrees above l are left out: electrons misplaced, and the mean |component| of the change of
    the Hellmann-Feynman forces."""

    l: int
    misplaced_electrons: float
    force_mev_per_angstrom: float


def ladder(density: Density, points_bohr: NDArray[np.float64], weights: NDArray[np.float64]) -> list[Rung]:
    """One rung per degree, against the whole `density`; points (n, 3) and weights (n,) of a quadrature."""
    whole, forces = density_at_points(density, points_bohr), hellmann_feynman_forces(density)
    rungs = []
    for l in range(density.basis.l_max + 1):
        part = up_to(density, l)
        misplaced = 0.5 * float(weights @ abs(density_at_points(part, points_bohr) - whole))
        off = abs(hellmann_feynman_forces(part) - forces).mean() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        rungs.append(Rung(l, misplaced, float(off)))
    return rungs
