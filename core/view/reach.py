"""Page 5 of the workshop: who has heard of an atom's move, as a row of waters and as a plot against distance."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.lessons.model import lesson_model
from core.lessons.reach import Answer, answer, row_of_waters, without_field
from core.units import BOHR_IN_ANGSTROM
from core.view.kept import Kept

SHIFTS_ANGSTROM = (0.05, 0.1, 0.3)
# Of the colours, as powers of ten of a relative change.
FAINTEST, STRONGEST = -8.0, 0.0
_COLORS, _SYMBOLS = ("#1c8fb0", "#d9622b", "#5b4b8a"), ("circle", "square", "diamond")
_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
_kept: Kept[Answer] = Kept(128)
ROW = row_of_waters()


def answer_of(atom: int, shift_angstrom: float | None, *, far_field: bool) -> Answer:
    """`atom` of ROW moved upwards, or taken away; kept for all visitors."""

    def made() -> Answer:
        model = lesson_model(ROW)
        shift = None if shift_angstrom is None else np.array([0.0, shift_angstrom, 0.0])
        return answer(ROW, atom, shift, model if far_field else without_field(model))

    return _kept.make((atom, shift_angstrom, far_field), made)


def row_figure(heard: Answer, atom: int, layer: int) -> go.Figure:
    """The row from the side, atoms in the colour of their change after `layer` (from 1), grey where there is none; the
    circle is the sphere that messages have reached. customdata: the index of each atom."""
    along, up = _places()
    change = heard.change[layer - 1]
    reach = heard.reach_bohr[layer - 1] * BOHR_IN_ANGSTROM
    circle = np.linspace(0.0, 2.0 * np.pi, 181)
    figure = go.Figure()
    figure.add_scatter(
        x=along[atom] + reach * np.cos(circle), y=up[atom] + reach * np.sin(circle),
        mode="lines", line={"color": "#8a97a3", "dash": "dash"}, fill="toself", fillcolor="rgba(28,143,176,0.08)",
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    scale = {
        "colorscale": "Viridis", "reversescale": True, "cmin": FAINTEST, "cmax": STRONGEST,
        "colorbar": {
            "thickness": 10, "title": {"text": "change"},
            "tickvals": [-8, -6, -4, -2, 0], "ticktext": ["1e-8", "1e-6", "1e-4", "1 %", "all"],
        },
    }  # fmt: skip
    for atoms, color, words in (
        (np.flatnonzero(change == 0.0), {"color": "#d5dadd"}, lambda value: "does not change"),
        (np.flatnonzero(change > 0.0), scale, lambda value: f"changes by {value:.1e}"),
    ):
        if "colorscale" in color:
            color = {**color, "color": np.log10(change[atoms])}
        figure.add_scatter(
            x=along[atoms], y=up[atoms], mode="markers", showlegend=False, customdata=atoms,
            marker={
                **color, "opacity": 1.0,
                "size": [26 if ROW.symbols[k] == "O" else 16 for k in atoms],
                "line": {
                    "color": ["#d5006d" if k == atom else "#5b646d" for k in atoms],
                    "width": [4 if k == atom else 1 for k in atoms],
                },
            },
            text=[f"{ROW.symbols[k]}{k + 1} {words(change[k])}" for k in atoms],
            hovertemplate="%{text}<extra></extra>",
            selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
        )  # fmt: skip
    figure.update_layout(
        margin=_MARGIN, height=240, clickmode="event+select", dragmode=False,
        xaxis={"title": "Along the row, Å", "range": [along.min() - 1.5, along.max() + 1.5], "zeroline": False},
        yaxis={"range": [-3.0, 3.6], "visible": False},
    )  # fmt: skip
    return figure


def _places() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Along the row and up, angstrom; the two hydrogens of a water, one behind the other, are drawn a little apart."""
    positions = ROW.positions_angstrom
    return positions[:, 2] + 0.45 * np.sign(positions[:, 0]), positions[:, 1]


def distance_figure(heard: Answer) -> go.Figure:
    """Change of each atom against its distance, a colour and a line of reach for each layer. What does not change
    at all has no place on a logarithmic axis."""
    figure = go.Figure()
    for layer, (change, reach) in enumerate(zip(heard.change, heard.reach_bohr, strict=True), 1):
        heard_it = change > 0.0
        figure.add_scatter(
            x=heard.distances_bohr[heard_it] * BOHR_IN_ANGSTROM, y=change[heard_it], mode="markers",
            name=f"after layer {layer}",
            marker={"color": _COLORS[layer - 1], "symbol": _SYMBOLS[layer - 1], "size": 8},
            hovertemplate="%{x:.1f} Å: %{y:.1e}<extra></extra>",
        )  # fmt: skip
        figure.add_vline(x=reach * BOHR_IN_ANGSTROM, line={"color": _COLORS[layer - 1], "dash": "dash", "width": 1})
    figure.update_layout(
        margin=_MARGIN, height=260, legend={"orientation": "h", "y": 1.12},
        xaxis={"title": "Distance, Å", "rangemode": "tozero"},
        yaxis={"title": "Relative change", "type": "log", "exponentformat": "power"},
    )  # fmt: skip
    return figure
