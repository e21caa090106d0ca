"""Monoatomic ions with a closed shell, each alone: what assets/basis/free-ions.json is made by.

Restricted Kohn-Sham at the functional and in the orbital basis of the reference level, which is spherical of itself;
fitted like the free atoms. The ranges of the s set follow from the exponents of the orbital basis: a product of two
orbitals has the sum of their exponents.
"""

import numpy as np
from numpy.typing import NDArray
from pyscf import dft, gto
from pyscf.dft import numint

from core.chem.elements import atomic_number, symbol
from core.errors import CalculationError
from core.gaussian.basis import FREE_IONS, AuxiliaryBasis, ElementBasis
from core.reference.free_atom import even_tempered, fitted_free_density
from core.reference.level import DEFAULT_LEVEL, Level

# Those of biology and of buffers that have no open shell, up to krypton, where the orbital basis ends.
CHARGES = {"Li": 1, "Na": 1, "K": 1, "Mg": 2, "Ca": 2, "Zn": 2, "F": -1, "Cl": -1, "Br": -1}
CONVERGENCE = 1e-10
# Of the s set, from one exponent to the next: every ion within 0.02 % of its electrons.
RATIO = 1.5
# Of the smallest exponent of the orbitals: squares of p and d orbitals need wider s functions than squares of s.
WIDEST = 0.6

Array = NDArray[np.float64]


def _ion(element: str, level: Level) -> tuple[gto.Mole, Array, Array]:
    """The ion, its occupied orbitals (n_ao, n_occupied) and their occupations."""
    ion = gto.M(atom=element, charge=CHARGES[element], basis=level.orbital_basis, verbose=0)
    solved = dft.RKS(ion, xc=level.functional).set(conv_tol=CONVERGENCE)
    solved.grids.level = 5
    solved.kernel()
    if not solved.converged:
        raise CalculationError(f"The ion of {element} did not converge.", "Try another level of theory.")
    occupied = solved.mo_occ > 0
    return ion, solved.mo_coeff[:, occupied], solved.mo_occ[occupied]


def ion_density(element: str, radii_bohr: Array, level: Level = DEFAULT_LEVEL) -> Array:
    """rho(r) of the ion at `radii_bohr` (n,), e/bohr^3; also what the fit is compared with."""
    ion, occupied, occupations = _ion(element, level)
    points = np.zeros((radii_bohr.size, 3))
    points[:, 2] = radii_bohr
    return (numint.eval_ao(ion, points) @ occupied) ** 2 @ occupations


def build_free_ions(level: Level = DEFAULT_LEVEL) -> AuxiliaryBasis:
    """All ions of `CHARGES`, none with a learned function."""
    elements = {}
    for element, charge in CHARGES.items():
        ion, occupied, occupations = _ion(element, level)
        exponents = np.concatenate([ion.bas_exp(shell) for shell in range(ion.nbas)])
        smallest, largest = WIDEST * float(exponents.min()), 2.0 * float(exponents.max())
        number = int(np.ceil(np.log(largest / smallest) / np.log(RATIO))) + 1
        s_set = even_tempered(number, smallest, largest)
        electrons = atomic_number(element) - charge
        coefficients = fitted_free_density(s_set, ion, occupied, occupations, electrons=electrons)
        elements[atomic_number(element)] = ElementBasis(atomic_number(element), ((),), s_set, coefficients, charge)
    return AuxiliaryBasis(FREE_IONS, elements)


def free_ion_errors_percent(ions: AuxiliaryBasis, level: Level = DEFAULT_LEVEL) -> dict[str, float]:
    """Per element 100 integral |fit - ion| / N, on a radial quadrature."""
    radii, weights = np.polynomial.legendre.leggauss(400)
    radii, weights = np.exp(6.5 * radii - 4.0), 6.5 * np.exp(6.5 * radii - 4.0) * weights
    errors = {}
    for number, ion in ions.elements.items():
        fitted = ion.free_density(radii)
        missed = abs(fitted - ion_density(symbol(number), radii, level))
        errors[symbol(number)] = float(100.0 * (weights * 4.0 * np.pi * radii**2 * missed).sum() / ion.free_electrons)
    return errors
