"""The part of the forces that a person asks to see in the viewer: made then, kept like the picture it belongs to.

What was asked for stands in st.session_state under a key that is no widget's, with the structure it was asked for.
"""

import math
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.forces.parts import REMAINDER_OF, Part, part_of_forces
from core.units import ANGSTROM_IN_BOHR
from core.view.kept import Kept
from core.view.picture import Picture
from core.view.scene import ForcePart, Scene, flat_forces

# How far near may be, angstrom: at 8 a protein of 700 atoms has 80 000 near pairs.
NEAREST, USUAL, FARTHEST = 2.0, 5.0, 8.0
_asked = "{}_force_part".format
_parts: Kept[NDArray[np.float64]] = Kept(48)


@dataclass(frozen=True)
class Wish:
    """A part of the forces of `structure`; within_angstrom: how far near is."""

    structure: str
    part: Part
    within_angstrom: float

    @property
    def label(self) -> str:
        side = {"near": " (< {:g} Å)", "far": " (> {:g} Å)"}.get(self.part, "")
        return f"{self.part.capitalize()} part{side.format(self.within_angstrom)}"


def remember(answer: object, *, key: str) -> None:
    """Keep what the viewer called `key` asks for; anything that is no such wish takes the last one back."""
    st.session_state[_asked(key)] = wish_of(answer)


def wish_of(answer: object) -> Wish | None:
    """The wish in an answer of the viewer, {structure, part, within_angstrom}, the distance within its bounds."""
    if not isinstance(answer, dict) or answer.get("part") not in get_args(Part):
        return None
    try:
        within = float(answer.get("within_angstrom") or USUAL)
    except (TypeError, ValueError):
        within = USUAL
    within = min(max(within, NEAREST), FARTHEST) if math.isfinite(within) else USUAL
    return Wish(str(answer.get("structure", "")), answer["part"], round(within, 1))


def asked_part(scene: Scene, *, key: str) -> Wish | None:
    """What the viewer called `key` asked for of the structure of `scene`."""
    wish: Wish | None = st.session_state.get(_asked(key))
    return wish if wish is not None and wish.structure == scene.structure else None


def with_asked_part(scene: Scene, picture: Picture, *, key: str) -> Scene:
    """`scene` with the part of its forces that the viewer called `key` asked for, if it asked for one."""
    scene = replace(scene, offers_parts=True)
    wish = asked_part(scene, key=key)
    if wish is None:
        return scene
    # Free ions have none.
    forces = np.pad(forces_of(picture, wish), ((0, scene.free_ions), (0, 0)))
    return replace(scene, force_part=ForcePart(wish.part, wish.within_angstrom, wish.label, flat_forces(forces)))


def forces_of(picture: Picture, wish: Wish) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr, made where they are not there. Near and far of one distance are made once."""
    predicted, forces = picture.predicted, picture.predicted.forces_hartree_per_bohr
    made: Part = REMAINDER_OF.get(wish.part, wish.part)
    within = wish.within_angstrom if made == "near" else 0.0
    part = _parts.make(
        (picture.molecule.content_hash, predicted.model_name, made, within),
        lambda: part_of_forces(predicted.density, forces, made, within_bohr=ANGSTROM_IN_BOHR * within),
    )
    return forces - part if wish.part in REMAINDER_OF else part
