"""Page 5 of the workshop: who has heard of an atom's move, in space, layer by layer, and against distance."""

from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.lessons.model import lesson_model
from core.lessons.reach import Answer, answer, row_of_waters, without_field
from core.units import BOHR_IN_ANGSTROM
from core.view import solid
from core.view.kept import Kept, Waiting
from core.view.plots import LEGEND, MARGIN
from core.view.series_colors import ORANGE, PURPLE, TEAL

SHIFTS_ANGSTROM = (0.05, 0.1, 0.3)
Quantity = Literal["coefficients", "features"]
# Of the colours, as powers of ten of a relative change.
FAINTEST, STRONGEST = -8.0, 0.0
UNCHANGED, CHOSEN, SPHERE = "#d5dadd", "#d5006d", TEAL
# Of row and sphere, to either side.
BEYOND_ANGSTROM = 0.5
# The row from left to right, a little from above.
FROM_THE_SIDE = {"eye": {"x": -1.24, "y": 0.36, "z": 0.0}, "up": {"x": 0.0, "y": 1.0, "z": 0.0}}
_COLORS, _SYMBOLS = (TEAL, ORANGE, PURPLE), ("circle", "square", "diamond")
_SCALE = {
    "colorscale": "Viridis", "reversescale": True, "cmin": FAINTEST, "cmax": STRONGEST,
}  # fmt: skip
_BAR = {
    "thickness": 10, "title": {"text": "change"},
    "tickvals": [-8, -6, -4, -2, 0], "ticktext": ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"],
}  # fmt: skip
_kept: Kept[Answer] = Kept(128)
ROW = row_of_waters()


def answer_of(atom: int, shift_angstrom: float | None, *, far_field: bool, waiting: Waiting | None = None) -> Answer:
    """`atom` of ROW moved upwards, or taken away; kept for all visitors. waiting: as of `Kept.make`."""

    def made() -> Answer:
        model = lesson_model(ROW)
        shift = None if shift_angstrom is None else np.array([0.0, shift_angstrom, 0.0])
        return answer(ROW, atom, shift, model if far_field else without_field(model))

    return _kept.make((atom, shift_angstrom, far_field), made, waiting)


def _change(heard: Answer, quantity: Quantity) -> NDArray[np.float64]:
    return heard.coefficients if quantity == "coefficients" else heard.features


def _said(heard: Answer, quantity: Quantity, layer: int) -> list[str]:
    """Of each atom, what a pointer on it says. layer: from 1."""
    names = [f"{symbol}{number}" for number, symbol in enumerate(ROW.symbols, 1)]
    change = _change(heard, quantity)[layer - 1]
    return [
        f"{name}, layer {layer}: " + (f"{quantity} change by {value:.1e}" if value else f"{quantity} do not change")
        for name, value in zip(names, change, strict=True)
    ]


def space_figure(heard: Answer, quantity: Quantity, atom: int, layer: int) -> go.Figure:
    """The row with the sphere that messages have filled after `layer` (from 1); atoms in the colour of their change,
    grey where there is none."""
    at, change = ROW.positions_angstrom, _change(heard, quantity)[layer - 1]
    sticks, _ = solid.balls_and_sticks(ROW)
    parts = [sticks]
    for atoms, color in (
        (np.flatnonzero(change == 0.0), {"color": UNCHANGED}),
        (np.flatnonzero(change > 0.0), {**_SCALE, "color": np.log10(change[change > 0.0])}),
    ):
        said = _said(heard, quantity, layer)
        parts.append(
            go.Scatter3d(
                x=at[atoms, 0], y=at[atoms, 1], z=at[atoms, 2], mode="markers", showlegend=False,
                marker={
                    **color, "size": [8 if ROW.symbols[k] == "O" else 5 for k in atoms], "opacity": 1.0,
                    "line": {"color": "#5b646d", "width": 1},
                },
                text=[said[k] for k in atoms], hovertemplate="%{text}<extra></extra>",
            )
        )  # fmt: skip
    reach = heard.reach_bohr[layer - 1] * BOHR_IN_ANGSTROM
    parts.append(solid.ball(at[atom], reach, SPHERE))
    low = min(at[:, 2].min(), at[atom, 2] - reach) - BEYOND_ANGSTROM
    high = max(at[:, 2].max(), at[atom, 2] + reach) + BEYOND_ANGSTROM
    figure = solid.figure(parts, np.array([0.0, 0.0, 0.5 * (low + high)]), 0.5 * (high - low), key="reach", height=320)
    return figure.update_layout(scene_camera=FROM_THE_SIDE)


