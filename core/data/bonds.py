"""Which atoms are bonded, judged by distances alone, and which molecules clash. Angstrom."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import GetPeriodicTable, Mol

# A bond is shorter than this many sums of covalent radii: a CC bond ends at 1.90, an OH bond at 1.16 angstrom.
BOND_FACTOR, HYDROGEN_BOND_FACTOR = 1.25, 1.20
# Atoms of different molecules are farther apart than this many sums of van der Waals radii: O and H 1.44 angstrom.
CLASH_FACTOR = 0.53
# N, O and S: what gives and takes hydrogen bonds.
POLAR = (7, 8, 16)

Array = NDArray[np.float64]


@cache
def _radii_angstrom() -> tuple[Array, Array]:
    table = GetPeriodicTable()
    numbers = range(1, 19)
    covalent = [table.GetRcovalent(number) for number in numbers]
    van_der_waals = [table.GetRvdw(number) for number in numbers]
    return np.array([0.0, *covalent]), np.array([0.0, *van_der_waals])


def covalent_radii(atomic_numbers: NDArray[np.int64]) -> Array:
    """(n_atoms,) angstrom."""
    return _radii_angstrom()[0][atomic_numbers]


def van_der_waals_radii(atomic_numbers: NDArray[np.int64]) -> Array:
    """(n_atoms,) angstrom."""
    return _radii_angstrom()[1][atomic_numbers]


def distances(positions: Array) -> Array:
    """(n_atoms, n_atoms), in the unit of the positions."""
    return np.linalg.norm(positions[:, None] - positions[None], axis=-1)


def bonds_of_graph(graph: Mol) -> set[tuple[int, int]]:
    """Pairs of atoms that the graph says are bonded, the lower index first."""
    pairs = ((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in graph.GetBonds())
    return {(min(pair), max(pair)) for pair in pairs}


def bonds_of_geometry(atomic_numbers: NDArray[np.int64], positions_angstrom: Array) -> set[tuple[int, int]]:
    """Pairs of atoms near enough to be bonded, the lower index first."""
    radii = covalent_radii(atomic_numbers)
    hydrogen = atomic_numbers == 1
    factors = np.where(hydrogen[:, None] | hydrogen, HYDROGEN_BOND_FACTOR, BOND_FACTOR)
    near = distances(positions_angstrom) < factors * (radii[:, None] + radii)
    first, second = np.nonzero(np.triu(near, 1))
    return set(zip(first.tolist(), second.tolist(), strict=True))


def clashing(atomic_numbers: NDArray[np.int64], positions_angstrom: Array, owner: NDArray[np.int64]) -> bool:
    """Whether atoms of different molecules are too close; owner: (n_atoms,) number of the molecule of each atom."""
    radii = van_der_waals_radii(atomic_numbers)
    close = distances(positions_angstrom) < CLASH_FACTOR * (radii[:, None] + radii)
    return bool((close & (owner[:, None] != owner)).any())
