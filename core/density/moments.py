"""Charge moments of a density, all analytic: electrons, dipole, multipoles of each atom."""

import numpy as np
from numpy.typing import NDArray

from core.density.blocks import element_blocks
from core.density.density import Density
from core.gaussian.multipoles import shell_moments
from core.units import E_BOHR_IN_DEBYE


def atomic_multipoles(density: Density, l_max: int = 4, *, electrons_only: bool = False) -> NDArray[np.float64]:
    """(n_atoms, (l_max+1)^2) moments Q_lm of each atom's own charge about its nucleus, in e bohr^l.

    Charge is that of the nucleus less that of the electrons, so Q_00 is the net charge of the atom; with
    `electrons_only` it is the electron density as a positive charge, without the nucleus. Order l, then m = -l..l
    (l = 1 runs y, z, x); Racah-normalised as in `core.gaussian.multipoles`. The division into atoms is that of the
    basis: each function belongs to the atom that carries it.
    """
    numbers = density.molecule.atomic_numbers
    moments = np.zeros((len(numbers), (l_max + 1) ** 2))
    for block in element_blocks(density):
        for shells in block.shells:
            if shells.l <= l_max:
                columns = slice(shells.l**2, (shells.l + 1) ** 2)
                values = np.einsum("nkm,k->nm", shells.coefficients.numpy(), shell_moments(shells.l, shells.exponents))
                moments[block.atoms.numpy(), columns] = values
    if electrons_only:
        return moments
    moments = -moments
    moments[:, 0] += numbers
    return moments


def electrons(density: Density) -> float:
    """The integral of rho over all space, in e."""
    return float(atomic_multipoles(density, 0, electrons_only=True).sum())


def dipole_e_bohr(density: Density) -> NDArray[np.float64]:
    """(3,) x, y, z: dipole of nuclei and electrons about the origin of the coordinates, in e bohr.

    For a charged molecule it depends on that origin.
    """
    moments = atomic_multipoles(density, 1)
    return moments[:, 0] @ density.molecule.positions_bohr + moments[:, [3, 1, 2]].sum(0)


def dipole_debye(density: Density) -> NDArray[np.float64]:
    """(3,) `dipole_e_bohr` in debye."""
    return dipole_e_bohr(density) * E_BOHR_IN_DEBYE
