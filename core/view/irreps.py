"""Page 3 of the workshop: one feature of one atom as lobes, in two poses."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.lessons.features import Features, as_function, features
from core.lessons.model import lesson_model
from core.lessons.turning import Pose
from core.view import solid
from core.view.kept import Kept, Waiting

# The largest lobe, angstrom.
LOBE_ANGSTROM = 1.1
AROUND_ANGSTROM = 1.3
# x to the right, y upwards: a drag of the ball turns the shape likewise.
AS_THE_BALL = {"eye": {"x": 0.0, "y": 0.0, "z": 1.15}, "up": {"x": 0.0, "y": 1.0, "z": 0.0}}
_kept: Kept[Features] = Kept(64)


def features_of(molecule: Molecule, pose: Pose, waiting: Waiting | None = None) -> tuple[Features, Features]:
    """By the shipped model, as the molecule stands and in `pose`; kept for all visitors. waiting: as of `Kept.make`."""
    model = lesson_model(molecule)
    before, after = molecule, pose.molecule(molecule)
    return (
        _kept.make(before.content_hash, lambda: features(before, model), waiting),
        _kept.make(after.content_hash, lambda: features(after, model), waiting),
    )


def feature_figure(found: Features, atom: int, layer: int, l: int, channel: int) -> go.Figure:
    """The molecule, and on `atom` the function of its feature. Its largest value is as long as in every other pose."""
    molecule = found.molecule
    values = as_function(found.of(atom, layer, l, channel), solid.directions())
    largest = float(abs(values).max())
    at = molecule.positions_angstrom
    parts = solid.balls_and_sticks(molecule)
    if largest:
        parts.append(solid.lobes(values, at[atom], LOBE_ANGSTROM / largest))
    middle = at.mean(0)
    reach = float(np.linalg.norm(at - middle, axis=1).max()) + AROUND_ANGSTROM
    figure = solid.figure(parts, middle, reach, key=f"{len(molecule)} {layer} {l}")
    return figure.update_layout(scene_camera=AS_THE_BALL)


def in_words(components: NDArray[np.floating]) -> str:
    """The components (2l+1,) of a feature in their order, m = -l..l; those of l = 1 by their axes."""
    axes = ("y ", "z ", "x ") if len(components) == 3 else ("",) * len(components)
    told = (f"{axis}{value:.4f}" for axis, value in zip(axes, components, strict=True))
    return ", ".join(told).replace("-", "−")


def norm_table(before: Features, after: Features, atom: int, layer: int) -> dict[str, list[str]]:
    """Norm per degree in both poses, and the relative change."""
    here, there = before.norms(atom, layer), after.norms(atom, layer)
    change = abs(there - here) / np.maximum(here, 1e-30)
    return {
        "l": [str(l) for l in range(len(here))],
        "Norm before": [f"{value:.6f}" for value in here],
        "Norm now": [f"{value:.6f}" for value in there],
        "Relative change": [f"{value:.0e}" for value in change],
    }
