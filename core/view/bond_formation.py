"""Bond formation as the viewer draws it: made when a person asks for it, kept like the picture it belongs to."""

import time
from dataclasses import dataclass, replace

from core.density.bond_formation import bond_formation
from core.density.grid import UniformGrid, density_on_grid
from core.logs import get_logger
from core.view.assets import field_store
from core.view.coefficients import PackedCoefficients, pack_coefficients
from core.view.field import DIFFERENCE, PackedField, pack_field, starting_level
from core.view.kept import Kept
from core.view.picture import GRID_POINTS, KEPT_PICTURES, Picture
from core.view.scene import CoefficientsReference, FormationReference, Scene

log = get_logger(__name__)

LABEL = "Bond formation"


@dataclass(frozen=True, eq=False)
class Formation:
    """packed: e/bohr^3 on the grid of the picture. coefficients: to refine it by. level: where its lobes start,
    e/bohr^3. seconds: what it took."""

    packed: PackedField
    coefficients: PackedCoefficients
    level: float
    seconds: float

    def publish(self) -> FormationReference:
        """Where it lies, and that it lies there still."""
        url = field_store().put(self.packed.digest, self.packed.compressed)
        refined_by = CoefficientsReference(
            field_store().put(self.coefficients.digest, self.coefficients.compressed), self.coefficients.digest
        )
        return FormationReference(url, self.packed.digest, LABEL, self.packed.largest, self.level, refined_by)


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
    formation = bond_formation(picture.density)
    values = density_on_grid(formation, grid)
    packed = pack_field(values, grid, DIFFERENCE)
    seconds = time.perf_counter() - started
    made = Formation(packed, pack_coefficients(formation), starting_level(values), seconds)
    log.info("bond formation", atoms=len(picture.molecule), seconds=round(made.seconds, 3))
    return made


def with_formation(scene: Scene, formation: Formation) -> Scene:
    """`scene` with the bond formation that its viewer may draw in place of the density."""
    return replace(scene, formation=formation.publish())
