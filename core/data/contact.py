"""Bringing one molecule into contact with others: at random, through a hydrogen bond, or stacked. Angstrom.

A molecule is turned, laid on the far side and slid along a line until its atoms touch those already there.
"""

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import Mol

from core.data.bonds import POLAR, van_der_waals_radii
from core.data.rotation import random_direction, random_rotation, turn, unit

Array = NDArray[np.float64]
SULPHUR = 16
HYDROGEN_BOND_ANGSTROM = (1.75, 2.15)
SULPHUR_BOND_ANGSTROM = 0.5
TILT_SIGMA_DEGREES = 20.0
STACK_OFFSET_ANGSTROM = 1.8


def slide(fixed: Array, moving: Array, shortest: Array, direction: Array) -> Array:
    """`moving` shifted along the unit vector `direction` to the last point where a pair is at its `shortest` distance.

    fixed: (n, 3). moving: (m, 3). shortest: (m, n). From there on no pair is nearer than that.
    """
    between = moving[:, None] - fixed[None]
    along = between @ direction
    square = along**2 - (between**2).sum(-1) + shortest**2
    if not (square >= 0).any():
        return moving - along.max() * direction
    return moving + float((np.sqrt(square[square >= 0]) - along[square >= 0]).max()) * direction


def touching(fixed_numbers: NDArray[np.int64], moving_numbers: NDArray[np.int64], closeness: float) -> Array:
    """(m, n) distances of contact: sums of van der Waals radii times `closeness`."""
    return closeness * (van_der_waals_radii(moving_numbers)[:, None] + van_der_waals_radii(fixed_numbers))


def donors(graph: Mol) -> list[tuple[int, int]]:
    """(heavy atom, hydrogen) of every N-H, O-H and S-H bond."""
    return [
        (atom.GetIdx(), other.GetIdx())
        for atom in graph.GetAtoms()
        if atom.GetAtomicNum() in POLAR
        for other in atom.GetNeighbors()
        if other.GetAtomicNum() == 1
    ]


def acceptors(graph: Mol) -> list[int]:
    """N, O and S with a free lone pair: no cations, and no N whose pair is in an aromatic ring or an amide."""
    found = []
    for atom in graph.GetAtoms():
        if atom.GetAtomicNum() not in POLAR or atom.GetFormalCharge() > 0:
            continue
        if (
            atom.GetAtomicNum() == 7
            and atom.GetTotalDegree() == 3
            and any(b.GetIsConjugated() for b in atom.GetBonds())
        ):
            continue
        found.append(atom.GetIdx())
    return found


def lone_pair(graph: Mol, positions: Array, atom: int, rng: np.random.Generator) -> Array:
    """A direction away from the bonds of `atom`; 60 degrees off the bond where it has only one (as in C=O)."""
    neighbours = [other.GetIdx() for other in graph.GetAtomWithIdx(atom).GetNeighbors()]
    outward = [unit(positions[atom] - positions[other]) for other in neighbours]
    if len(outward) == 1:
        side = unit(np.cross(outward[0], random_direction(rng)))
        return 0.5 * outward[0] + np.sqrt(0.75) * side
    total = np.sum(outward, axis=0)
    return unit(total) if np.linalg.norm(total) > 0.1 else random_direction(rng)


def tilted(direction: Array, rng: np.random.Generator) -> Array:
    return unit(direction + np.deg2rad(TILT_SIGMA_DEGREES) * rng.normal(size=3))


def plane_normal(graph: Mol, positions: Array) -> Array:
    """Unit normal of the best plane through the ring atoms."""
    ring = [atom.GetIdx() for atom in graph.GetAtoms() if atom.IsInRing()]
    return np.linalg.svd(positions[ring] - positions[ring].mean(0))[2][2]


def at_random(fixed: Array, moving: Array, shortest: Array, rng: np.random.Generator) -> Array:
    """Random orientation, random side, aimed at a random atom of `fixed`."""
    turned = (moving - moving.mean(0)) @ random_rotation(rng).T + fixed[rng.integers(len(fixed))]
    return slide(fixed, turned, shortest, random_direction(rng))


def hydrogen_bonded(
    fixed: tuple[Mol, Array], moving: tuple[Mol, Array], shortest: Array, rng: np.random.Generator
) -> Array | None:
    """D-H of one molecule pointing at a lone pair of the other, tilted a little; None where neither can."""
    choices = [(False, d, a) for d in donors(moving[0]) for a in acceptors(fixed[0])]
    choices += [(True, d, a) for d in donors(fixed[0]) for a in acceptors(moving[0])]
    if not choices:
        return None
    fixed_donates, (heavy, hydrogen), acceptor = choices[rng.integers(len(choices))]
    (giving, given), (taking, taken) = (fixed, moving) if fixed_donates else (moving, fixed)
    bond = unit(given[hydrogen] - given[heavy])
    pair = lone_pair(taking, taken, acceptor, rng)
    length = rng.uniform(*HYDROGEN_BOND_ANGSTROM)
    ends = giving.GetAtomWithIdx(heavy), taking.GetAtomWithIdx(acceptor)
    if any(end.GetAtomicNum() == SULPHUR for end in ends):
        length += SULPHUR_BOND_ANGSTROM
    if fixed_donates:
        site, own, outward, facing = hydrogen, acceptor, bond, pair
    else:
        site, own, outward, facing = acceptor, hydrogen, pair, bond
    turned = moving[1] @ turn(facing, -tilted(outward, rng), rng).T
    turned = turned - turned[own] + fixed[1][site]
    allowed = shortest.copy()
    allowed[own, site] = length
    if fixed_donates:
        allowed[own, heavy] = min(allowed[own, heavy], length + 0.8)
    else:
        allowed[heavy, site] = min(allowed[heavy, site], length + 0.8)
    return slide(fixed[1], turned, allowed, outward)


def stacked(fixed: tuple[Mol, Array], moving: tuple[Mol, Array], shortest: Array, rng: np.random.Generator) -> Array:
    """Rings face to face, the upper one twisted and shifted sideways at random."""
    normal = plane_normal(*fixed)
    turned = moving[1] @ turn(plane_normal(*moving), normal, rng).T
    rings = [[atom.GetIdx() for atom in graph.GetAtoms() if atom.IsInRing()] for graph in (fixed[0], moving[0])]
    side = unit(np.cross(normal, random_direction(rng)))
    offset = STACK_OFFSET_ANGSTROM * np.sqrt(rng.random()) * side
    turned = turned - turned[rings[1]].mean(0) + fixed[1][rings[0]].mean(0) + offset
    return slide(fixed[1], turned, shortest, normal)
