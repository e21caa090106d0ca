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
from core.reference.orbital_density import OrbitalDensity
from core.units import BOHR_IN_ANGSTROM, HARTREE_IN_KCAL_PER_MOL

FACTORS = (1.4, 1.6, 1.8, 2.0)
# Lebedev degree of a sphere: 38 directions.
DEGREE = 9
# Each point costs an integral over all pairs of orbital functions.
MOST_POINTS = 600


@dataclass(frozen=True)
class PotentialErrors:
    """Mean absolute differences to the potential of the DFT density, kcal/(mol e); strength: mean of its own size.
    fitted: None without a fit."""

    predicted: float
    fitted: float | None
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


def potential_errors(orbitals: OrbitalDensity, predicted: Density, fitted: Density) -> PotentialErrors:
    """Of the prediction, of its floor `fitted`, and of free atoms."""
    points = shell_points(orbitals.molecule)
    reference = orbitals.potential_at_points(points)

    def error(density: Density) -> float:
        difference = potential_at_points(density, points) - reference
        return float(abs(difference).mean()) * HARTREE_IN_KCAL_PER_MOL

    return PotentialErrors(
        error(predicted),
        error(fitted),
        error(Density.free_atoms(orbitals.molecule, predicted.basis)),
        float(abs(reference).mean()) * HARTREE_IN_KCAL_PER_MOL,
    )
