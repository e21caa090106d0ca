"""The ways in which programs write Molden files, and which of them a file has.

Not all keep to the format (theochem.ru.nl/molden/molden_format.html). Contractions are brought to norm one, so that a
factor on a whole shell does no harm; ORCA's primitives without norms and its signs from f on, and the norms of
Cartesian functions in Psi4 and Turbomole, are known. Which of these a file has is not asked but found: right is the one
in which its occupied orbitals are orthonormal, and where none is, the file is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from pyscf import gto
from scipy.special import factorial2

from core.errors import ResultError
from core.reference.foreign.result import GaussianOrbitals, Shell
from core.reference.foreign.shells import (
    LARGEST_L,
    all_cartesian,
    in_pyscf_order,
    molden_order,
    mole,
    overlap_of,
    pyscf_order,
    with_pyscf_norms,
)

# What the overlaps of occupied orbitals may differ from those of orthonormal ones by: some programs write five digits.
# Of the known ways one that is wrong may come near, where functions beyond p hold few electrons: the nearest is taken.
ORTHONORMAL, NO_DOUBT = 2e-4, 1e-7


@dataclass(frozen=True, eq=False)
class OccupiedOrbitals:
    """coefficients: (n_functions, n), occupations (n,), of orbitals with electrons; beta: (n,) whether of that spin."""

    coefficients: NDArray[np.float64]
    occupations: NDArray[np.float64]
    beta: NDArray[np.bool_]


# Of Cartesian functions beyond p: each has norm one, all of a shell have the factor that makes x^l so, or each has the
# norm sqrt((2l - 1)!!).
_NORMS = ("one", "of the first", "double factorial")


@dataclass(frozen=True)
class _Way:
    """How a program writes. bare: primitives without their norms. norms: of Cartesian functions."""

    norms: str = "one"
    bare: bool = False
    orca_signs: bool = False


_WAYS = tuple(_Way(*choice) for choice in product(_NORMS, (False, True), (False, True)))


def in_the_right_way(
    numbers: NDArray[np.int64], positions: NDArray[np.float64], shells: Sequence[Shell], occupied: OccupiedOrbitals
) -> GaussianOrbitals:
    """The orbitals of a file, `occupied` as it writes them in its functions `shells`. Raises ResultError."""
    found, error = _in_way(numbers, positions, shells, occupied, _WAYS[0])
    if not error < NO_DOUBT:
        others = (_in_way(numbers, positions, shells, occupied, way) for way in _WAYS[1:])
        found, error = min((found, error), *others, key=lambda made: made[1])
    if not error <= ORTHONORMAL:
        raise ResultError(
            f"The orbitals of the file are not orthonormal: their overlaps are off by {error:.1g}. The program that "
            "wrote it has conventions for its functions that are not known here.",
            "Write a formatted checkpoint (.fchk) instead, or convert the file with another program.",
        )
    return found


def _in_way(
    numbers: NDArray[np.int64],
    positions: NDArray[np.float64],
    shells: Sequence[Shell],
    occupied: OccupiedOrbitals,
    way: _Way,
) -> tuple[GaussianOrbitals, float]:
    """The orbitals, and by how much the overlaps of those of one spin differ from those of orthonormal ones."""
    if way.bare:
        shells = tuple(_with_norms_divided_out(shell) for shell in shells)
    rows = occupied.coefficients
    if way.orca_signs:
        rows = rows * np.concatenate([_orca_signs(shell) for shell in shells])[:, None]
    cartesian = {l: order for l in range(2, LARGEST_L + 1) if (order := molden_order(l)) is not None}
    mol = mole(numbers, positions, 0, shells)
    rows = in_pyscf_order(shells, rows, cartesian)
    if way.norms != "one":
        rows = rows * np.concatenate([_cartesian_norms(shell, way.norms) for shell in shells])[:, None]
    rows = with_pyscf_norms(mol, shells, rows)
    overlap, error = overlap_of(mol), 0.0
    for spin in (False, True):
        chosen = rows[:, occupied.beta == spin]
        if chosen.size:
            overlaps = chosen.T @ overlap @ chosen
            error = max(error, float(abs(overlaps - np.eye(len(overlaps))).max()))
    found = GaussianOrbitals(all_cartesian(shells), rows, occupied.occupations)
    return found, error if np.isfinite(error) else np.inf


def _with_norms_divided_out(shell: Shell) -> Shell:
    """The shell where its coefficients are of bare primitives r^l exp(-a r^2), as those of normalised ones."""
    norms = gto.gto_norm(shell.l, np.array(shell.exponents))
    return replace(shell, coefficients=tuple((np.array(shell.coefficients) / norms).tolist()))


def _orca_signs(shell: Shell) -> NDArray[np.float64]:
    """-1 where |m| is 3 or 4, from f on; functions in the order m = 0, +1, -1, ..."""
    signs = np.ones(shell.n_functions)
    if not shell.cartesian and shell.l > 2:
        signs[5 : 9 if shell.l > 3 else 7] = -1.0
    return signs


def _cartesian_norms(shell: Shell, norms: str) -> NDArray[np.float64]:
    """(n_functions,) norms of the functions of a shell, in PySCF's order."""
    if not shell.cartesian or shell.l < 2:
        return np.ones(shell.n_functions)
    whole = float(factorial2(2 * shell.l - 1))
    if norms == "double factorial":
        return np.full(shell.n_functions, np.sqrt(whole))
    powers = [[name.count(axis) for axis in "xyz"] for name in pyscf_order(shell.l)]
    return np.sqrt(np.array([np.prod([float(factorial2(max(2 * n - 1, 1))) for n in row]) for row in powers]) / whole)
