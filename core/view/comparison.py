"""A picture held against another density of the same structure, of DFT made here or of a file: what is found, and three
pictures of it. The difference is predicted minus the other, e/bohr^3."""

import json
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.model.predict import Prediction
from core.reference.orbital_density import OrbitalDensity
from core.reference.record import Record
from core.train.anatomy import ErrorAnatomy
from core.train.findings import Findings, Tell, against_orbitals
from core.train.metrics import Figures
from core.train.on_cube import CubeDensity, against_cube, difference_on
from core.view.assets import field_store
from core.view.field import DENSITY, DIFFERENCE, PackedField, pack_field, starting_level
from core.view.kept import Kept
from core.view.picture import DEFAULT_SHARE, Picture
from core.view.prediction import Predicted
from core.view.scene import Curve, FieldReference, Pane, Scene, flat_forces

GRID_POINTS = 80


@dataclass(frozen=True, eq=False)
class Other:
    """What a prediction is held against. name: over its picture; whose: within a sentence ("DFT", "your result").
    label: its level of theory, or what its file says of it; name and label may be text of somebody else.

    forces_hartree_per_bohr: (n_atoms, 3), None where they are not known. energy_hartree: likewise.
    """

    name: str
    whose: str
    label: str
    molecule: Molecule
    forces_hartree_per_bohr: NDArray[np.float64] | None = None
    energy_hartree: float | None = None

    @property
    def force_words(self) -> str:
        return "DFT force" if self.whose == "DFT" else "force in the file"

    @classmethod
    def of_record(cls, record: Record) -> "Other":
        forces, energy = record.forces_hartree_per_bohr, record.energy_hartree
        return cls("DFT", "DFT", record.level.label, record.molecule, forces, energy)


@dataclass(frozen=True, eq=False)
class HeldAgainst:
    """All that Compare shows. fields: of the panes. record: of the calculation, None of a visitor's own file."""

    picture: Picture
    other: Other
    findings: Findings
    fields: tuple[PackedField, ...]
    scene: Scene
    record: Record | None = None

    @property
    def figures(self) -> Figures:
        return self.findings.figures

    @property
    def anatomy(self) -> ErrorAnatomy:
        return self.findings.anatomy

    def publish(self) -> Scene:
        """The scene, with its fields sure to be on the server still."""
        for packed in self.fields:
            field_store().put(packed.digest, packed.compressed)
        return self.scene


_kept: Kept[HeldAgainst] = Kept(8)


def held_against(picture: Picture, record: Record, progress: Tell = lambda text: None) -> HeldAgainst:
    """Compare with a calculation; made once for each. Raises RhoscopeError."""
    progress("Waiting for another comparison to end")
    return _kept.make(_of_record(picture, record), lambda: _with_record(picture, record, progress))


def comparison_ready(picture: Picture, record: Record) -> HeldAgainst | None:
    """The comparison where it is there already."""
    return _kept.get(_of_record(picture, record))


def held_against_foreign(
    picture: Picture, foreign: OrbitalDensity | CubeDensity, other: Other, digest: str, progress: Tell
) -> HeldAgainst:
    """Compare with a result of another program; made once per `digest` of its file. Raises RhoscopeError."""
    progress("Waiting for another comparison to end")

    def make() -> HeldAgainst:
        if isinstance(foreign, CubeDensity):
            return _with_cube(picture, foreign, other, progress)
        return _with_orbitals(picture, foreign, other, progress)

    return _kept.make(_key(picture, digest), make)


def _of_record(picture: Picture, record: Record) -> Hashable:
    """Of the same structure and level there may be two: one that came with the program, and one made here."""
    return _key(picture, (record.level, json.dumps(record.provenance, sort_keys=True)))


def _key(picture: Picture, other: Hashable) -> Hashable:
    return picture.molecule.content_hash, picture.molecule.title, other


def _with_record(picture: Picture, record: Record, progress: Tell) -> HeldAgainst:
    held = _with_orbitals(picture, OrbitalDensity.of(record), Other.of_record(record), progress)
    return replace(held, record=record)


