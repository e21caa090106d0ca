"""Integrals of |rho - rho_KS| on the Becke grid of the calculation: the density errors of DESIGN section 6."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyscf import dft
from pyscf.dft import numint

from core.density.density import Density
from core.gaussian.evaluate import density_at_points
from core.reference.calculation import build_mol
from core.reference.record import Record

BLOCK = 4000


@dataclass(frozen=True, eq=False)
class ReferenceGrid:
    """Points (n, 3) in bohr, weights (n,), and the Kohn-Sham density there (n,) in e/bohr^3."""

    points_bohr: NDArray[np.float64]
    weights: NDArray[np.float64]
    density: NDArray[np.float64]

    @classmethod
    def of(cls, record: Record, level: int = 3) -> "ReferenceGrid":
        """The Becke grid of `record` (PySCF's grid `level`) with the density of its orbitals."""
        mol = build_mol(record.molecule, record.level)
        grids = dft.gen_grid.Grids(mol)
        grids.level = level
        grids.build(with_non0tab=False)
        orbitals = record.occupied_orbitals.astype(np.float64)
        density = np.empty(grids.weights.size)
        for start in range(0, density.size, BLOCK):
            part = slice(start, start + BLOCK)
            density[part] = 2.0 * ((numint.eval_ao(mol, grids.coords[part]) @ orbitals) ** 2).sum(1)
        return cls(np.asarray(grids.coords), np.asarray(grids.weights), density)

    def error_percent(self, density: Density) -> float:
        """100 sum w |rho - rho_KS| / sum w rho_KS, all electrons: eps_KS of `density`."""
        return self.error_of_values_percent(density_at_points(density, self.points_bohr))

    def error_of_values_percent(self, values: NDArray[np.float64]) -> float:
        return float(100.0 * (self.weights * abs(values - self.density)).sum() / (self.weights @ self.density))
