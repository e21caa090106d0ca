"""From a molecule to its picture: prediction, grid, enclosed electrons, scene. Made once per content, kept for all.

One picture is made at a time, whoever asks: two at once would only share the same cores. Only the large ones, which are
predicted in processes of their own, have a queue of their own: they take minutes, and nobody is to wait for them who
wants a small one.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeVar

import numpy as np

from core.chem.examples import examples
from core.chem.molecule import Molecule
from core.chem.prepare.ions import FreeIon
from core.density.density import Density
from core.density.free_ions import has_free_density, with_free_ions
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import EnclosedCurve, enclosed_curve
from core.jobs.predictions import is_apart
from core.logs import get_logger
from core.model.predict import Progress
from core.view.ahead import Ahead
from core.view.assets import field_store
from core.view.coefficients import PackedCoefficients, pack_coefficients
from core.view.facts import Facts, facts
from core.view.field import PackedField, pack_field
from core.view.kept import Kept
from core.view.prediction import Predicted, predict_density
from core.view.scene import KEYS, CoefficientsReference, Curve, FieldReference, Scene

log = get_logger(__name__)

GRID_POINTS = 96
# All examples, and as many of visitors' own.
KEPT_PICTURES = 24
KEPT_LARGE = 4
DEFAULT_SHARE = 0.93
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Picture:
    """All that Explore shows of one molecule.

    density: that of the molecule, as predicted, and of the free ions `added` to it; what the surface, the potential and
    the files of the density show. ions: all that the structure has beside the molecule. seconds: by step.
    """

    molecule: Molecule
    predicted: Predicted
    density: Density
    curve: EnclosedCurve
    packed: PackedField
    coefficients: PackedCoefficients
    scene: Scene
    ions: tuple[FreeIon, ...] = ()
    added: tuple[FreeIon, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @cached_property
    def facts(self) -> Facts:
        """The numbers of the prediction, found once."""
        made = self.predicted.prediction
        taken_off = made.taken_off_hartree_per_bohr if made else None
        return facts(self.predicted.density, self.predicted.forces_hartree_per_bohr, taken_off)

    def publish(self) -> Scene:
        """The scene, with its field and coefficients sure to be on the server still."""
        for packed in (self.packed, self.coefficients):
            field_store().put(packed.digest, packed.compressed)
        return self.scene


@dataclass(frozen=True, eq=False)
class Ions:
    """beside: monoatomic ions that the structure has beside the molecule. add: draw the density they have alone."""

    beside: tuple[FreeIon, ...] = ()
    add: bool = False


NO_IONS = Ions()


@dataclass(frozen=True, eq=False)
class _Lane:
    """predictions: shared by pictures with and without ions."""

    pictures: Kept[Picture]
    predictions: Kept[Predicted]


_usual = _Lane(Kept(KEPT_PICTURES), Kept(KEPT_PICTURES))
_large = _Lane(Kept(KEPT_LARGE), Kept(KEPT_LARGE))
_ahead: Ahead[Picture] = Ahead()


def _lane_of(molecule: Molecule) -> _Lane:
    return _large if is_apart(molecule) else _usual


def picture_ready(molecule: Molecule, ions: Ions = NO_IONS) -> Picture | None:
    """The picture of `molecule` where it is there already."""
    return _lane_of(molecule).pictures.get(_key(molecule, ions))


def picture_of(molecule: Molecule, progress: Progress = lambda step, share: None, ions: Ions = NO_IONS) -> Picture:
    """The picture of `molecule`, made where it is not there. Raises RhoscopeError.

    progress is told the step ("waiting", "queued", "coefficients", "forces", "grid", "levels") and what share of it is
    done; of "waiting", how many others come first.
    """
    progress("waiting", 0.0)
    return _lane_of(molecule).pictures.make(
        _key(molecule, ions), lambda: _make(molecule, progress, ions), lambda before: progress("waiting", float(before))
    )


def picture_meanwhile(molecule: Molecule, progress: Progress, ions: Ions = NO_IONS) -> Picture:
    """The same, made beside who waits for it: it goes on where `progress` raises, and is there sooner when asked for
    again, unless `abandon` says that it is not wanted or nobody asks for long."""
    return _ahead.wait(_key(molecule, ions), lambda tell: picture_of(molecule, tell, ions), progress)


def abandon(molecule: Molecule, ions: Ions = NO_IONS) -> bool:
    """Make the picture of `molecule` no further, unless somebody waits for it; whether it ends."""
    return _ahead.stop(_key(molecule, ions))


def measured_alone(measure: Callable[[], float]) -> float:
    """What `measure` returns while no picture is being made but for the large ones, so that it shares its cores with
    none."""
    return _usual.pictures.alone(measure)


def _key(molecule: Molecule, ions: Ions) -> tuple[Hashable, ...]:
    return molecule.content_hash, molecule.title, tuple(ion.identity for ion in ions.beside), ions.add


def _make(molecule: Molecule, progress: Progress, ions: Ions) -> Picture:
    seconds: dict[str, float] = {}

    def timed(name: str, step: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = step()
        seconds[name] = time.perf_counter() - started
        return result

    key = molecule.content_hash, molecule.title
    predicted = timed(
        "prediction", lambda: _lane_of(molecule).predictions.make(key, lambda: predict_density(molecule, progress))
    )
    added = tuple(ion for ion in ions.beside if ions.add and has_free_density(ion))
    density = with_free_ions(predicted.density, added)
    grid = UniformGrid.around(density.molecule, points_longest=GRID_POINTS)
    values = timed("grid", lambda: density_on_grid(density, grid, progress=partial(progress, "grid")))
    packed = timed("packing", lambda: pack_field(values, grid))
    coefficients = pack_coefficients(density)
    progress("levels", 0.0)
    curve = timed("levels", lambda: enclosed_curve(density))
    reference = FieldReference(
        field_store().put(packed.digest, packed.compressed), packed.digest, "Isosurface", packed.largest
    )
    # Free ions have no force here: their arrows have no length.
    forces = np.pad(predicted.forces_hartree_per_bohr, ((0, len(added)), (0, 0)))
    beside = " and free ions, not predicted" if added else ""
    scene = Scene.of(
        density.molecule,
        source=f"Electron density ({predicted.origin}{beside})",
        description=(
            f"Molecule of {len(molecule)} atoms with an isosurface of its electron density and the force on every "
            f"atom as an arrow. {KEYS}"
        ),
        forces_hartree_per_bohr=forces,
        field=reference,
        curve=Curve.sampled(curve.levels, curve.enclosed_electrons),
        free_ions=len(added),
        coefficients=CoefficientsReference(
            field_store().put(coefficients.digest, coefficients.compressed), coefficients.digest
        ),
        level=float(f"{curve.level_for(DEFAULT_SHARE):.2g}"),
    )
    log.info("picture", atoms=len(molecule), **{name: round(value, 3) for name, value in seconds.items()})
    return Picture(molecule, predicted, density, curve, packed, coefficients, scene, ions.beside, added, seconds)


def default_molecule() -> Molecule:
    """The example that Explore opens with: the first of assets/examples."""
    return examples()[0][2]
