"""The force ladder of one structure: what each step from Kohn-Sham orbitals to the prediction adds to its forces.

Hellmann-Feynman forces see the density at the nuclei, where orbitals in an ordinary basis are wrong by electronvolts
per angstrom (the missing Pulay force). A fit constrained to the analytic forces mends that; the rest is the model's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.density.density import Density
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.reference.ladder import orbital_forces
from core.reference.orbital_density import OrbitalDensity
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


@dataclass(frozen=True)
class ForceError:
    """Of all components, meV/angstrom."""

    mean_mev_per_angstrom: float
    largest_mev_per_angstrom: float

    @classmethod
    def between(cls, one: NDArray[np.float64], other: NDArray[np.float64]) -> "ForceError":
        """one, other: (n_atoms, 3) hartree/bohr."""
        error = abs(one - other) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        return cls(float(error.mean()), float(error.max()))


@dataclass(frozen=True)
class ForceRungs:
    """free_atoms, orbitals, fit, end_to_end: Hellmann-Feynman forces of free atoms, of the Kohn-Sham orbitals, of the
    force-exact fit and of the prediction, each against the analytic DFT forces. model: prediction against fit."""

    free_atoms: ForceError
    orbitals: ForceError
    fit: ForceError
    model: ForceError
    end_to_end: ForceError


def force_rungs(
    orbitals: OrbitalDensity,
    analytic: NDArray[np.float64],
    fitted: Density,
    predicted_hartree_per_bohr: NDArray[np.float64],
) -> ForceRungs:
    """analytic: (n_atoms, 3) forces of the calculation that `orbitals` are of, hartree/bohr.
    predicted_hartree_per_bohr: (n_atoms, 3) Hellmann-Feynman forces of the prediction."""
    of_fit = hellmann_feynman_forces(fitted, exact=True)
    free = hellmann_feynman_forces(Density.free_atoms(orbitals.molecule, fitted.basis), exact=True)
    of_orbitals = orbital_forces(orbitals.mol, orbitals.molecule, orbitals.matrix)
    return ForceRungs(
        ForceError.between(free, analytic),
        ForceError.between(of_orbitals, analytic),
        ForceError.between(of_fit, analytic),
        ForceError.between(predicted_hartree_per_bohr, of_fit),
        ForceError.between(predicted_hartree_per_bohr, analytic),
    )
