"""The part of the forces that a person asks to see on Compare: of the prediction, of what it is held against, and the
first minus the second. Made then, kept like the comparison it belongs to.

By nuclei and electrons the forces of a calculation are told apart without its density: the electrons exert what the
nuclei leave of the whole. By near and distant atoms that of its force-exact fit is, whose whole force is the same.
Neighbouring atoms can share one density in many ways, and prediction and fit do so in their own: their near parts
differ by hundreds of meV/angstrom where their forces differ by tens (formamide, water octamer; 3 angstrom).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.density.density import Density
from core.forces.parts import REMAINDER_OF, part_of_forces
from core.units import ANGSTROM_IN_BOHR
from core.view.comparison import HeldAgainst
from core.view.force_parts import Wish, asked_part, forces_of
from core.view.kept import Kept
from core.view.scene import ForcePart, Scene, flat_forces
from core.view.side_by_side import SideBySide

# What a fit tells apart.
OF_FIT = ("near", "far")
_parts: Kept[NDArray[np.float64]] = Kept(48)


def with_compared_part(scene: Scene, sides: SideBySide, held: HeldAgainst | None, *, key: str) -> tuple[Scene, bool]:
    """`scene`, of the panes of `sides`, with the part of the forces that the viewer called `key` asked for, if it asked
    for one; whether it waits for `held`, what was found of them."""
    scene = replace(scene, offers_parts=True)
    wish = asked_part(scene, key=key)
    if wish is None:
        return scene, False
    if held is None and wish.part in OF_FIT and sides.other.forces_hartree_per_bohr is not None:
        return scene, True
    told = (None if forces is None else flat_forces(forces) for forces in compared_parts(sides, held, wish))
    return replace(scene, force_part=ForcePart(wish.part, wish.within_angstrom, wish.label, (), tuple(told))), False


def compared_parts(
    sides: SideBySide, held: HeldAgainst | None, wish: Wish
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """(n_atoms, 3) hartree/bohr of each pane; the last two None where the forces of the other are not known. held: may
    be None where `wish` is for no part that a fit tells apart."""
    ours, theirs = forces_of(sides.picture, wish), _of_other(sides, held, wish)
    return ours, theirs, None if theirs is None else ours - theirs


def _of_other(sides: SideBySide, held: HeldAgainst | None, wish: Wish) -> NDArray[np.float64] | None:
    forces = sides.other.forces_hartree_per_bohr
    # The nuclei exert the same whatever the density. Of a cube neither the forces nor a fit are known.
    density: Density | None = sides.picture.predicted.density
    if wish.part in OF_FIT:
        density = held.findings.fitted if held else None
    if forces is None or density is None:
        return None
    made = REMAINDER_OF.get(wish.part, wish.part)
    within = wish.within_angstrom if made == "near" else 0.0
    part = _parts.make(
        (*(field.digest for field in sides.fields), made, within),
        lambda: part_of_forces(density, forces, made, within_bohr=ANGSTROM_IN_BOHR * within),
    )
    return forces - part if wish.part in REMAINDER_OF else part
