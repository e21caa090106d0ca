"""Integrals of |rho - rho_KS| on the Becke grid of the calculation: the density errors of DESIGN section 6."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.density.density import Density
from core.gaussian.evaluate import density_at_points
from core.reference.becke import becke_points
from core.reference.orbital_density import OrbitalDensity
from core.reference.record import Record


@dataclass(frozen=True, eq=False)
class ReferenceGrid:
    """Points (n, 3) in bohr, weights (n,), and the density there (n,) in e/bohr^3, that of Kohn-Sham."""

    points_bohr: NDArray[np.float64]
    weights: NDArray[np.float64]
    density: NDArray[np.float64]

    @classmethod
    def of(cls, result: Record | OrbitalDensity, level: int = 3) -> "ReferenceGrid":
        """The Becke grid of `result` (PySCF's grid `level`) with the density of its orbitals."""
        orbitals = OrbitalDensity.of(result)
        points, weights = becke_points(orbitals.mol, level)
        return cls(points, weights, orbitals.at_points(points))

    def error_percent(self, density: Density) -> float:
        """100 sum w |rho - rho_KS| / sum w rho_KS, all electrons: eps_KS of `density`."""
        return self.error_of_values_percent(density_at_points(density, self.points_bohr))

    def error_of_values_percent(self, values: NDArray[np.float64]) -> float:
        return float(100.0 * (self.weights * abs(values - self.density)).sum() / (self.weights @ self.density))
