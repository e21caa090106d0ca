"""Which atoms a cut takes: a piece grown from a random atom over bonds that may be cut, then pieces that touch it.

A selection is a set of units (`BondGraph.atoms_of`). Its size counts its atoms and a hydrogen for every bond cut.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.bonds import POLAR
from core.data.cutouts.bondgraph import BondGraph

Array = NDArray[np.float64]
# The first piece takes this share of the atoms, or all of them.
ALONE_SHARE, FIRST_SHARE = 0.15, (0.3, 0.75)
# Heavy atoms nearer than this touch; polar ones nearer than BONDED are hydrogen-bonded and chosen more often.
TOUCHING_ANGSTROM, BONDED_ANGSTROM, BONDED_WEIGHT = 3.8, 3.3, 4.0
# Neighbours out of the solute are chosen more often than waters, of which there are more.
SOLUTE_WEIGHT = 10.0
WATER_ATOMS = 3
# A first piece without N, O or S has at least so many heavy atoms: methane and ethane teach little.
LEAST_CARBONS = 3


@dataclass(frozen=True, eq=False)
class Pieces:
    """centre: the atom the first piece grew from. units: of each piece, the first one first."""

    centre: int
    units: tuple[frozenset[int], ...]

    @property
    def all_units(self) -> frozenset[int]:
        return frozenset().union(*self.units)


def size(graph: BondGraph, units: frozenset[int]) -> int:
    """Number of atoms with those that close the cuts."""
    atoms = sum(len(graph.atoms_of[unit]) for unit in units)
    return atoms + sum(graph.unit_of[other] not in units for unit in units for _, other in graph.links.get(unit, ()))


def linked(graph: BondGraph, units: frozenset[int]) -> frozenset[int]:
    """Units bonded to these, and these."""
    return units | {int(graph.unit_of[other]) for unit in units for _, other in graph.links.get(unit, ())}


def grown(
    graph: BondGraph, start: int, limit: int, forbidden: frozenset[int], rng: np.random.Generator
) -> frozenset[int] | None:
    """A connected set of units around `start` of at most `limit` atoms, random neighbours first; None if too large."""
    chosen = frozenset({start})
    if size(graph, chosen) > limit:
        return None
    refused = set(forbidden)
    while candidates := sorted(linked(graph, chosen) - chosen - refused):
        unit = candidates[rng.integers(len(candidates))]
        if size(graph, chosen | {unit}) <= limit:
            chosen |= {unit}
        else:
            refused.add(unit)
    return chosen


def _neighbour(
    graph: BondGraph, positions: Array, solute_atoms: int, chosen: frozenset[int], refused: set[int],
    rng: np.random.Generator,
) -> int | None:  # fmt: skip
    """A unit with a heavy atom that touches one of those chosen, by weight; None where there is none left."""
    heavy, polar = graph.atomic_numbers > 1, np.isin(graph.atomic_numbers, POLAR)
    free = heavy & ~np.isin(graph.unit_of, [*linked(graph, chosen), *refused])
    inside = np.flatnonzero(heavy & np.isin(graph.unit_of, list(chosen)))
    near = np.flatnonzero(free & (np.abs(positions - positions[inside].mean(0)).max(1) < 20))
    if not len(near):
        return None
    lengths = np.linalg.norm(positions[near, None] - positions[None, inside], axis=-1)
    bonded = (lengths < BONDED_ANGSTROM) & polar[near, None] & polar[inside]
    weights = (lengths < TOUCHING_ANGSTROM).any(1) * np.where(bonded.any(1), BONDED_WEIGHT, 1.0)
    weights = weights * np.where(near < solute_atoms, SOLUTE_WEIGHT, 1.0)
    if not weights.any():
        return None
    return int(graph.unit_of[near[rng.choice(len(near), p=weights / weights.sum())]])


def random_centre(
    graph: BondGraph, solute_atoms: int, rng: np.random.Generator, element: int | None = None
) -> int | None:
    """A heavy atom of the solute, of this element (atomic number) if one is given; None where it has none."""
    numbers = graph.atomic_numbers[:solute_atoms]
    there = np.flatnonzero(numbers > 1 if element is None else numbers == element)
    return int(rng.choice(there)) if there.size else None


def _is_dull(graph: BondGraph, units: frozenset[int]) -> bool:
    numbers = graph.atomic_numbers[[atom for unit in units for atom in graph.atoms_of[unit]]]
    return not np.isin(numbers, POLAR).any() and int((numbers > 1).sum()) < LEAST_CARBONS


def choose_pieces(
    graph: BondGraph, positions: Array, centre: int, solute_atoms: int, target: int, rng: np.random.Generator
) -> Pieces | None:
    """Pieces of `target` atoms or a few less around the atom `centre`; None where its unit is too large or nothing
    that touches it fits.

    positions: (n_atoms, 3) angstrom, the solute first and waters in the periodic images nearest to the centre.
    """
    start = int(graph.unit_of[centre])
    smallest = size(graph, frozenset({start}))
    share = 1.0 if rng.random() < ALONE_SHARE else float(rng.uniform(*FIRST_SHARE))
    first = grown(graph, start, max(smallest, round(share * target)), frozenset(), rng)
    if first is None or smallest > target or _is_dull(graph, first):
        return None
    pieces, chosen, refused = [first], first, set[int]()
    while (left := target - size(graph, chosen)) >= WATER_ATOMS:
        unit = _neighbour(graph, positions, solute_atoms, chosen, refused, rng)
        if unit is None:
            break
        limit = int(rng.integers(WATER_ATOMS, left + 1)) if rng.random() < 0.5 else left
        limit = min(left, max(limit, size(graph, frozenset({unit}))))
        piece = grown(graph, unit, limit, linked(graph, chosen), rng)
        if piece is None:
            refused.add(unit)
            continue
        pieces.append(piece)
        chosen |= piece
    if share < 1 and len(pieces) == 1:
        return None
    return Pieces(centre, tuple(pieces))
