"""A predicted density, another one of the same structure, and their difference (the first minus the second) as three
linked pictures on one grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.grid import UniformGrid
from core.density.levels import enclosed_curve
from core.reference.record import Record
from core.view.assets import field_store
from core.view.field import DENSITY, DIFFERENCE, PackedField, pack_field, starting_level
from core.view.picture import DEFAULT_SHARE, Picture
from core.view.scene import KEYS, Curve, FieldReference, Pane, Scene, flat_forces

GRID_POINTS = 80
# (nx, ny, nz) each on a grid: what is predicted, the other, and their difference, e/bohr^3.
Values = tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]


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
class SideBySide:
    """fields: of the panes of `scene`. values: what they show on `box`, float32."""

    picture: Picture
    other: Other
    fields: tuple[PackedField, ...]
    scene: Scene
    box: UniformGrid
    values: Values

    def publish(self) -> Scene:
        """The scene, with its fields sure to be on the server still."""
        for packed in self.fields:
            field_store().put(packed.digest, packed.compressed)
        return self.scene


def box_around(picture: Picture) -> UniformGrid:
    return UniformGrid.around(picture.molecule, points_longest=GRID_POINTS)


def side_by_side(picture: Picture, other: Other, box: UniformGrid, values: Values) -> SideBySide:
    kinds = (DENSITY, DENSITY, DIFFERENCE)
    fields = tuple(pack_field(field, box, kind) for field, kind in zip(values, kinds, strict=True))
    scene = _linked_scene(picture, other, fields, starting_level(values[2]))
    predicted, reference, difference = (field.astype(np.float32) for field in values)
    return SideBySide(picture, other, fields, scene, box, (predicted, reference, difference))


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
            f"{KEYS}"
        ),
        curve=Curve.sampled(curve.levels, curve.enclosed_electrons),
        level=level,
        panes=panes,
    )
