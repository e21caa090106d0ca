"""Which atoms of a molecule of any size are bonded, judged by distances alone. Angstrom."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import GetPeriodicTable
from scipy.spatial import cKDTree

from core.chem.molecule import Molecule

# A bond is shorter than this many sums of covalent radii: a CC bond ends at 1.90, an OH bond at 1.16 angstrom.
BOND_FACTOR, HYDROGEN_BOND_FACTOR = 1.25, 1.20


@cache
def _covalent_radius(atomic_number: int) -> float:
    return float(GetPeriodicTable().GetRcovalent(atomic_number))


def bonded_pairs(molecule: Molecule) -> NDArray[np.int64]:
    """(n_bonds, 2) indices of bonded atoms, the lower first, sorted. A hydrogen is bonded to one atom, the nearest."""
    numbers, positions = molecule.atomic_numbers, molecule.positions_angstrom
    radii = np.array([_covalent_radius(number) for number in numbers.tolist()])
    pairs = cKDTree(positions).query_pairs(2.0 * BOND_FACTOR * float(radii.max()), output_type="ndarray")
    pairs = np.sort(pairs.reshape(-1, 2).astype(np.int64), axis=1)
    lengths = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
    hydrogen = numbers == 1
    factors = np.where(hydrogen[pairs].any(axis=1), HYDROGEN_BOND_FACTOR, BOND_FACTOR)
    near = lengths < factors * radii[pairs].sum(axis=1)
    pairs, lengths = pairs[near], lengths[near]
    shortest = np.full(len(numbers), np.inf)
    for column in (0, 1):
        np.minimum.at(shortest, pairs[:, column], lengths)
    pairs = pairs[~(hydrogen[pairs] & (lengths[:, None] > shortest[pairs])).any(axis=1)]
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
