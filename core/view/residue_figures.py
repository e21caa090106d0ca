"""What pushes a residue, in two plots: by whom, and from how far."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.view.plots import LEGEND, MARGIN
from core.view.residues import SHELLS_ANGSTROM, Pushes

MOST_PUSHERS = 12
_LAYOUT = {"margin": MARGIN, "height": 360, "legend": LEGEND}


def along(vectors: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Components of `vectors` (n, 3) along `direction` (3,); zero where that has no length."""
    length = float(np.linalg.norm(direction))
    return vectors @ direction / length if length else np.zeros(len(vectors))


def figure_by_residue(pushes: Pushes) -> go.Figure:
    """The largest of the other residues' pushes: their size, and their part along the push of all others together."""
    chosen = pushes.by_residue[:MOST_PUSHERS][::-1]
    vectors = np.array([vector for _, vector in chosen]).reshape(-1, 3)
    outside = pushes.by_distance.sum(0)
    figure = go.Figure(
        [
            go.Bar(y=[label for label, _ in chosen], x=np.linalg.norm(vectors, axis=1), orientation="h", name="size"),
            go.Bar(y=[label for label, _ in chosen], x=along(vectors, outside), orientation="h", name="along the sum"),
        ]
    )
    figure.update_layout(**_LAYOUT, xaxis_title="Force, meV/Å", barmode="group", yaxis={"automargin": True})
    return figure


def figure_by_distance(pushes: Pushes) -> go.Figure:
    """What each shell of distance adds to the push of all other atoms, and their running sum, along that push."""
    outside = pushes.by_distance.sum(0)
    parts = along(pushes.by_distance, outside)
    edges = SHELLS_ANGSTROM
    names = [f"{a:g} to {b:g}" if np.isfinite(b) else f"over {a:g}" for a, b in zip(edges[:-1], edges[1:], strict=True)]
    figure = go.Figure(
        [
            go.Bar(x=names, y=parts, name="this shell"),
            go.Scatter(x=names, y=np.cumsum(parts), name="up to here", mode="lines+markers"),
        ]
    )
    figure.update_layout(**_LAYOUT, xaxis_title="Distance from the residue, Å", yaxis_title="Force, meV/Å")
    return figure
