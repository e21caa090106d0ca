"""The electrostatic potentials of two densities that are compared, and their difference, to colour surfaces by: made
when a person asks for them, kept like the comparison they belong to.

The potential of a calculation is that of its force-exact fit, which is nearer to it than any prediction by far: on the
shells of `core.train.potential_error` 0.01 to 0.02 kcal/(mol e), where predictions are off by 0.1 to 0.5.
"""

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

from core.density.potential_map import potential_grid, potential_map
from core.errors import ResultError
from core.logs import get_logger
from core.view.comparison import HeldAgainst
from core.view.field import POTENTIAL, PackedField, pack_field
from core.view.kept import Kept
from core.view.potential import potential_reference
from core.view.scene import Scene

log = get_logger(__name__)


@dataclass(frozen=True, eq=False)
class ComparedPotentials:
    """packed: that of the prediction, that of the other, the first minus the second, hartree/e, on one grid."""

    packed: tuple[PackedField, PackedField, PackedField]


_kept: Kept[ComparedPotentials] = Kept(8)


def has_potentials(held: HeldAgainst) -> bool:
    """A cube has none: what lies outside of it, and the cores within it, are not known well enough."""
    return held.findings.fitted is not None


def potentials_of(held: HeldAgainst) -> ComparedPotentials:
    """Made where they are not there. Raises ResultError where there are none."""
    return _kept.make(_key(held), lambda: _make(held))


def potentials_ready(held: HeldAgainst) -> ComparedPotentials | None:
    """They, where they are there already."""
    return _kept.get(_key(held))


def _key(held: HeldAgainst) -> Hashable:
    return tuple(field.digest for field in held.sides.fields)


def _make(held: HeldAgainst) -> ComparedPotentials:
    started = time.perf_counter()
    fitted, predicted = held.findings.fitted, held.picture.predicted.density
    if fitted is None:
        raise ResultError("The potential of a cube is not computed.", "Give an fchk, Molden or checkpoint file.")
    grid = potential_grid(predicted.molecule)
    ours, theirs = potential_map(predicted, grid), potential_map(fitted, grid)
    first, second, third = (pack_field(values, grid, POTENTIAL) for values in (ours, theirs, ours - theirs))
    log.info("potentials", atoms=len(predicted.molecule), seconds=round(time.perf_counter() - started, 3))
    return ComparedPotentials((first, second, third))


def with_potentials(scene: Scene, potentials: ComparedPotentials) -> Scene:
    """`scene`, of three panes, each with its potential to colour surfaces by, which it offers."""
    panes = zip(scene.panes, potentials.packed, strict=True)
    with_each = tuple(replace(pane, potential=potential_reference(packed)) for pane, packed in panes)
    return replace(scene, offers_potential=True, panes=with_each)
