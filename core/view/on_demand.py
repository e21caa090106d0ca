"""What a person may ask for in the viewer beside the density: the potential on the surface, of one density or of two
that are compared, bond formation, a part of the forces.

What was asked for stands in st.session_state under a key that is no widget's, with the structure it was asked for: it
survives a change of page, and a new structure starts without it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from core.chem.topology import Topology
from core.errors import RhoscopeError
from core.view.bond_formation import formation_of, has_formation, with_formation
from core.view.compared_force_parts import with_compared_part
from core.view.compared_formations import formations_of, with_formations
from core.view.compared_potentials import has_potentials, potentials_of, potentials_ready, with_potentials
from core.view.comparison import HeldAgainst
from core.view.component import show_scene
from core.view.force_parts import remember, with_asked_part
from core.view.looks import with_looks
from core.view.picture import Picture
from core.view.potential import potential_of, with_potential
from core.view.scene import Scene
from core.view.side_by_side import SideBySide
from core.view.words import log_problem


@dataclass(frozen=True)
class OnDemand:
    """name: of the viewer's state, which holds {structure, shown}. add: to a scene, made where it is not there."""

    name: str
    add: Callable[[Scene, Picture], Scene]

    def shown(self, picture: Picture, *, key: str) -> bool:
        """Whether the viewer called `key` shows it of this picture."""
        return self.shown_of(picture.scene, key=key)

    def shown_of(self, scene: Scene, *, key: str) -> bool:
        structure, shown = self._asked(key)
        return shown and structure == scene.structure

    def added(self, scene: Scene, picture: Picture, *, key: str) -> tuple[Scene, str]:
        """`scene` with it where it was asked for, and else as it is; why it could not be made, or an empty text."""
        if self._asked(key)[0] != scene.structure:
            return scene, ""
        try:
            return self.add(scene, picture), ""
        except RhoscopeError as error:
            log_problem(error)
            del st.session_state[self._place(key)]
            return scene, str(error)

    def remember(self, key: str) -> None:
        """What the viewer called `key` now says is shown."""
        answer = st.session_state[key].get(self.name) or {}
        st.session_state[self._place(key)] = (str(answer.get("structure", "")), bool(answer.get("shown")))

    def _place(self, key: str) -> str:
        return f"{key}_{self.name}"

    def _asked(self, key: str) -> tuple[str, bool]:
        return st.session_state.get(self._place(key), ("", False))


POTENTIAL = OnDemand("potential", lambda scene, picture: with_potential(scene, potential_of(picture)))
FORMATION = OnDemand("formation", lambda scene, picture: with_formation(scene, formation_of(picture)))
ON_DEMAND = (POTENTIAL, FORMATION)


def show_picture(
    picture: Picture,
    *,
    key: str,
    link: dict[str, Any],
    topology: Topology | None = None,
    focus: tuple[int, ...] = (),
) -> float | None:
    """Draw `picture` in the viewer called `key`, which offers all this; the level as `show_scene` returns it.

    link: as of `show_scene`. topology: who the atoms are. focus: atoms to look at, by index.
    """
    scene = replace(picture.publish(), offers_potential=True, offers_formation=has_formation(picture), focus=focus)
    scene = with_looks(scene, picture, topology)
    scene = with_asked_part(scene, picture, key=key)
    problems = {}
    for layer in ON_DEMAND:
        scene, problem = layer.added(scene, picture, key=key)
        if problem:
            problems[layer.name] = problem
    asked: dict[str, Callable[[], None]] = {layer.name: partial(layer.remember, key) for layer in ON_DEMAND}
    asked["part"] = partial(remember_part, key)
    return show_scene(
        scene,
        key=key,
        link=link,
        on_asked=asked,
        shown=[layer.name for layer in ON_DEMAND if layer.shown(picture, key=key)],
        problems=problems,
    )


def show_compared(
    sides: SideBySide, held: HeldAgainst | None, *, key: str, link: dict[str, Any], topology: Topology | None = None
) -> bool:
    """Draw three linked pictures in the viewer called `key`; link, topology: as of `show_picture`. held: what was found
    of them, None where it is not there yet; then returns whether something was asked for that waits for it."""
    scene = replace(sides.publish(), offers_potential=held is None or has_potentials(held))
    scene = with_looks(scene, sides.picture, topology)
    scene = replace(scene, offers_formation=has_formation(sides.picture))
    potential = OnDemand("potential", lambda scene, _: with_potentials(scene, potentials_of(held)) if held else scene)
    formation = OnDemand("formation", lambda scene, _: with_formations(scene, formations_of(sides)))
    layers, problems = [formation], {}
    if held is not None and (potential.shown_of(scene, key=key) or potentials_ready(held)):
        layers.append(potential)
    for layer in layers:
        scene, problem = layer.added(scene, sides.picture, key=key)
        if problem:
            problems[layer.name] = problem
    scene, waits = with_compared_part(scene, sides, held, key=key)
    asked: dict[str, Callable[[], None]] = {
        layer.name: partial(layer.remember, key) for layer in (potential, formation)
    }
    show_scene(
        scene, key=key, link=link, on_asked={**asked, "part": partial(remember_part, key)}, problems=problems or None
    )
    return held is None and (waits or potential.shown_of(scene, key=key))


def remember_part(key: str) -> None:
    """Which part of the forces the viewer called `key` now asks for."""
    remember(st.session_state[key].get("part"), key=key)
