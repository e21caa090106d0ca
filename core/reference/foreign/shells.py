"""Shells of a file as PySCF's functions: their order, their norms, and the Mole that holds them. Bohr.

PySCF takes all functions as Cartesian or none. Where a file has both kinds, as Gaussian's 5D 10F, its spherical shells
are written in Cartesian ones, which is exact.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pyscf import gto

from core.chem.elements import symbol
from core.errors import ResultError
from core.reference.foreign.result import GaussianOrbitals, Shell

# PySCF's evaluation on points has room for so many primitives of a shell; integrals go further than l = 6.
MOST_PRIMITIVES, LARGEST_L = 40, 6
MOST_FUNCTIONS = 2500
_LETTERS = "spdfghi"

# Cartesian functions of a shell in the order of Molden and of Gaussian, which agree up to f.
_D = "xx yy zz xy xz yz"
_F = "xxx yyy zzz xyy xxy xxz xzz yzz yyz xyz"
_MOLDEN_G = "xxxx yyyy zzzz xxxy xxxz yyyx yyyz zzzx zzzy xxyy xxzz yyzz xxyz yyxz zzxy"
Order = tuple[str, ...]


@cache
def pyscf_order(l: int) -> Order:
    """Cartesian functions as PySCF runs through them: xx, xy, xz, yy, yz, zz."""
    powers = [(i, j, l - i - j) for i in range(l, -1, -1) for j in range(l - i, -1, -1)]
    return tuple("x" * i + "y" * j + "z" * k for i, j, k in powers)


@cache
def molden_order(l: int) -> Order | None:
    """None where the format has no such Cartesian shell."""
    known = {2: _D, 3: _F, 4: _MOLDEN_G}
    if l < 2:
        return pyscf_order(l)
    return tuple("".join(sorted(name)) for name in known[l].split()) if l in known else None


@cache
def gaussian_order(l: int) -> Order:
    """From g on Gaussian runs backwards: zzzz, yzzz, yyzz, ..."""
    found = molden_order(l) if l < 4 else None
    return found or pyscf_order(l)[::-1]


@cache
def spherical_places(l: int) -> tuple[int, ...]:
    """Where the functions m = 0, +1, -1, +2, ..., of Molden and Gaussian, stand among PySCF's; x, y, z of a p shell."""
    if l < 2:
        return tuple(range(2 * l + 1))
    return (l, *(place for m in range(1, l + 1) for place in (l + m, l - m)))


def checked(shell: Shell, n_atoms: int) -> Shell:
    """The shell itself. Raises ResultError where it makes no sense or is beyond what can be evaluated."""
    exponents, coefficients = np.array(shell.exponents), np.array(shell.coefficients)
    if not 0 <= shell.atom < n_atoms:
        raise ResultError(f"A shell stands on atom {shell.atom + 1} of {n_atoms}.", "The file is damaged.")
    if not 0 <= shell.l <= LARGEST_L:
        raise ResultError(
            f"Functions with angular momentum {shell.l} are not read.",
            f"Use an orbital basis that ends at {_LETTERS[LARGEST_L]} functions.",
        )
    if not 1 <= exponents.size <= MOST_PRIMITIVES:
        raise ResultError(
            f"A shell of {exponents.size} primitives is not read; at most {MOST_PRIMITIVES} are.",
            "Use a basis of shorter contractions.",
        )
    sound = exponents.shape == coefficients.shape and np.isfinite(exponents).all() and np.isfinite(coefficients).all()
    if not sound or exponents.min() < 1e-6 or exponents.max() > 1e12 or not 1e-12 < abs(coefficients).max() < 1e12:
        raise ResultError("A shell has an exponent or a coefficient that makes no sense.", "The file is damaged.")
    return shell


def mole(
    atomic_numbers: NDArray[np.int64], positions_bohr: NDArray[np.float64], charge: int, shells: Sequence[Shell]
) -> gto.Mole:
    """PySCF's molecule with these shells in their order; Cartesian where one of them, beyond p, is."""
    atoms = list(zip(atomic_numbers.tolist(), positions_bohr.tolist(), strict=True))
    # PySCF wants some functions on each atom; the shells take their place.
    some = {symbol(number): [[0, [1.0, 1.0]]] for number in set(atomic_numbers.tolist())}
    mol = gto.M(atom=atoms, unit="Bohr", charge=charge, spin=None, basis=some, verbose=0)
    rows, numbers = [], [mol._env]
    size = len(mol._env)
    for shell in shells:
        pairs = [list(pair) for pair in zip(shell.exponents, shell.coefficients, strict=True)]
        row, env = gto.mole.make_bas_env([[shell.l, *pairs]], shell.atom, size)
        rows.append(row)
        numbers.append(env)
        size += len(env)
    mol._bas, mol._env = np.concatenate(rows), np.concatenate(numbers)
    mol.cart = any_cartesian(shells)
    return mol


def any_cartesian(shells: Sequence[Shell]) -> bool:
    return any(shell.cartesian and shell.l > 1 for shell in shells)


def in_pyscf_order(
    shells: Sequence[Shell], coefficients: NDArray[np.float64], cartesian: "dict[int, Order]"
) -> NDArray[np.float64]:
    """Coefficients (n_functions, n) in the order of a file, as PySCF's. cartesian: the file's order, by l.

    Rows of spherical shells run m = 0, +1, -1, ...; norms are not touched.
    """
    found, start = np.empty_like(coefficients), 0
    for shell in shells:
        if shell.cartesian and shell.l > 1:
            places = [pyscf_order(shell.l).index(name) for name in cartesian[shell.l]]
        else:
            places = list(spherical_places(shell.l))
        found[[start + place for place in places]] = coefficients[start : start + len(places)]
        start += len(places)
    return found


def with_pyscf_norms(mol: gto.Mole, shells: Sequence[Shell], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients (n_functions, n) of functions that are each of norm one, as those of the functions of `mol`: its
    Cartesian ones have other norms, and it has more of them where a shell of the file is spherical."""
    if not mol.cart:
        return coefficients
    norms = np.sqrt(mol.intor("int1e_ovlp").diagonal())
    pieces, start, place = [], 0, 0
    for shell in shells:
        piece = coefficients[start : start + shell.n_functions]
        start += shell.n_functions
        n_cartesian = (shell.l + 1) * (shell.l + 2) // 2
        if shell.cartesian or shell.l < 2:
            pieces.append(piece / norms[place : place + n_cartesian, None])
        else:
            pieces.append(gto.mole.cart2sph(shell.l, normalized="sp") @ piece)
        place += n_cartesian
    return np.concatenate(pieces)


def all_cartesian(shells: Sequence[Shell]) -> tuple[Shell, ...]:
    """The shells as the Mole of `mole` has them."""
    if not any_cartesian(shells):
        return tuple(shells)
    return tuple(Shell(s.atom, s.l, True, s.exponents, s.coefficients) for s in shells)


def overlap_of(mol: gto.Mole) -> NDArray[np.float64]:
    """(n_ao, n_ao). Raises ResultError where it is not finite."""
    overlap = mol.intor_symmetric("int1e_ovlp")
    if not np.isfinite(overlap).all():
        raise ResultError("The integrals of the file's functions are not finite.", "The file is damaged.")
    return overlap


def electrons_of(overlap: NDArray[np.float64], orbitals: GaussianOrbitals) -> float:
    """tr(D S)."""
    return float(
        np.einsum("pi,pq,qi,i->", orbitals.coefficients, overlap, orbitals.coefficients, orbitals.occupations,
                  optimize=True)
    )  # fmt: skip
