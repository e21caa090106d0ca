"""Three linked pictures of a turn: what the network predicts in the new pose, what it predicted before, turned, and
the difference."""

from dataclasses import replace
from functools import partial

import numpy as np
import torch

from core.chem.molecule import Molecule
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.lessons.turning import Pose, Turned, turn
from core.model.checkpoint import TrainedModel
from core.model.predict import predict_density
from core.view.assets import field_store
from core.view.field import DENSITY, DIFFERENCE, pack_field
from core.view.kept import Kept
from core.view.scene import Curve, FieldReference, Pane, Scene

PRECISIONS = {"float32": (torch.float32, 1e-4), "float64": (torch.float64, 1e-9)}
GRID_POINTS = 48
# e/bohr^3: of the densities, and of the difference, at a twentieth of it.
LEVEL, DIFFERENCE_LEVEL = 0.02, 0.001
_kept: Kept[Turned] = Kept(64)


def turned_by(molecule: Molecule, pose: Pose, model: TrainedModel, precision: str, twin: str = "") -> Turned:
    """As `core.lessons.turning.turn`, kept for all visitors. twin: what else tells `model` from the shipped one."""
    key = (molecule.content_hash, pose.matrix.tobytes(), pose.shift_angstrom.tobytes(), precision, twin)
    dtype, _ = PRECISIONS[precision]
    return _kept.make(key, lambda: turn(molecule, pose, partial(predict_density, model=model, dtype=dtype)))


def scene_of(turned: Turned, before: Molecule) -> tuple[Scene, float]:
    """The panes, and the largest difference of the densities on their grid, e/bohr^3. The camera stays with `before`,
    the molecule in its old pose."""
    molecule = turned.predicted.molecule
    grid = UniformGrid.around(molecule, points_longest=GRID_POINTS)
    predicted, carried = (density_on_grid(d, grid, dtype=torch.float64) for d in (turned.predicted, turned.carried))
    difference = predicted - carried
    told = (
        ("In the new pose", predicted, DENSITY, LEVEL),
        ("Before, then turned", carried, DENSITY, LEVEL),
        ("Difference", difference, DIFFERENCE, DIFFERENCE_LEVEL),
    )
    panes = []
    for label, values, quantity, level in told:
        packed = pack_field(values, grid, quantity)
        url = field_store().put(packed.digest, packed.compressed)
        reference = FieldReference(url, packed.digest, label, packed.largest)
        panes.append(Pane(label, reference, None, "force", level, packed.signed, "the turned one"))
    curve = enclosed_curve(turned.predicted)
    scene = Scene.of(
        molecule,
        source="A density predicted in a new pose, against the old one turned",
        description=f"Molecule of {len(molecule)} atoms with a surface of its density. Arrow keys turn the view.",
        curve=Curve.sampled(curve.levels, curve.enclosed_electrons),
        level=LEVEL,
        panes=tuple(panes),
    )
    return replace(scene, camera=f"turned {before.content_hash}"), float(np.abs(difference).max())
