"""Orbitals on points, by PySCF and without torch, which processes for strangers' files do not have. Atomic units."""

import numpy as np
from numpy.typing import NDArray
from pyscf import gto
from pyscf.dft import numint

# At a time.
BLOCK_POINTS = 4000


def at_points(
    mol: gto.Mole,
    orbitals: NDArray[np.float64],
    occupations: NDArray[np.float64],
    points_bohr: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(n,) sum_i n_i phi_i^2 at `points_bohr` (n, 3), e/bohr^3; arguments as of `core.reference.orbital_density`."""
    density = np.empty(len(points_bohr))
    for start in range(0, density.size, BLOCK_POINTS):
        part = slice(start, start + BLOCK_POINTS)
        density[part] = ((numint.eval_ao(mol, points_bohr[part]) @ orbitals) ** 2) @ occupations
    return density
