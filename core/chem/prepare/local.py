"""Missing atoms built from what is near them along the bonds, where laying a template over the whole residue fails.

A template fits a residue as a whole only where its side chain is turned alike. Here each missing atom is carried over
with the atoms next to the one it is bonded to, so bonds and angles are those of the template, however the chain is
turned. Angstrom.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from core.chem.components import Component

Positions = Mapping[str, NDArray[np.float64]]
# How far a built atom may be from where the template has it, seen from the atoms one and two bonds away.
BOND_TOLERANCE, ANGLE_TOLERANCE = 0.04, 0.06
FEWEST_IN_FRAME = 3


def _neighbours(component: Component) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in component.elements}
    for first, second, _ in component.bonds:
        found[first].add(second)
        found[second].add(first)
    return found


def strain(built: Iterable[str], positions: Positions, template: Positions, component: Component) -> float:
    """How far the bonds and angles of the `built` atoms are off those of the template, the worst of them, in units of
    what they may be off; 1 and less is sound."""
    bonded = _neighbours(component)
    worst = 0.0
    for atom in built:
        near = dict.fromkeys(bonded[atom], BOND_TOLERANCE)
        near |= {end: ANGLE_TOLERANCE for other in bonded[atom] for end in bonded[other] - {atom} - bonded[atom]}
        for other, tolerance in near.items():
            if other in positions and other in template and atom in template:
                here = np.linalg.norm(positions[atom] - positions[other])
                there = np.linalg.norm(template[atom] - template[other])
                worst = max(worst, float(abs(here - there)) / tolerance)
    return worst


def built_locally(
    missing: Iterable[str], known: Positions, template: Positions, component: Component
) -> dict[str, NDArray[np.float64]]:
    """Positions of those `missing` atoms that hang together with the `known` ones; others are left out."""
    bonded = _neighbours(component)
    placed = dict(known)
    left = [name for name in sorted(missing) if name in template]
    while left:
        ready = [(name, anchor) for name in left for anchor in sorted(bonded[name] & placed.keys() & template.keys())]
        if not ready:
            break
        anchor = ready[0][1]
        turn = _turn(anchor, placed, template, bonded)
        if turn is None:
            break
        for name in [name for name, bonded_to in ready if bonded_to == anchor]:
            placed[name] = placed[anchor] + turn.apply(template[name] - template[anchor])
            left.remove(name)
    return {name: position for name, position in placed.items() if name not in known}


def _turn(anchor: str, placed: Positions, template: Positions, bonded: Mapping[str, set[str]]) -> Rotation | None:
    """From the template to the residue, by the atoms around `anchor`, as few bonds away as give enough of them."""
    frame = {anchor}
    while True:
        wider = frame | {end for name in frame for end in bonded[name] if end in placed and end in template}
        if len(wider) >= FEWEST_IN_FRAME or wider == frame:
            break
        frame = wider
    if len(wider) < FEWEST_IN_FRAME:
        return None
    others = sorted(wider - {anchor})
    here = np.array([placed[name] - placed[anchor] for name in others])
    there = np.array([template[name] - template[anchor] for name in others])
    return Rotation.align_vectors(here, there)[0]
