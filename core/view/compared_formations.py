"""Bond formation of two densities that are compared: made when a person asks for it, kept like their pictures.

Both are less the same free atoms, so the second is the first less the difference of the densities, which is there:
next to a nucleus, where densities are hundreds of e/bohr^3, no digits are lost.
"""

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from core.density.bond_formation import bond_formation
from core.density.grid import density_on_grid
from core.logs import get_logger
from core.view.assets import field_store
from core.view.bond_formation import LABEL
from core.view.field import DIFFERENCE, PackedField, pack_field, starting_level
from core.view.kept import Kept
from core.view.scene import FormationReference, Scene
from core.view.side_by_side import SideBySide

log = get_logger(__name__)


@dataclass(frozen=True, eq=False)
class ComparedFormations:
    """packed: that of the prediction, and that of the other, e/bohr^3, on the grid of their pictures. level: where the
    lobes of both start, e/bohr^3."""

    packed: tuple[PackedField, PackedField]
    level: float


_kept: Kept[ComparedFormations] = Kept(8)


def formations_of(sides: SideBySide) -> ComparedFormations:
    """Made where they are not there."""
    return _kept.make(_key(sides), lambda: _make(sides))


def _key(sides: SideBySide) -> Hashable:
    return tuple(field.digest for field in sides.fields)


def _make(sides: SideBySide) -> ComparedFormations:
    started = time.perf_counter()
    ours = density_on_grid(bond_formation(sides.picture.predicted.density), sides.box).astype(np.float64)
    _, reference, difference = sides.values
    # Beyond the grid of a cube there is no density to take free atoms from.
    theirs = np.where(reference == 0.0, 0.0, ours - difference)
    first, second = (pack_field(values, sides.box, DIFFERENCE) for values in (ours, theirs))
    seconds = round(time.perf_counter() - started, 3)
    log.info("bond formation of both", atoms=len(sides.picture.molecule), seconds=seconds)
    return ComparedFormations((first, second), starting_level(ours))


def with_formations(scene: Scene, formations: ComparedFormations) -> Scene:
    """`scene`, of three panes, of which the first two may draw their bond formation in place of the density."""

    def reference(packed: PackedField) -> FormationReference:
        url = field_store().put(packed.digest, packed.compressed)
        return FormationReference(url, packed.digest, LABEL, packed.largest, formations.level)

    *densities, difference = scene.panes
    formed = (
        replace(pane, formation=reference(packed)) for pane, packed in zip(densities, formations.packed, strict=True)
    )
    return replace(scene, offers_formation=True, panes=(*formed, difference))
