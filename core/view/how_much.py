"""Page 7 of the workshop: learning curves, and the training that a person starts."""

import plotly.graph_objects as go

from core.lessons.data import KINDS, MEASURES, Curves
from core.lessons.live import LiveRun
from core.view.plots import LEGEND, MARGIN
from core.view.series_colors import CRIMSON, GREY, ORANGE, PURPLE, TEAL
from core.view.words import seconds, significant

_COLORS = {"scalar": GREY, "l1": ORANGE, "l2": PURPLE, "equivariant": TEAL, "plain": CRIMSON}
_SYMBOLS = {"scalar": "circle", "l1": "square", "l2": "diamond", "equivariant": "star", "plain": "x"}
_TICKS = {"force": [50, 100, 150, 200, 300, 400, 600], "density": [0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0]}


def curves_figure(found: Curves, measure: str, chosen: str) -> go.Figure:
    """Held-out error against training structures, both logarithmic; the chosen kind is drawn boldly."""
    figure = go.Figure()
    for kind, name in KINDS.items():
        points = found.of(kind)
        if not points:
            continue
        values = [p.force_mev_per_angstrom if measure == "force" else p.density_percent for p in points]
        figure.add_scatter(
            x=[p.structures for p in points], y=values, mode="lines+markers",
            name=f"{name}, slope {found.slopes[kind][measure]:.2f}",
            line={"color": _COLORS[kind], "width": 4 if kind == chosen else 1.5},
            marker={"symbol": _SYMBOLS[kind], "size": 11 if kind == chosen else 7},
            hovertemplate="%{x} structures: %{y:.3g}<extra>" + name + "</extra>",
        )  # fmt: skip
    sizes = sorted({point.structures for point in found.points})
    figure.update_layout(
        margin=MARGIN, height=380, legend=LEGEND,
        xaxis={"title": "Training structures", "type": "log", "tickvals": sizes},
        yaxis={"title": MEASURES[measure], "type": "log", "tickvals": _TICKS[measure]},
    )  # fmt: skip
    return figure


def runs_table(found: Curves, structures: int) -> dict[str, list[str]]:
    """All kinds with so many structures."""
    rows = [point for kind in KINDS for point in found.of(kind) if point.structures == structures]
    return {
        "Messages": [KINDS[row.kind] for row in rows],
        "Held-out force error, meV/Å": [significant(row.force_mev_per_angstrom) for row in rows],
        "Density error, %": [significant(row.density_percent) for row in rows],
        "Off in another pose": [f"{row.residual:.0e}" for row in rows],
        "Training, one core": [seconds(row.cpu_seconds) for row in rows],
        "Parameters": [f"{row.parameters:,}" for row in rows],
    }


def live_figure(runs: list[LiveRun]) -> go.Figure:
    """Held-out force error against steps of each run; a network without symmetry takes more, shorter steps, so all are
    drawn over the share of their training."""
    figure = go.Figure()
    for run in runs:
        last = max(run.steps, default=1) / max(run.share, 1e-9)
        figure.add_scatter(
            x=[100.0 * step / last for step in run.steps], y=run.force_errors_mev_per_angstrom, mode="lines+markers",
            name=f"{KINDS[run.kind]}, {run.structures} waters",
            line={"color": _COLORS[run.kind], "dash": {4: "dot", 8: "dash"}.get(run.structures, "solid")},
            hovertemplate="%{x:.0f} %: %{y:.0f} meV/Å<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        margin=MARGIN, height=260, showlegend=True, legend=LEGEND,
        xaxis={"title": "Share of the training, %", "range": [0, 102]},
        yaxis={"title": "Force error, meV/Å", "type": "log"},
    )  # fmt: skip
    return figure
