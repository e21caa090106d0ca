"""Hydrogen bonds D-H...A by geometry, in structures of any size. Angstrom and degrees.

Criteria of Baker and Hubbard, Prog. Biophys. Mol. Biol. 44, 97 (1984), as most programs have them: H...A below 2.5
angstrom and the angle at H above 120 degrees. For a sulfur acceptor the distance is longer by as much as Bondi's radius
of S is than that of O (1.80 and 1.52 angstrom, J. Phys. Chem. 68, 441, 1964).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.bonding import bonded_pairs
from core.chem.molecule import Molecule

N, O, S = 7, 8, 16
POLAR = (N, O, S)
SULFUR_LONGER_ANGSTROM = 0.28
# The three angles at a nitrogen add up to 360 degrees where it is flat and its lone pair is in a pi system (amides,
# anilines, guanidinium), to 328 in ammonia; between them lies what still accepts.
LARGEST_ANGLE_SUM_OF_ACCEPTOR = 345.0


@dataclass(frozen=True)
class Criteria:
    """longest_angstrom: of H...A for N and O. smallest_angle_degrees: D-H...A, at the hydrogen."""

    longest_angstrom: float = 2.5
    smallest_angle_degrees: float = 120.0


@dataclass(frozen=True, eq=False)
class HydrogenBonds:
    """Rows are hydrogen bonds, sorted by hydrogen and then by distance.

    donors, hydrogens, acceptors: (n,) indices of atoms. hydrogen_acceptor_angstrom, donor_acceptor_angstrom: (n,).
    angles_degrees: (n,), D-H...A at the hydrogen, 180 for a straight bond.
    """

    donors: NDArray[np.int64]
    hydrogens: NDArray[np.int64]
    acceptors: NDArray[np.int64]
    hydrogen_acceptor_angstrom: NDArray[np.float64]
    donor_acceptor_angstrom: NDArray[np.float64]
    angles_degrees: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.donors)


def hydrogen_bonds(molecule: Molecule, criteria: Criteria | None = None) -> HydrogenBonds:
    """All of `molecule`: hydrogens of N, O and S, and the N, O and S that have a lone pair for them."""
    criteria = criteria or Criteria()
    bonds = bonded_pairs(molecule)
    numbers, positions = molecule.atomic_numbers, molecule.positions_angstrom
    donor_of = np.full(len(molecule), -1)
    for first, second in (bonds.T, bonds.T[::-1]):
        chosen = (numbers[first] == 1) & np.isin(numbers[second], POLAR)
        donor_of[first[chosen]] = second[chosen]
    hydrogens = np.flatnonzero(donor_of >= 0)
    acceptors = np.flatnonzero(accepts(molecule, bonds))
    if not (hydrogens.size and acceptors.size):
        none = np.zeros(0, dtype=np.int64)
        return HydrogenBonds(none, none, none, *np.zeros((3, 0)))
    reach = criteria.longest_angstrom + SULFUR_LONGER_ANGSTROM
    near = cKDTree(positions[hydrogens]).sparse_distance_matrix(
        cKDTree(positions[acceptors]), reach, output_type="coo_matrix"
    )
    h, a, distance = hydrogens[near.row], acceptors[near.col], near.data
    d = donor_of[h]
    longest = np.where(numbers[a] == S, reach, criteria.longest_angstrom)
    angle = _angles(positions[d], positions[h], positions[a])
    kept = (distance < longest) & (angle > criteria.smallest_angle_degrees) & (a != d)
    d, h, a, distance, angle = (values[kept] for values in (d, h, a, distance, angle))
    order = np.lexsort((distance, h))
    d, h, a, distance, angle = (values[order] for values in (d, h, a, distance, angle))
    return HydrogenBonds(d, h, a, distance, np.linalg.norm(positions[d] - positions[a], axis=1), angle)


def accepts(molecule: Molecule, bonds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n_atoms,) whether an atom has a lone pair to give: O and S with two neighbours or fewer, N with two or fewer,
    or with three that it does not lie flat among. bonds: (n_bonds, 2)."""
    numbers, positions = molecule.atomic_numbers, molecule.positions_angstrom
    neighbours = np.bincount(bonds.reshape(-1), minlength=len(molecule))
    found = np.isin(numbers, POLAR) & (neighbours <= 2)
    three = np.flatnonzero((numbers == N) & (neighbours == 3))
    both = np.concatenate([bonds, bonds[:, ::-1]])
    both = both[np.isin(both[:, 0], three)]
    around = both[np.argsort(both[:, 0], kind="stable"), 1].reshape(-1, 3)
    total = np.zeros(len(three))
    for one, other in ((0, 1), (1, 2), (2, 0)):
        total += _angles(positions[around[:, one]], positions[three], positions[around[:, other]])
    found[three] = total < LARGEST_ANGLE_SUM_OF_ACCEPTOR
    return found


def _angles(first: NDArray[np.float64], corner: NDArray[np.float64], last: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) degrees at `corner`; all (n, 3)."""
    one, other = first - corner, last - corner
    cosine = (one * other).sum(1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1))
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
