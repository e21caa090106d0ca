"""From a molecule to its picture: prediction, grid, enclosed electrons, scene. Made once per content, kept for all.

One picture is made at a time, whoever asks: two at once would only share the same cores.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from core.chem.examples import examples
from core.chem.molecule import Molecule
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import EnclosedCurve, enclosed_curve
from core.errors import RhoscopeError
from core.logs import get_logger
from core.model.predict import Progress
from core.view.assets import field_store
from core.view.field import PackedField, pack_field
from core.view.kept import Kept
from core.view.prediction import Predicted, predict_density
from core.view.scene import Curve, FieldReference, Scene

log = get_logger(__name__)

GRID_POINTS = 96
KEPT_PICTURES = 12
DEFAULT_SHARE = 0.93
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Picture:
    """All that Explore shows of one molecule.

    seconds: by step.
    """

    molecule: Molecule
    predicted: Predicted
    curve: EnclosedCurve
    packed: PackedField
    scene: Scene
    seconds: dict[str, float] = field(default_factory=dict)

    def publish(self) -> Scene:
        """The scene, with its field sure to be on the server still."""
        field_store().put(self.packed.digest, self.packed.compressed)
        return self.scene


_pictures: Kept[Picture] = Kept(KEPT_PICTURES)


def picture_ready(molecule: Molecule) -> Picture | None:
    """The picture of `molecule` where it is there already."""
    return _pictures.get(_key(molecule))


def picture_of(molecule: Molecule, progress: Progress = lambda step, share: None) -> Picture:
    """The picture of `molecule`, made where it is not there. Raises RhoscopeError.

    progress is told the step ("waiting", "coefficients", "forces", "grid", "levels") and what share of it is done.
    """
    progress("waiting", 0.0)
    return _pictures.make(_key(molecule), lambda: _make(molecule, progress))


def _key(molecule: Molecule) -> tuple[str, str]:
    return molecule.content_hash, molecule.title


def _make(molecule: Molecule, progress: Progress) -> Picture:
    seconds: dict[str, float] = {}

    def timed(name: str, step: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = step()
        seconds[name] = time.perf_counter() - started
        return result

    predicted = timed("prediction", lambda: predict_density(molecule, progress))
    grid = UniformGrid.around(molecule, points_longest=GRID_POINTS)
    values = timed("grid", lambda: density_on_grid(predicted.density, grid, progress=partial(progress, "grid")))
    packed = timed("packing", lambda: pack_field(values, grid))
    progress("levels", 0.0)
    curve = timed("levels", lambda: enclosed_curve(predicted.density))
    reference = FieldReference(
        field_store().put(packed.digest, packed.compressed), packed.digest, "Isosurface", packed.largest
    )
    named = f"model {predicted.model_name}" if predicted.model_name else "free atoms, not a prediction"
    scene = Scene.of(
        molecule,
        source=f"Electron density ({named})",
        description=(
            f"Molecule of {len(molecule)} atoms with an isosurface of its electron density and the force on every "
            "atom as an arrow. Arrow keys turn it, plus and minus zoom, Home shows everything."
        ),
        forces_hartree_per_bohr=predicted.forces_hartree_per_bohr,
        field=reference,
        curve=Curve.sampled(curve.levels, curve.enclosed_electrons),
        level=float(f"{curve.level_for(DEFAULT_SHARE):.2g}"),
    )
    log.info("picture", atoms=len(molecule), **{name: round(value, 3) for name, value in seconds.items()})
    return Picture(molecule, predicted, curve, packed, scene, seconds)


def default_molecule() -> Molecule:
    """The example that Explore opens with: the first of assets/examples."""
    return examples()[0][2]


def warm_up() -> None:
    """Make the picture of the default example in the background, so that the first visitor finds it done."""

    def work() -> None:
        try:
            picture_of(default_molecule())
        except RhoscopeError as error:
            log.warning("warm-up", error=str(error))

    threading.Thread(target=work, name="warm-up", daemon=True).start()
