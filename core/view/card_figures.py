"""The plots of a model card: error against size, error against amount of training data, and coverage of the expected
errors. Numbers come from the card.

Each set has a colour and a marker of its own, so that the plots can be read without colour.
"""

from functools import cache
from typing import Any

import plotly.graph_objects as go

from core.view.cards import model_cards
from core.view.plots import LEGEND, MARGIN
from core.view.series_colors import GREY, SERIES

_SYMBOLS = (
    "circle", "square", "diamond", "x", "triangle-up", "star", "cross", "triangle-down", "pentagon", "hexagram",
)  # fmt: skip
_LAYOUT = {"margin": MARGIN, "legend": LEGEND}
# Of the plot, and of a line of the legend, of which a phone has one for each set; at most half of a figure is legend.
_PLOT_PIXELS, _LINE_PIXELS = 250, 22
_KIND_NAMES = {"equivariant": "equivariant", "scalar": "scalar messages (l = 0)", "plain": "not equivariant, augmented"}
FORCE = "heldout_force_mae_mev_per_angstrom"


def _style(number: int) -> dict[str, Any]:
    color, symbol = SERIES[number % len(SERIES)], _SYMBOLS[number % len(_SYMBOLS)]
    return {"line": {"color": color}, "marker": {"color": color, "symbol": symbol, "size": 8}}


def _laid_out(figure: go.Figure) -> go.Figure:
    return figure.update_layout(**_LAYOUT, height=_PLOT_PIXELS + _LINE_PIXELS * len(figure.data))


@cache
def figures_of(name: str) -> dict[str, go.Figure]:
    """The plots that the card of the shipped model `name` has, by their headings; made once."""
    [content] = [card.content for card in model_cards() if card.name == name]
    plots = {
        "Error by size of the system": error_by_size(content),
        "Error by amount of training data": learning_curve(content),
        "Are expected errors right?": trust_coverage(content),
    }
    return {heading: figure for heading, figure in plots.items() if figure is not None}


def error_by_size(card: dict[str, Any]) -> go.Figure | None:
    """Mean force error of each set against the number of molecules or atoms; None where nothing was measured.

    The sets in the unit of the first are drawn.
    """
    metrics = card.get("metrics", {})
    if not metrics:
        return None
    figure = go.Figure()
    unit = next(iter(metrics.values())).get("size_unit", "molecules")
    metrics = {name: row for name, row in metrics.items() if row.get("size_unit", "molecules") == unit}
    for number, (name, row) in enumerate(metrics.items()):
        sizes = sorted(row["by_size"], key=int)
        parts = [row["by_size"][size] for size in sizes]
        figure.add_scatter(
            x=[int(size) for size in sizes],
            y=[part["force_mae_mev_per_angstrom"] for part in parts],
            customdata=[[part["eps_ks"], part["structures"]] for part in parts],
            mode="lines+markers",
            name=name.replace("_", " "),
            hovertemplate=f"%{{x}} {unit}: "
            "%{y:.1f} meV/Å, ε_KS %{customdata[0]:.3f} %, "
            "%{customdata[1]} structures<extra></extra>",
            **_style(number),
        )
    figure.update_layout(xaxis_title=unit.capitalize(), yaxis_title="Mean force error, meV/Å")
    figure.update_yaxes(type="log")
    return _laid_out(figure)


def learning_curve(card: dict[str, Any]) -> go.Figure | None:
    """Held-out force error against number of training structures, both logarithmic; None without a curve."""
    curve = card.get("learning_curve")
    if not curve:
        return None
    figure = go.Figure()
    for number, kind in enumerate(dict.fromkeys(run["kind"] for run in curve["runs"])):
        runs = [run for run in curve["runs"] if run["kind"] == kind]
        slope = curve["slopes"][kind]["force"]
        figure.add_scatter(
            x=[run["structures"] for run in runs],
            y=[run[FORCE] for run in runs],
            customdata=[[run["eps_ks"]] for run in runs],
            mode="lines+markers",
            name=f"{_KIND_NAMES.get(kind, kind)}, slope {slope:.2f}",
            hovertemplate="%{x} structures: %{y:.0f} meV/Å, ε_KS %{customdata[0]:.3f} %<extra></extra>",
            **_style(number),
        )
    figure.update_layout(xaxis_title="Training structures", yaxis_title="Mean force error, meV/Å")
    figure.update_xaxes(type="log")
    figure.update_yaxes(type="log")
    return _laid_out(figure)


def trust_coverage(card: dict[str, Any]) -> go.Figure | None:
    """Share of atoms whose true error is below the expected quantile, against the level of the quantile, for each set;
    None where no errors are expected. A calibrated model follows the diagonal."""
    trust = card.get("trust")
    if not trust:
        return None
    figure = go.Figure()
    line = {"color": GREY, "dash": "dot"}
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", name="calibrated", line=line, hoverinfo="skip")
    levels = [100 * level for level in trust["levels"]]
    for number, (name, row) in enumerate(trust["sets"].items()):
        correlation = row["rank_correlation"]["all"]
        said = "" if correlation is None else f", rank correlation {correlation:.2f}"
        figure.add_scatter(
            x=levels,
            y=[100 * share for share in row["coverage"]],
            mode="lines+markers",
            name=f"{name.replace('_', ' ')}{said}",
            hovertemplate=f"expected of %{{x:.0f}} %, true of %{{y:.0f}} % of {row['atoms']} atoms<extra></extra>",
            **_style(number),
        )
    figure.update_layout(
        xaxis_title="Expected below the quantile, % of atoms", yaxis_title="Truly below it, % of atoms"
    )
    return _laid_out(figure)