def _with_orbitals(picture: Picture, orbitals: OrbitalDensity, other: Other, progress: Tell) -> HeldAgainst:
    predicted = picture.predicted
    findings = against_orbitals(
        _prediction(predicted), orbitals, other.forces_hartree_per_bohr, model=predicted.model, progress=progress
    )
    progress("Evaluating both densities on a grid")
    box = _box(picture)
    values = density_on_grid(predicted.density, box).astype(np.float64)
    reference = orbitals.at_points(box.points()).reshape(box.shape)
    return _held(picture, other, findings, box, (values, reference, values - reference))


def _with_cube(picture: Picture, theirs: CubeDensity, other: Other, progress: Tell) -> HeldAgainst:
    """What lies outside of the cube is not compared: it is empty in their picture and in that of the difference."""
    predicted = picture.predicted
    findings, difference = against_cube(_prediction(predicted), theirs, model=predicted.model, progress=progress)
    progress("Drawing both densities on one grid")
    box = _box(picture)
    values = density_on_grid(predicted.density, box).astype(np.float64)
    resampled = difference_on(box, theirs.cube, difference)
    # Not the values of the cube but those of the difference are interpolated: it is smooth where the densities are not.
    reference = np.nan_to_num(values - resampled)
    return _held(picture, other, findings, box, (values, reference, np.nan_to_num(resampled)))


def _prediction(predicted: Predicted) -> Prediction:
    return predicted.prediction or Prediction(predicted.density, predicted.forces_hartree_per_bohr)


def _box(picture: Picture) -> UniformGrid:
    return UniformGrid.around(picture.molecule, points_longest=GRID_POINTS)


def _held(
    picture: Picture,
    other: Other,
    findings: Findings,
    box: UniformGrid,
    values: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> HeldAgainst:
    """values: (nx, ny, nz) on `box` of what is predicted, of the other, and of their difference, e/bohr^3."""
    kinds = (DENSITY, DENSITY, DIFFERENCE)
    fields = tuple(pack_field(field, box, kind) for field, kind in zip(values, kinds, strict=True))
    scene = _linked_scene(picture, other, fields, starting_level(values[2]))
    return HeldAgainst(picture, other, findings, fields, scene)


def _linked_scene(picture: Picture, other: Other, fields: tuple[PackedField, ...], difference_level: float) -> Scene:
    """Three panes: what is predicted, the other, the first minus the second; `fields` in that order."""
    predicted, molecule = picture.predicted, picture.molecule
    # Free ions that the picture adds are in no DFT calculation, nor are their electrons.
    curve = enclosed_curve(predicted.density) if picture.added else picture.curve
    level = float(f"{curve.level_for(DEFAULT_SHARE):.2g}")
    forces, reference = predicted.forces_hartree_per_bohr, other.forces_hartree_per_bohr
    ours = (
        ("Predicted", forces, "predicted force") if predicted.prediction else ("Free atoms", forces, "free-atom force")
    )
    told = (
        (*ours, level),
        (other.name, reference, other.force_words, level),
        ("Difference", None if reference is None else forces - reference, "error of the force", difference_level),
    )
    panes = tuple(
        Pane(
            label,
            FieldReference(field_store().put(packed.digest, packed.compressed), packed.digest, label, packed.largest),
            None if of_pane is None else flat_forces(of_pane),
            arrows,
            at,
            packed.signed,
            other.whose,
        )
        for (label, of_pane, arrows, at), packed in zip(told, fields, strict=True)
    )
    return Scene.of(
        molecule,
        source=f"Electron density ({predicted.origin}) against {other.label or other.name}",
        description=(
            f"Molecule of {len(molecule)} atoms with a surface of its density and the force on every atom as an arrow. "
            "Arrow keys turn it, plus and minus zoom, Home shows everything."
        ),
        curve=Curve.sampled(curve.levels, curve.enclosed_electrons),
        level=level,
        panes=panes,
    )
