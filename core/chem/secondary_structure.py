"""Helices and strands of proteins, from the hydrogen bonds of the backbone. Angstrom; energies in kcal/mol.

The rules of DSSP: W. Kabsch and C. Sander, Biopolymers 22, 2577 (1983). An amide hydrogen stands where they put it,
1 angstrom from N and opposite to the C=O before it, whatever the structure says of it.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.molecule import Molecule
from core.chem.polymer import named_atoms, stretches
from core.chem.topology import Topology

HELIX, STRAND, COIL = "h", "s", "c"
# Partial charges of 0.42 and 0.20 e, 332 kcal/mol angstrom; below this energy it is a bond.
_COUPLING, _HIGHEST_ENERGY = 0.42 * 0.20 * 332.0, -0.5
_FARTHEST_CA = 9.0
# A bulge joins two ladders: so many residues in between on one strand, and so many on the other.
_BULGE = (2, 5)

Bridge = tuple[int, int]


def secondary_structure(molecule: Molecule, topology: Topology) -> str:
    """One letter for each residue: HELIX (alpha, 3-10 and pi), STRAND (of a ladder of two bridges or more) or COIL."""
    stretch = stretches(molecule, topology)
    atoms = np.stack([named_atoms(topology, name) for name in ("N", "CA", "C", "O")])
    protein = [index for index, residue in enumerate(topology.residues) if residue.kind == "protein"]
    whole = np.array([index for index in protein if (atoms[:, index] >= 0).all()], dtype=np.int64)
    letters = np.full(len(topology.residues), COIL)
    if len(whole) < 3:
        return "".join(letters)
    # What follows is in places of `whole`; residues of one run are bonded, place by place.
    follows = (np.diff(whole) == 1) & (np.diff(stretch[whole]) == 0)
    run = np.concatenate([[0], np.cumsum(~follows)])
    proline = np.array([topology.residues[index].name == "PRO" for index in whole])
    bonds = _hydrogen_bonds(molecule.positions_angstrom[atoms[:, whole]], run, proline)
    letters[whole] = _helices(bonds, run, _strands(bonds, run))
    return "".join(letters)


def _hydrogen_bonds(backbone: NDArray[np.float64], run: NDArray[np.int64], proline: NDArray[np.bool_]) -> set[Bridge]:
    """(i, j): the CO of i accepts from the NH of j. backbone: (4, n_residues, 3) positions of N, CA, C and O."""
    n, ca, c, o = backbone
    carbonyl = (o - c) / np.linalg.norm(o - c, axis=1, keepdims=True)
    h = n.copy()
    h[1:] -= carbonyl[:-1]
    donates = ~proline & np.concatenate([[False], run[1:] == run[:-1]])
    pairs = cKDTree(ca).query_pairs(_FARTHEST_CA, output_type="ndarray")
    acceptor, donor = np.concatenate([pairs, pairs[:, ::-1]]).T
    kept = donates[donor] & ~((acceptor + 1 == donor) & (run[acceptor] == run[donor]))
    acceptor, donor = acceptor[kept], donor[kept]

    def inverse(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1.0 / np.maximum(np.linalg.norm(one[acceptor] - other[donor], axis=1), 0.5)

    energy = _COUPLING * (inverse(o, n) + inverse(c, h) - inverse(o, h) - inverse(c, n))
    kept = energy < _HIGHEST_ENERGY
    acceptor, donor, energy = acceptor[kept], donor[kept], energy[kept]
    # Each CO and each NH keeps its two best.
    best: set[Bridge] | None = None
    for side in (acceptor, donor):
        order = np.lexsort((energy, side))
        place = np.arange(len(order)) - np.searchsorted(side[order], side[order])
        two = order[place < 2]
        chosen = set(zip(acceptor[two].tolist(), donor[two].tolist(), strict=True))
        best = chosen if best is None else best & chosen
    return best or set()


def _strands(bonds: set[Bridge], run: NDArray[np.int64]) -> NDArray[np.str_]:
    """(n_residues,) STRAND or COIL."""
    last = len(run) - 1
    inner = np.zeros(last + 1, dtype=bool)
    inner[1:-1] = (run[:-2] == run[1:-1]) & (run[1:-1] == run[2:])
    bridges: dict[int, set[Bridge]] = {1: set(), -1: set()}
    for i, j in bonds:
        # The patterns of a parallel and of an antiparallel bridge that this bond may be part of.
        if (j, i + 2) in bonds:
            bridges[1].add((i + 1, j))
        if (j, i) in bonds:
            bridges[-1].add((i, j))
        if (j - 2, i + 2) in bonds:
            bridges[-1].add((i + 1, j - 1))
    found = np.full(last + 1, COIL)
    for direction, all_of in bridges.items():
        kept = {
            (min(pair), max(pair))
            for pair in all_of
            if all(0 <= k <= last and inner[k] for k in pair)
            and (abs(pair[0] - pair[1]) > 2 or run[pair[0]] != run[pair[1]])
        }
        for first, second in _ladders(kept, direction, run):
            found[list(first)] = STRAND
            found[list(second)] = STRAND
    return found


def _ladders(bridges: set[Bridge], direction: int, run: NDArray[np.int64]) -> Iterator[tuple[range, range]]:
    """Both strands of each ladder of two bridges or more; direction: 1 parallel, -1 antiparallel."""
    ladders: list[list[Bridge]] = []
    for bridge in sorted(bridges):
        for ladder in ladders:
            i, j = ladder[-1]
            if bridge == (i + 1, j + direction):
                ladder.append(bridge)
                break
        else:
            ladders.append([bridge])
    for ladder in ladders:
        if len(ladder) > 1:
            yield _between(ladder[0], ladder[-1])
    for one in ladders:
        for other in ladders:
            (i, j), (k, l) = one[-1], other[0]
            steps = k - i, direction * (l - j)
            unbroken = run[i] == run[k] and run[j] == run[l]
            if unbroken and min(steps) > 0 and min(steps) <= _BULGE[0] and max(steps) <= _BULGE[1]:
                yield _between(one[0], other[-1])


def _between(start: Bridge, end: Bridge) -> tuple[range, range]:
    (i, j), (k, l) = start, end
    return range(i, k + 1), range(min(j, l), max(j, l) + 1)


def _helices(bonds: set[Bridge], run: NDArray[np.int64], found: NDArray[np.str_]) -> NDArray[np.str_]:
    """`found` with the helices: alpha over strands, 3-10 and pi only where there is neither."""
    free = found == COIL
    for turn in (4, 3, 5):
        starts = {i for i, j in bonds if j - i == turn and run[i] == run[j]}
        members = [
            slice(second, second + turn)
            for first, second in pairwise(sorted(starts))
            if second == first + 1 and (turn == 4 or free[second : second + turn].all())
        ]
        for one in members:
            found[one] = HELIX
        free = found == COIL
    return found
