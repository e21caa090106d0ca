"""Page 6 of the workshop: a coupling table as a map of colours, and the three products of two vectors in space."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.lessons.couplings import VectorProduct, coupling
from core.view import solid
from core.view.plots import MARGIN
from core.view.series_colors import CRIMSON, PURPLE, TEAL

REACH = 1.5
A_COLOR, B_COLOR, CROSS_COLOR = TEAL, PURPLE, CRIMSON
# What is zero is of the page's own colour, be it light or dark.
SIGNED = ((0.0, CRIMSON), (0.5, "rgba(128, 128, 128, 0.12)"), (1.0, TEAL))


def table_figure(l1: int, l2: int, l3: int) -> go.Figure:
    """C[m1, m2, m3]: a row for each m3, a column for each pair of m1 and m2."""
    table = coupling(l1, l2, l3)
    pairs = [f"{m1}, {m2}" for m1 in range(-l1, l1 + 1) for m2 in range(-l2, l2 + 1)]
    largest = float(abs(table).max())
    figure = go.Figure(
        go.Heatmap(
            z=table.reshape(len(pairs), -1).T, x=pairs, y=[str(m) for m in range(-l3, l3 + 1)],
            zmin=-largest, zmax=largest, colorscale=SIGNED, xgap=1, ygap=1,
            colorbar={"thickness": 10, "len": 0.9},
            hovertemplate="m₁, m₂ = %{x}<br>m₃ = %{y}<br>%{z:.4f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        margin=MARGIN,
        height=max(170, 90 + 22 * (2 * l3 + 1)),
        xaxis={"title": "m₁, m₂", "type": "category", "showgrid": False, "tickangle": -90 if len(pairs) > 15 else 0},
        yaxis={"title": "m₃", "type": "category", "showgrid": False},
    )
    return figure


@dataclass(frozen=True, eq=False)
class VectorPictures:
    """One figure per degree, with what it shows in words."""

    dot: tuple[str, go.Figure]
    cross: tuple[str, go.Figure]
    traceless: tuple[str, go.Figure]


def vector_pictures(a: NDArray[np.float64], b: NDArray[np.float64], made: VectorProduct) -> VectorPictures:
    """a, b (3,) as arrows in each picture."""
    factors = [*solid.arrow(a, "a", A_COLOR), *solid.arrow(b, "b", B_COLOR)]
    toward = solid.directions()
    origin = np.zeros(3)

    def drawn(parts: list, key: str) -> go.Figure:
        return solid.figure([*factors, *parts], origin, REACH, key=key, height=270)

    ball = solid.lobes(np.full(toward.shape[:2], made.dot), origin, 0.5)
    shape = solid.lobes(np.einsum("...i,ij,...j->...", toward, made.traceless, toward), origin, 1.0)
    length = float(np.linalg.norm(made.cross))
    return VectorPictures(
        (f"**l = 0, dot**: {made.dot:+.2f}", drawn([ball], "dot")),
        (f"**l = 1, cross**: length {length:.2f}", drawn(solid.arrow(made.cross, "a × b", CROSS_COLOR), "cross")),
        (f"**l = 2, traceless**: norm {np.linalg.norm(made.traceless):.2f}", drawn([shape], "traceless")),
    )


def pair_at(angle_degrees: float, length: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two vectors: one of length 1, and one of `length` at an angle to it."""
    angle = np.radians(angle_degrees)
    return np.array([1.0, 0.0, 0.0]), length * np.array([np.cos(angle), np.sin(angle), 0.0])
