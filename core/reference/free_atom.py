"""Spherical free atoms and the auxiliary sets built on them: what assets/basis/*.json is made by.

The atom is a spin-restricted Kohn-Sham atom with fractional occupations, at the functional and in the orbital basis of
the reference level. Its density is fitted in the Coulomb metric, with the electron count as a constraint, into a rich
even-tempered s set that is never learned.
"""

import numpy as np
from numpy.typing import NDArray
from pyscf import gto
from pyscf.data.elements import NRSRHFS_CONFIGURATION
from pyscf.dft import numint
from pyscf.scf import atom_ks

from core.chem.elements import atomic_number, symbol
from core.gaussian.basis import AuxiliaryBasis, ElementBasis, primitive_norm
from core.reference.level import DEFAULT_LEVEL, Level

FREE_RATIO = 1.6
# Smallest and largest exponent (bohr^-2) of the free atom's s set.
FREE_RANGES = {
    "H": (0.03, 400.0),
    "C": (0.04, 9e3),
    "N": (0.05, 2e4),
    "O": (0.06, 3e4),
    "P": (0.03, 1e5),
    "S": (0.04, 1.5e5),
}
# Learned sets: per l (number, smallest, largest exponent). H and O were optimised for the force-exact fit of a water
# and two dimers; C, N and P are O and S scaled by the square of the nuclear charge.
_H = ((6, 0.086, 15.6), (6, 0.193, 13.6), (5, 0.274, 5.47), (3, 0.369, 3.52))
_O = ((9, 0.141, 211.0), (9, 0.17, 184.0), (7, 0.274, 22.9), (5, 0.578, 11.4), (3, 1.193, 6.53))
_S = ((12, 0.1, 400.0), (13, 0.12, 1000.0), (8, 0.18, 30.0), (5, 0.3, 6.0), (3, 0.5, 2.5))
LEARNED = {
    "H": (_H, 1.0),
    "C": (_O, (6 / 8) ** 2),
    "N": (_O, (7 / 8) ** 2),
    "O": (_O, 1.0),
    "P": (_S, (15 / 16) ** 2),
    "S": (_S, 1.0),
}


def even_tempered(number: int, smallest: float, largest: float) -> tuple[float, ...]:
    """`number` exponents in geometric progression, six digits, ascending."""
    return tuple(float(f"{exponent:.6g}") for exponent in np.geomspace(smallest, largest, number))


def free_atom_density(
    element: str, radii_bohr: NDArray[np.float64], level: Level = DEFAULT_LEVEL
) -> NDArray[np.float64]:
    """rho(r) of the spherical atom at `radii_bohr` (n,), e/bohr^3; also what the fit is compared with."""
    atom, occupied, occupations = _atom(element, level)
    points = np.zeros((radii_bohr.size, 3))
    points[:, 2] = radii_bohr
    orbitals = numint.eval_ao(atom, points) @ occupied
    return (orbitals**2) @ occupations


def _atom(element: str, level: Level) -> tuple[gto.Mole, NDArray[np.float64], NDArray[np.float64]]:
    number = atomic_number(element)
    atom = gto.M(atom=element, basis=level.orbital_basis, spin=number % 2, verbose=0)
    solved = atom_ks.get_atm_nrks(atom, xc=level.functional, atomic_configuration=NRSRHFS_CONFIGURATION)
    _, _, orbitals, occupations = solved[element]
    return atom, orbitals[:, occupations > 0], occupations[occupations > 0]


def fit_free_atom(element: str, level: Level = DEFAULT_LEVEL) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(exponents, coefficients) of normalised s primitives, integrating to the atomic number."""
    smallest, largest = FREE_RANGES[element]
    exponents = even_tempered(int(np.ceil(np.log(largest / smallest) / np.log(FREE_RATIO))) + 1, smallest, largest)
    return exponents, fitted_free_density(exponents, *_atom(element, level), electrons=atomic_number(element))


def fitted_free_density(
    exponents: tuple[float, ...],
    atom: gto.Mole,
    occupied: NDArray[np.float64],
    occupations: NDArray[np.float64],
    electrons: int,
) -> tuple[float, ...]:
    """Coefficients of normalised s primitives: least Coulomb energy of the error, with the electrons counted."""
    element = atom.atom_symbol(0)
    s_set = gto.M(
        atom=element, basis={element: [[0, [a, 1.0]] for a in exponents]}, spin=atom.spin, charge=atom.charge, verbose=0
    )
    metric = s_set.intor("int2c2e")
    shells = (0, atom.nbas, 0, atom.nbas, atom.nbas, atom.nbas + s_set.nbas)
    integrals = (atom + s_set).intor("int3c2e", shls_slice=shells)
    density_matrix = (occupied * occupations) @ occupied.T
    right = np.einsum("pqi,pq->i", integrals, density_matrix)
    a = np.array(exponents)
    charges = primitive_norm(0, a) / np.sqrt(4.0 * np.pi) * (np.pi / a) ** 1.5
    solution = np.linalg.solve(metric, np.stack([right, charges], axis=1))
    multiplier = (electrons - charges @ solution[:, 0]) / (charges @ solution[:, 1])
    coefficients = solution[:, 0] + multiplier * solution[:, 1]
    return tuple(coefficients.tolist())


def build_basis(name: str, level: Level = DEFAULT_LEVEL) -> AuxiliaryBasis:
    """The auxiliary basis of H, C, N, O, P and S from the tables above."""
    elements = {}
    for element, (shells, scale) in LEARNED.items():
        number = atomic_number(element)
        learned = tuple(even_tempered(n, low * scale, high * scale) for n, low, high in shells)
        elements[number] = ElementBasis(number, learned, *fit_free_atom(element, level))
    return AuxiliaryBasis(name, elements)


def free_atom_errors_percent(basis: AuxiliaryBasis, level: Level = DEFAULT_LEVEL) -> dict[str, float]:
    """Per element 100 integral |fit - atom| / N, on a radial quadrature."""
    radii, weights = np.polynomial.legendre.leggauss(400)
    radii, weights = np.exp(6.5 * radii - 4.0), 6.5 * np.exp(6.5 * radii - 4.0) * weights
    errors = {}
    for number, element in basis.elements.items():
        fitted = element.free_density(radii)
        exact = free_atom_density(symbol(number), radii, level)
        errors[symbol(number)] = float(100.0 * (weights * 4.0 * np.pi * radii**2 * abs(fitted - exact)).sum() / number)
    return errors
