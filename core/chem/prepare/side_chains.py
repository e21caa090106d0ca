"""Side chains that were built on top of other atoms, turned about their bonds to where there is room. Angstrom.

Bonds and angles stay as they are. Of all torsions in steps of 60 degrees the ones that leave most room are taken.
"""

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from core.chem.components import Component

# Atoms that are not bonded are farther apart, save in the tightest hydrogen bonds, which nobody can foretell.
OVERLAP_ANGSTROM = 2.6
_ENOUGH_ANGSTROM = 3.2
_STEPS_DEGREES = tuple(range(0, 360, 60))
_FLAT = {"NE", "CZ"}

Positions = Mapping[str, NDArray[np.float64]]


def turned_free(
    built: Iterable[str], positions: Positions, component: Component, others: cKDTree | None
) -> dict[str, NDArray[np.float64]]:
    """Positions of the `built` atoms, as they were where none is on top of another atom.

    positions: of all heavy atoms of the residue by name, (3,) each. others: heavy atoms of other residues.
    """
    names = [name for name in component.elements if name in positions]
    free = sorted(set(built) & set(names))
    bonded: dict[str, set[str]] = {name: set() for name in names}
    for first, second, _ in component.bonds:
        if first in bonded and second in bonded:
            bonded[first].add(second)
            bonded[second].add(first)
    held = {name: set().union(bonded[name], *(bonded[other] for other in bonded[name])) for name in free}
    apart = {name: [other for other in names if other != name and other not in held[name]] for name in free}

    def room(at: Positions) -> float:
        """The smallest distance of a built atom to one that it is not held by, as far as it matters."""
        inner = [np.linalg.norm(at[name] - at[other]) for name in free for other in apart[name]]
        outer = others.query([at[name] for name in free])[0].tolist() if others is not None else []
        return float(min([*inner, *outer, _ENOUGH_ANGSTROM]))

    best = {name: np.asarray(positions[name]) for name in names}
    most = room(best) if free else _ENOUGH_ANGSTROM
    turns = _turns(bonded, set(free))
    if most >= OVERLAP_ANGSTROM or not turns:
        return {name: best[name] for name in free}
    start = best
    for degrees in product(_STEPS_DEGREES, repeat=len(turns)):
        at = dict(start)
        for angle, (near, far, moving) in zip(degrees, turns, strict=True):
            axis = at[far] - at[near]
            turn = Rotation.from_rotvec(np.radians(angle) * axis / np.linalg.norm(axis))
            for name in moving:
                at[name] = at[far] + turn.apply(at[name] - at[far])
        found = room(at)
        if found > most:
            best, most = at, found
        if most >= _ENOUGH_ANGSTROM:
            break
    return {name: best[name] for name in free}


def _turns(bonded: Mapping[str, set[str]], free: set[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """(near end, far end, atoms that turn) of the bonds beyond which all was built, from the backbone outwards.

    Not those of rings, and not that of a guanidinium, which is flat.
    """
    found = []
    for near in bonded:
        for far in bonded[near]:
            beyond = _beyond(bonded, near, far)
            if beyond and near not in beyond and beyond <= free and {near, far} != _FLAT:
                found.append((near, far, tuple(sorted(beyond))))
    return sorted(found, key=lambda turn: (-len(turn[2]), turn[0]))


def _beyond(bonded: Mapping[str, set[str]], near: str, far: str) -> set[str]:
    """Atoms that hang on the far end; the near end is among them where the bond is part of a ring."""
    found: set[str] = set()
    ready = bonded[far] - {near}
    while ready:
        found |= ready
        ready = {other for name in ready for other in bonded[name]} - found - {far}
    return found
