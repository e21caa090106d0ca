"""Bond formation as the viewer draws it: made when a person asks for it, kept like the picture it belongs to."""

import time
from dataclasses import dataclass, replace

from core.density.bond_formation import bond_formation
from core.density.grid import UniformGrid, density_on_grid
from core.logs import get_logger
from core.view.assets import field_store
from core.view.field import DIFFERENCE, PackedField, pack_field, starting_level
from core.view.kept import Kept
from core.view.picture import GRID_POINTS, KEPT_PICTURES, Picture
from core.view.scene import FormationReference, Scene

log = get_logger(__name__)

LABEL = "Bond formation"


@dataclass(frozen=True, eq=False)
class Formation:
    """packed: e/bohr^3 on the grid of the picture. level: where its lobes start, e/bohr^3. seconds: what it took."""

    packed: PackedField
    level: float
    seconds: float

    def publish(self) -> FormationReference:
        """Where it lies, and that it lies there still."""
        url = field_store().put(self.packed.digest, self.packed.compressed)
        return FormationReference(url, self.packed.digest, LABEL, self.packed.largest, self.level)


_formations: Kept[Formation] = Kept(KEPT_PICTURES)


def has_formation(picture: Picture) -> bool:
    """Whether there is any: free atoms have formed no bonds."""
    return picture.predicted.prediction is not None


def formation_of(picture: Picture) -> Formation:
    """Bond formation of `picture`, made where it is not there. Raises RhoscopeError."""
    return _formations.make(picture.packed.digest, lambda: _make(picture))


def _make(picture: Picture) -> Formation:
    started = time.perf_counter()
    grid = UniformGrid.around(picture.density.molecule, points_longest=GRID_POINTS)
    values = density_on_grid(bond_formation(picture.density), grid)
    made = Formation(pack_field(values, grid, DIFFERENCE), starting_level(values), time.perf_counter() - started)
    log.info("bond formation", atoms=len(picture.molecule), seconds=round(made.seconds, 3))
    return made


def with_formation(scene: Scene, formation: Formation) -> Scene:
    """`scene` with the bond formation that its viewer may draw in place of the density."""
    return replace(scene, formation=formation.publish())
