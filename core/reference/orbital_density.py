"""The density of orbitals in Gaussian functions, rho = sum_i n_i |phi_i|^2, by PySCF's integrals. Atomic units.

The orbitals are those of a calculation made here, or of one made elsewhere (`core.reference.foreign`).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyscf import gto

from core.chem.molecule import Molecule
from core.reference.calculation import build_mol
from core.reference.from_density import orbital_dipole_e_bohr
from core.reference.orbital_values import at_points
from core.reference.record import Record

# Of one block of integrals (8 bytes each).
BLOCK_VALUES = 1 << 24


@dataclass(frozen=True, eq=False)
class OrbitalDensity:
    """mol: PySCF's, with the nuclei of `molecule`. orbitals: (n_ao, n_orbitals) in its functions, not necessarily
    orthonormal. occupations: (n_orbitals,) electrons in each."""

    molecule: Molecule
    mol: gto.Mole
    orbitals: NDArray[np.float64]
    occupations: NDArray[np.float64]

    @classmethod
    def of(cls, result: "Record | OrbitalDensity") -> "OrbitalDensity":
        """That of a record: two electrons in each of its orbitals."""
        if isinstance(result, OrbitalDensity):
            return result
        orbitals = result.occupied_orbitals.astype(np.float64)
        mol = build_mol(result.molecule, result.level)
        return cls(result.molecule, mol, orbitals, np.full(orbitals.shape[1], 2.0))

    @cached_property
    def matrix(self) -> NDArray[np.float64]:
        """(n_ao, n_ao) density matrix."""
        return (self.orbitals * self.occupations) @ self.orbitals.T

    def at_points(self, points_bohr: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) density at `points_bohr` (n, 3), e/bohr^3."""
        return at_points(self.mol, self.orbitals, self.occupations, points_bohr)

    def potential_at_points(self, points_bohr: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) hartree/e of nuclei and electrons at `points_bohr` (n, 3)."""
        distances = np.linalg.norm(points_bohr[:, None] - self.molecule.positions_bohr, axis=-1)
        potential = (self.molecule.atomic_numbers / distances).sum(1)
        block = max(1, BLOCK_VALUES // self.mol.nao**2)
        for start in range(0, len(points_bohr), block):
            part = slice(start, start + block)
            # Points run fastest in memory: a product with a vector, and no copy.
            integrals = self.mol.intor("int1e_grids", hermi=1, grids=points_bohr[part])
            potential[part] -= integrals.reshape(len(integrals), -1, order="F") @ self.matrix.ravel()
        return potential

    def dipole_e_bohr(self) -> NDArray[np.float64]:
        """(3,) dipole of nuclei and electrons about the origin of the coordinates."""
        return orbital_dipole_e_bohr(self.mol, self.matrix)
