"""What surrounds every atom, judged by distances alone: bonds, angles between them, and contacts. Angstrom, degrees.

Bonds are pairs closer than BOND_FACTOR times the sum of covalent radii (RDKit's).
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import GetPeriodicTable
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.chem.molecule import Molecule
from core.model.graph import neighbours

BOND_FACTOR = 1.3
CONTACT_ANGSTROM = 4.0


@cache
def covalent_radius(atomic_number: int) -> float:
    """Angstrom."""
    return GetPeriodicTable().GetRcovalent(atomic_number)


@cache
def van_der_waals_radius(atomic_number: int) -> float:
    """Angstrom."""
    return GetPeriodicTable().GetRvdw(atomic_number)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Of one molecule.

    bonds: (n_bonds, 2) pairs i < j, bond_lengths: (n_bonds,). angles: (n_angles, 3) end, centre, end; degrees:
    (n_angles,). contacts: (n_contacts, 2) pairs i < j within CONTACT_ANGSTROM that are not bonded, contact_distances:
    (n_contacts,); through_space: (n_contacts,) whether more than three bonds lie between the two, or no bonds at all.
    partners: per atom its bonded neighbours, "H2" or "C1 O2" or "nothing". components: (n_atoms,) which covalently
    connected piece an atom belongs to.
    """

    symbols: tuple[str, ...]
    bonds: NDArray[np.int64]
    bond_lengths: NDArray[np.float64]
    angles: NDArray[np.int64]
    degrees: NDArray[np.float64]
    contacts: NDArray[np.int64]
    contact_distances: NDArray[np.float64]
    through_space: NDArray[np.bool_]
    partners: tuple[str, ...]
    components: NDArray[np.int64]

    @property
    def small_rings(self) -> list[tuple[int, ...]]:
        """The atoms, ascending, of every ring of three or four: what strains angles beyond what its bonds tell."""
        centres: dict[tuple[int, int], list[int]] = {}
        for i, centre, k in self.angles.tolist():
            centres.setdefault((min(i, k), max(i, k)), []).append(centre)
        bonded = set(map(tuple, self.bonds.tolist()))
        rings = {tuple(sorted((*ends, one))) for ends, found in centres.items() if ends in bonded for one in found}
        for ends, found in centres.items():
            rings |= {tuple(sorted((*ends, *pair))) for pair in combinations(found, 2)}
        # A hydrogen in one is too near to something: that is a matter of bonds.
        return sorted(ring for ring in rings if all(self.symbols[atom] != "H" for atom in ring))

    @classmethod
    def of(cls, molecule: Molecule) -> "Surroundings":
        positions, numbers, symbols = molecule.positions_angstrom, molecule.atomic_numbers, molecule.symbols
        n = len(molecule)
        first, second = neighbours(positions, CONTACT_ANGSTROM)
        once = first < second
        pairs = np.stack([first[once], second[once]], axis=1)
        distances = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
        radii = np.array([covalent_radius(z) for z in numbers.tolist()])
        bonded = distances < BOND_FACTOR * radii[pairs].sum(axis=1)
        bonds, contacts = pairs[bonded], pairs[~bonded]
        ones = np.ones(len(bonds), dtype=np.int32)
        graph = coo_array((ones, (bonds[:, 0], bonds[:, 1])), shape=(n, n)).tocsr()
        graph = graph + graph.T
        near = (graph + graph @ graph + graph @ graph @ graph).tocoo()
        through_space = ~np.isin(contacts @ [n, 1], near.row.astype(np.int64) * n + near.col)
        angles = _angles(bonds, n)
        return cls(
            symbols,
            bonds,
            distances[bonded],
            angles,
            _degrees(positions, angles),
            contacts,
            distances[~bonded],
            through_space,
            _partners(bonds, symbols),
            connected_components(graph, directed=False)[1].astype(np.int64),
        )

    def pair_names(self, pairs: NDArray[np.int64]) -> list[str]:
        """Elements of each pair in alphabetical order, "H-O"."""
        return ["-".join(sorted((self.symbols[i], self.symbols[j]))) for i, j in pairs.tolist()]

    def angle_names(self) -> list[str]:
        """Elements of each angle, the ends in alphabetical order, "H-O-H"."""
        names = []
        for i, centre, k in self.angles.tolist():
            low, high = sorted((self.symbols[i], self.symbols[k]))
            names.append(f"{low}-{self.symbols[centre]}-{high}")
        return names

    @property
    def environments(self) -> tuple[str, ...]:
        """Per atom its element and partners, "O: H2"."""
        return tuple(f"{own}: {others}" for own, others in zip(self.symbols, self.partners, strict=True))


def _partners(bonds: NDArray[np.int64], symbols: tuple[str, ...]) -> tuple[str, ...]:
    counts: list[Counter] = [Counter() for _ in symbols]
    for i, j in bonds.tolist():
        counts[i][symbols[j]] += 1
        counts[j][symbols[i]] += 1
    return tuple(" ".join(f"{s}{n}" for s, n in sorted(count.items())) or "nothing" for count in counts)


def _angles(bonds: NDArray[np.int64], n_atoms: int) -> NDArray[np.int64]:
    around: list[list[int]] = [[] for _ in range(n_atoms)]
    for i, j in bonds.tolist():
        around[i].append(j)
        around[j].append(i)
    found = [(i, centre, k) for centre, ends in enumerate(around) for at, i in enumerate(ends) for k in ends[at + 1 :]]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _degrees(positions: NDArray[np.float64], angles: NDArray[np.int64]) -> NDArray[np.float64]:
    one, other = (positions[angles[:, end]] - positions[angles[:, 1]] for end in (0, 2))
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    # Atoms on one point have no angle; their distance gives them away.
    cosine = np.einsum("ax,ax->a", one, other) / np.where(lengths > 0, lengths, 1.0)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
