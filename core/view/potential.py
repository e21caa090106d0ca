"""The potential on the surface: made when a person asks for it in the viewer, kept like the picture it belongs to."""

import time
from dataclasses import dataclass, replace

from core.density.potential_map import potential_grid, potential_map
from core.logs import get_logger
from core.units import HARTREE_IN_KCAL_PER_MOL
from core.view.assets import field_store
from core.view.field import POTENTIAL, PackedField, pack_field
from core.view.kept import Kept
from core.view.picture import KEPT_PICTURES, Picture
from core.view.scene import PotentialReference, Scene

log = get_logger(__name__)

UNIT = "kcal/(mol·e)"


@dataclass(frozen=True, eq=False)
class SurfacePotential:
    """packed: hartree/e on the grid of `core.density.potential_map`. seconds: what it took."""

    packed: PackedField
    seconds: float

    def publish(self) -> PotentialReference:
        """Where it lies, and that it lies there still."""
        return potential_reference(self.packed)


def potential_reference(packed: PackedField) -> PotentialReference:
    """Puts a potential, hartree/e, where the viewer finds it."""
    url = field_store().put(packed.digest, packed.compressed)
    return PotentialReference(url, packed.digest, UNIT, HARTREE_IN_KCAL_PER_MOL)


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
