"""Monoatomic ions with a closed shell, each alone: what assets/basis/free-ions.json is made by.

Restricted Kohn-Sham at the functional and in the orbital basis of the reference level, anions with its diffuse
functions; spherical of itself. Fitted like the free atoms. The largest exponent follows from the orbital basis: a
product of two orbitals has the sum of their exponents. The smallest is sought: a needless one would only make tails.
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

# Common ions of biology and of buffers with a closed shell, up to krypton, where the orbital basis ends.
CHARGES = {"Li": 1, "Na": 1, "K": 1, "Mg": 2, "Ca": 2, "Zn": 2, "F": -1, "Cl": -1, "Br": -1}
# Without diffuse functions the last electron of F- is not bound, and 2 % of its density lies elsewhere.
DIFFUSE = "aug-"
CONVERGENCE = 1e-10
# Of the s set: from one exponent to the next; the widest is as tight as lets the error, in percent, stay below.
RATIO = 1.5
TOLERANCE_PERCENT = 0.02

Array = NDArray[np.float64]


def _ion(element: str, level: Level) -> tuple[gto.Mole, Array, Array]:
    """The ion, its occupied orbitals (n_ao, n_occupied) and their occupations."""
    basis = (DIFFUSE if CHARGES[element] < 0 else "") + level.orbital_basis
    ion = gto.M(atom=element, charge=CHARGES[element], basis=basis, verbose=0)
    solved = dft.RKS(ion, xc=level.functional).set(conv_tol=CONVERGENCE)
    solved.grids.level = 5
    solved.kernel()
    if not solved.converged:
        raise CalculationError(f"The ion of {element} did not converge.", "Try another level of theory.")
    occupied = solved.mo_occ > 0
    if solved.mo_energy[occupied].max() > 0:
        raise CalculationError(f"The last electron of the ion of {element} is not bound.", "Use a larger basis.")
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
        largest, electrons = 2.0 * float(exponents.max()), atomic_number(element) - charge
        exact = ion_density(element, RADII, level)
        for smallest in float(exponents.min()) * np.geomspace(16.0, 0.25, 25):
            number = int(np.ceil(np.log(largest / smallest) / np.log(RATIO))) + 1
            s_set = even_tempered(number, float(smallest), largest)
            coefficients = fitted_free_density(s_set, ion, occupied, occupations, electrons=electrons)
            found = ElementBasis(atomic_number(element), ((),), s_set, coefficients, charge)
            if _error_percent(found, exact) < TOLERANCE_PERCENT:
                break
        elements[atomic_number(element)] = found
    return AuxiliaryBasis(FREE_IONS, elements)


# Gauss-Legendre in the logarithm of the radius, 3e-5 to 12 bohr.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)
RADII = np.exp(6.5 * _NODES - 4.0)
_SHELLS = 4.0 * np.pi * RADII**3 * 6.5 * _WEIGHTS


def _error_percent(ion: ElementBasis, exact: Array) -> float:
    return float(100.0 * (_SHELLS * abs(ion.free_density(RADII) - exact)).sum() / ion.free_electrons)


def free_ion_errors_percent(ions: AuxiliaryBasis, level: Level = DEFAULT_LEVEL) -> dict[str, float]:
    """Per element 100 integral |fit - ion| / N, on a radial quadrature."""
    return {
        symbol(number): _error_percent(ion, ion_density(symbol(number), RADII, level))
        for number, ion in ions.elements.items()
    }
