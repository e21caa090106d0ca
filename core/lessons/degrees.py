"""A density built up degree by degree: from spheres about the atoms to lobes between them."""

from dataclasses import dataclass, replace

import numpy as np

from core.density.density import Density
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.gaussian.evaluate import density_at_points
from core.reference.becke import becke_points
from core.reference.calculation import build_mol
from core.reference.level import CHEAP_LEVEL
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

# Of PySCF's quadratures, some 3 000 points an atom.
QUADRATURE_LEVEL = 1


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


@dataclass(frozen=True, eq=False)
class Ladder:
    """rungs: one per degree, against the whole density. left_over: what the density of free atoms and the steps of all
    degrees together miss of the whole, the largest |difference| over the largest density on the quadrature."""

    rungs: tuple[Rung, ...]
    left_over: float


def ladder(density: Density) -> Ladder:
    """All degrees of `density`, on PySCF's quadrature about its atoms."""
    points_bohr, weights = becke_points(build_mol(density.molecule, CHEAP_LEVEL), QUADRATURE_LEVEL)
    whole, forces = density_at_points(density, points_bohr), hellmann_feynman_forces(density)
    free = replace(density, coefficients=np.zeros_like(density.coefficients))
    below = density_at_points(free, points_bohr)
    rungs, added = [], below.copy()
    for l in range(density.basis.l_max + 1):
        part = up_to(density, l)
        here = density_at_points(part, points_bohr)
        alone = replace(density, coefficients=part.coefficients - up_to(density, l - 1).coefficients)
        added += density_at_points(alone, points_bohr) - below
        misplaced = 0.5 * float(weights @ abs(here - whole))
        off = abs(hellmann_feynman_forces(part) - forces).mean() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        rungs.append(Rung(l, misplaced, float(off)))
    return Ladder(tuple(rungs), float(abs(added - whole).max() / whole.max()))
