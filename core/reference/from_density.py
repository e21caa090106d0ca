"""What a given density says of energy and orbitals without an SCF, and where an SCF may start.

Electrons that move in the field of the density, J[rho] + v_xc[rho], have orbitals, as those of a converged SCF do. A
hybrid functional also needs orbitals for its exact exchange, so a first set is made with a semilocal functional (PBE
for PBE0), on the grid of PySCF's level 1 (level 0 is off by millihartrees), and the hybrid's Fock matrix of these is
diagonalised once. The error of the energy is of second order in that of the density and in what the two functionals'
orbitals differ by; eigenvalues keep the latter in first order, however good the density: for water 0.3 eV of the HOMO.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyscf import dft, gto
from pyscf.dft import libxc, numint

from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.gaussian.derivatives import density_derivatives
from core.reference.becke import becke_points

GRID_LEVEL = 1
BLOCK = 4000
# Below this a fitted density may be negative or noise, where a functional has no value: e/bohr^3.
LEAST_DENSITY = 1e-9
# Takes the place of functionals that are not of the density and its gradient alone.
SUBSTITUTE = "PBE"


@dataclass(frozen=True, eq=False)
class OneShot:
    """Of one diagonalisation. energy_hartree: total energy of the orbitals in the density's own field; homo_hartree,
    lumo_hartree: eigenvalues of the Fock matrix they make; dipole_e_bohr: (3,) of that matrix's orbitals and the
    nuclei, about the origin; density_matrix: (n_ao, n_ao) of them, a start for an SCF."""

    energy_hartree: float
    homo_hartree: float
    lumo_hartree: float
    dipole_e_bohr: NDArray[np.float64]
    density_matrix: NDArray[np.float64]

    def to_json(self) -> dict:
        """The figures."""
        return {
            "energy_hartree": self.energy_hartree,
            "homo_hartree": self.homo_hartree,
            "lumo_hartree": self.lumo_hartree,
            "dipole_e_bohr": self.dipole_e_bohr.tolist(),
        }


def field_matrix(density: Density, mol: gto.Mole, functional: str) -> NDArray[np.float64]:
    """(n_ao, n_ao) T + V_nuclei + J[rho] + v_xc[rho] in the orbitals of `mol`, hartree. functional: a semilocal one."""
    points, weights = becke_points(mol, GRID_LEVEL)
    of_electrons = -potential_at_points(density, points, electrons_only=True)
    found = density_derivatives(density, points)
    rho = np.vstack([np.maximum(found.values, LEAST_DENSITY), found.gradients.T])
    of_functional = numint.NumInt().eval_xc_eff(functional, rho, deriv=1, xctype="GGA")[1]
    of_functional[:, found.values < LEAST_DENSITY] = 0.0
    scalar = 0.5 * weights * (of_electrons + of_functional[0])
    directed = weights * of_functional[1:]
    half = np.zeros((mol.nao, mol.nao))
    for start in range(0, len(points), BLOCK):
        part = slice(start, start + BLOCK)
        values = numint.eval_ao(mol, points[part], deriv=1)
        right = values[0] * scalar[part, None]
        for axis in range(3):
            right += values[axis + 1] * directed[axis, part, None]
        half += values[0].T @ right
    return mol.intor_symmetric("int1e_kin") + mol.intor_symmetric("int1e_nuc") + half + half.T


def one_shot(density: Density, method: dft.rks.RKS) -> OneShot:
    """What `density` says at the level of `method`, whose molecule must be that of the density."""
    mol, overlap = method.mol, method.get_ovlp()
    first = field_matrix(density, mol, _semilocal(method.xc))
    start = _filled(method.eig(first, overlap)[1], mol)
    bare, field = method.get_hcore(), method.get_veff(dm=start)
    energy = float(method.energy_tot(start, bare, field))
    energies, coefficients = method.eig(bare + field, overlap)
    matrix = _filled(coefficients, mol)
    occupied = mol.nelectron // 2
    dipole = orbital_dipole_e_bohr(mol, matrix)
    return OneShot(energy, float(energies[occupied - 1]), float(energies[occupied]), dipole, matrix)


def orbital_dipole_e_bohr(mol: gto.Mole, density_matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3,) dipole of the nuclei and of electrons with `density_matrix` (n_ao, n_ao), about the origin."""
    with mol.with_common_orig((0.0, 0.0, 0.0)):
        integrals = mol.intor_symmetric("int1e_r", comp=3)
    return mol.atom_charges() @ mol.atom_coords() - np.einsum("xpq,pq->x", integrals, density_matrix)


def _semilocal(functional: str) -> str:
    """The functional itself, where it is a pure gradient-corrected one."""
    pure = numint.NumInt()._xc_type(functional) == "GGA" and not libxc.is_hybrid_xc(functional)
    return functional if pure else SUBSTITUTE


def _filled(coefficients: NDArray[np.float64], mol: gto.Mole) -> NDArray[np.float64]:
    filled = coefficients[:, : mol.nelectron // 2]
    return 2.0 * filled @ filled.T