def row_figure(heard: Answer, quantity: Quantity, atom: int, layer: int) -> go.Figure:
    """The row from the side, once for each layer; the one in the picture above has a band. customdata: the index of
    each atom."""
    along, up = _places()
    figure = go.Figure()
    layers = range(1, len(heard.reach_bohr) + 1)
    for each in layers:
        change, said = _change(heard, quantity)[each - 1], _said(heard, quantity, each)
        for atoms, color in (
            (np.flatnonzero(change == 0.0), {"color": UNCHANGED}),
            (np.flatnonzero(change > 0.0), {**_SCALE, "color": np.log10(change[change > 0.0]), "colorbar": _BAR}),
        ):
            figure.add_scatter(
                x=along[atoms], y=up[atoms] - each, mode="markers", showlegend=False, customdata=atoms,
                marker={
                    **color, "opacity": 1.0,
                    "size": [20 if ROW.symbols[k] == "O" else 12 for k in atoms],
                    "line": {
                        "color": [CHOSEN if k == atom else "#5b646d" for k in atoms],
                        "width": [3 if k == atom else 1 for k in atoms],
                    },
                },
                text=[said[k] for k in atoms], hovertemplate="%{text}<extra></extra>",
                selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
            )  # fmt: skip
    figure.add_hrect(y0=-layer - 0.35, y1=-layer + 0.65, fillcolor=SPHERE, opacity=0.12, line_width=0, layer="below")
    figure.update_layout(
        margin=MARGIN, height=230, clickmode="event+select", dragmode=False,
        xaxis={"title": "Along the row, Å", "range": [along.min() - 1.5, along.max() + 1.5], "zeroline": False},
        yaxis={
            "range": [-layers[-1] - 0.45, -0.25], "showgrid": False, "zeroline": False,
            "tickvals": [-each + 0.15 for each in layers], "ticktext": [f"layer {each}" for each in layers],
        },
    )  # fmt: skip
    return figure


def _places() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Along the row, angstrom, and up, in rows of the picture; the two hydrogens of a water, one behind the other, are
    drawn a little apart."""
    positions = ROW.positions_angstrom
    return positions[:, 2] + 0.45 * np.sign(positions[:, 0]), 0.55 * positions[:, 1]


def degrees_figure(heard: Answer, layer: int) -> go.Figure:
    """Atoms that answer after `layer` (from 1) by the degree l of their coefficients, from the moved one outwards."""
    changes = heard.by_degree[layer - 1]
    atoms = [atom for atom in np.argsort(heard.distances_bohr, kind="stable").tolist() if (changes[atom] > 0.0).any()]
    names = [f"{ROW.symbols[atom]}{atom + 1}" for atom in atoms]
    shown = changes[atoms]
    with np.errstate(divide="ignore"):
        colors = np.where(shown > 0.0, np.minimum(np.log10(shown), STRONGEST), np.nan)
    figure = go.Figure(
        go.Heatmap(
            x=[f"l = {l}" for l in range(changes.shape[1])], y=names, z=colors, customdata=shown, xgap=1, ygap=1,
            colorscale="Viridis", reversescale=True, zmin=FAINTEST, zmax=STRONGEST, showscale=False,
            hovertemplate="%{y}, %{x}: coefficients change by %{customdata:.1e}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        margin=MARGIN, height=90 + 14 * len(atoms),
        xaxis={"side": "top", "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False, "tickmode": "linear", "tickfont": {"size": 10}},
        plot_bgcolor=UNCHANGED,
    )  # fmt: skip
    return figure


def distance_figure(heard: Answer, quantity: Quantity) -> go.Figure:
    """Change of each atom against its distance, a colour and a line of reach for each layer. What does not change
    at all has no place on a logarithmic axis."""
    figure = go.Figure()
    anyone = (_change(heard, quantity) > 0.0).any(axis=0)
    farthest = max(float(heard.distances_bohr[anyone].max(initial=0.0)), float(heard.reach_bohr[-1]))
    for layer, (change, reach) in enumerate(zip(_change(heard, quantity), heard.reach_bohr, strict=True), 1):
        heard_it = change > 0.0
        figure.add_scatter(
            x=heard.distances_bohr[heard_it] * BOHR_IN_ANGSTROM, y=change[heard_it], mode="markers",
            name=f"after layer {layer}",
            marker={"color": _COLORS[layer - 1], "symbol": _SYMBOLS[layer - 1], "size": 8},
            hovertemplate="%{x:.1f} Å: %{y:.1e}<extra></extra>",
        )  # fmt: skip
        figure.add_vline(
            x=reach * BOHR_IN_ANGSTROM, line={"color": _COLORS[layer - 1], "dash": "dash", "width": 1},
            annotation_text=f"reach {layer}", annotation_position="top left",
        )  # fmt: skip
    figure.update_layout(
        margin=MARGIN, height=220, legend=LEGEND,
        xaxis={"title": "Distance, Å", "range": [-0.3, 1.02 * farthest * BOHR_IN_ANGSTROM]},
        yaxis={"title": f"Change of {quantity}", "type": "log", "exponentformat": "power"},
    )  # fmt: skip
    return figure
