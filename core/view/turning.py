"""Three linked pictures of a turn: what the network predicts in the new pose, what it predicted before, turned, and
the difference."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch

from core.chem.molecule import Molecule
from core.lessons.turning import Pose, Turned, turn
from core.model.checkpoint import TrainedModel
from core.model.predict import predict_density
from core.view.kept import Kept, Waiting
from core.view.lesson_scene import Shown, two_and_their_difference
from core.view.scene import Scene, flat_positions

PRECISIONS = {"float32": (torch.float32, 1e-4), "float64": (torch.float64, 1e-9)}
_kept: Kept["ShownTurn"] = Kept(64)


@dataclass(frozen=True, eq=False)
class ShownTurn:
    """largest: of the difference of the densities on their grid, e/bohr^3."""

    turned: Turned
    scene: Scene
    largest: float


def turned_by(
    molecule: Molecule,
    pose: Pose,
    model: Callable[[], TrainedModel],
    precision: str,
    twin: str = "",
    waiting: Waiting | None = None,
) -> ShownTurn:
    """As `core.lessons.turning.turn`, kept for all visitors. twin: what else tells the model from the shipped one.
    waiting: as of `Kept.make`."""
    key = (molecule.content_hash, pose.matrix.tobytes(), pose.shift_angstrom.tobytes(), precision, twin)
    dtype, _ = PRECISIONS[precision]
    return _kept.make(
        key,
        lambda: _shown(turn(molecule, pose, partial(predict_density, model=model(), dtype=dtype)), molecule),
        waiting,
    )


def _shown(turned: Turned, before: Molecule) -> ShownTurn:
    """The camera stays with `before`, the molecule in its old pose, which is drawn in grey."""
    shown = two_and_their_difference(
        Shown("In the new pose", turned.predicted),
        Shown("Before, then turned", turned.carried),
        against="the turned one",
        source="A density predicted in a new pose, against the old one turned",
    )
    scene = replace(
        shown.scene,
        camera=f"turned {before.content_hash}",
        before_angstrom=flat_positions(before),
        moves=True,
    )
    return ShownTurn(turned, scene, shown.largest)
