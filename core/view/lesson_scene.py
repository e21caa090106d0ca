"""Scenes of the workshop: two densities and their difference as three linked pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.view.assets import field_store
from core.view.field import DENSITY, DIFFERENCE, Quantity, pack_field
from core.view.scene import Curve, FieldReference, Pane, Scene, flat_forces

GRID_POINTS = 48
# e/bohr^3: of the densities, and of the difference; a smaller difference is drawn at a share of its largest value, but
# not what may be rounding.
LEVEL, DIFFERENCE_LEVEL = 0.02, 0.001
SHARE_OF_LARGEST, ROUNDING = 0.3, 1e-5


@dataclass(frozen=True, eq=False)
class Shown:
    """A density under its name, and forces to draw with it, (n_atoms, 3) hartree/bohr, where there are such."""

    label: str
    density: Density
    forces_hartree_per_bohr: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class LessonScene:
    """largest: of the difference of the two densities on their grid, e/bohr^3."""

    scene: Scene
    largest: float


def two_and_their_difference(
    first: Shown, second: Shown, *, against: str, source: str, difference_level: float = DIFFERENCE_LEVEL
) -> LessonScene:
    """Both densities, of one molecule, and first - second; against: what the difference is from."""
    molecule = first.density.molecule
    grid = UniformGrid.around(molecule, points_longest=GRID_POINTS)
    here, there = (density_on_grid(shown.density, grid, dtype=torch.float64) for shown in (first, second))
    forces = (first.forces_hartree_per_bohr, second.forces_hartree_per_bohr)
    off = None if forces[0] is None or forces[1] is None else forces[0] - forces[1]
    largest = float(np.abs(here - there).max())
    if largest > ROUNDING:
        difference_level = min(difference_level, float(f"{SHARE_OF_LARGEST * largest:.2g}"))
    told: Sequence[tuple[str, NDArray, Quantity, float, NDArray | None]] = (
        (first.label, here, DENSITY, LEVEL, forces[0]),
        (second.label, there, DENSITY, LEVEL, forces[1]),
        ("Difference", here - there, DIFFERENCE, difference_level, off),
    )
    panes = []
    for label, values, quantity, level, arrows in told:
        packed = pack_field(values, grid, quantity)
        url = field_store().put(packed.digest, packed.compressed)
        reference = FieldReference(url, packed.digest, label, packed.largest)
        flat = None if arrows is None else flat_forces(arrows)
        panes.append(Pane(label, reference, flat, "force", level, packed.signed, against))
    curve = enclosed_curve(first.density)
    scene = Scene.of(
        molecule,
        source=source,
        description=f"Molecule of {len(molecule)} atoms with a surface of its density. Arrow keys turn the view.",
        curve=Curve.sampled(curve.levels, curve.enclosed_electrons),
        level=LEVEL,
        panes=tuple(panes),
    )
    return LessonScene(scene, largest)
