"""The potential on the surface: made when a person asks for it in the viewer, kept like the picture it belongs to.

What was asked for stands in st.session_state under a key that is no widget's, with the structure it was asked for: it
survives a change of page, and a new structure starts without it.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.density.potential_map import potential_grid, potential_map
from core.errors import RhoscopeError
from core.logs import get_logger
from core.model.trust import Trust
from core.units import HARTREE_IN_KCAL_PER_MOL
from core.view.assets import field_store
from core.view.component import show_scene
from core.view.field import POTENTIAL, PackedField, pack_field
from core.view.kept import Kept
from core.view.picture import KEPT_PICTURES, Picture
from core.view.scene import PotentialReference, Scene
from core.view.trust_colors import colored
from core.view.words import log_problem

log = get_logger(__name__)

UNIT = "kcal/(mol·e)"
_asked = "{}_potential".format


@dataclass(frozen=True, eq=False)
class SurfacePotential:
    """packed: hartree/e on the grid of `core.density.potential_map`. seconds: what it took."""

    packed: PackedField
    seconds: float

    def publish(self) -> PotentialReference:
        """Where it lies, and that it lies there still."""
        url = field_store().put(self.packed.digest, self.packed.compressed)
        return PotentialReference(url, self.packed.digest, UNIT, HARTREE_IN_KCAL_PER_MOL)


_potentials: Kept[SurfacePotential] = Kept(KEPT_PICTURES)


def potential_of(picture: Picture) -> SurfacePotential:
    """The potential of `picture`, made where it is not there. Raises RhoscopeError."""
    return _potentials.make(picture.packed.digest, lambda: _make(picture))


def _make(picture: Picture) -> SurfacePotential:
    started = time.perf_counter()
    grid = potential_grid(picture.density.molecule)
    packed = pack_field(potential_map(picture.density, grid), grid, POTENTIAL)
    made = SurfacePotential(packed, time.perf_counter() - started)
    log.info("potential", atoms=len(picture.molecule), points=max(grid.shape), seconds=round(made.seconds, 3))
    return made


def with_potential(scene: Scene, potential: SurfacePotential) -> Scene:
    """`scene` with the potential to colour its surface by."""
    return replace(scene, potential=potential.publish())


def colored_by_potential(picture: Picture, *, key: str) -> bool:
    """Whether the viewer called `key` colours the surface of this picture by the potential."""
    structure, shown = st.session_state.get(_asked(key), ("", False))
    return shown and structure == picture.scene.structure


def show_with_potential(
    picture: Picture,
    *,
    key: str,
    link: dict[str, Any],
    trust: Trust | None = None,
    focus: tuple[int, ...] = (),
) -> float | None:
    """Draw `picture` in the viewer called `key`, which offers its potential; the level as `show_scene` returns it.

    link: as of `show_scene`. trust: colour the atoms by their expected errors. focus: atoms to look at, by index.
    """
    scene = replace(picture.publish(), offers_potential=True, focus=focus)
    if trust is not None:
        scene = colored(scene, trust)
    structure, shown = st.session_state.get(_asked(key), ("", False))
    shown, problem = shown and structure == scene.structure, ""
    if structure == scene.structure:
        try:
            scene = with_potential(scene, potential_of(picture))
        except RhoscopeError as error:
            log_problem(error)
            shown, problem = False, str(error)
            del st.session_state[_asked(key)]

    def remember() -> None:
        answer = st.session_state[key].get("potential") or {}
        st.session_state[_asked(key)] = (str(answer.get("structure", "")), bool(answer.get("shown")))

    return show_scene(scene, key=key, link=link, on_potential=remember, colored=shown, problem=problem)
