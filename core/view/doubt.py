"""Page 9 of the workshop: all cases examined once, for all visitors, and shown as a table and a picture."""

import numpy as np
import plotly.graph_objects as go

from core.lessons.doubt import DOUBTS, Examined, examine
from core.view import solid
from core.view.kept import Kept, Waiting
from core.view.plots import LEGEND, MARGIN
from core.view.series_colors import GREY, ORANGE, TEAL
from core.view.words import significant

_SAID = {"refused": "refused", "warned": "warned", "believed": "no objection"}
_kept: Kept[tuple[Examined, ...]] = Kept(1)


def all_examined(waiting: Waiting | None = None) -> tuple[Examined, ...]:
    """In the order of DOUBTS; kept for all visitors. waiting: as of `Kept.make`."""
    return _kept.make("all", lambda: tuple(map(examine, DOUBTS)), waiting)


def _size(value: float | None) -> str:
    return "" if value is None else significant(value)


def gallery(cases: tuple[Examined, ...]) -> dict[str, list[str]]:
    """The table of the page; force errors in meV/angstrom, of the worst atom."""
    return {
        "Case": [case.doubt.title for case in cases],
        "Rhoscope says": [_SAID[case.outcome] for case in cases],
        "Expected, meV/Å": [_size(case.expected_mev_per_angstrom) for case in cases],
        "True, meV/Å": [_size(case.true_mev_per_angstrom) for case in cases],
    }


def said_of(case: Examined) -> str:
    """What stands beneath the drawing of a case; meV/angstrom."""
    said, off = _SAID[case.outcome], case.true_mev_per_angstrom
    return said if off is None else f"{said}, off by {_size(off)}"


def case_figure(case: Examined) -> go.Figure | None:
    """The structure; None where it was refused."""
    if case.molecule is None:
        return None
    at = case.molecule.positions_angstrom
    middle = at.mean(0)
    reach = max(1.2, 1.4 * float(np.linalg.norm(at - middle, axis=1).max()) + 0.4)
    return solid.figure(solid.balls_and_sticks(case.molecule), middle, reach, key=case.doubt.key, height=240)


def errors_figure(cases: tuple[Examined, ...]) -> go.Figure:
    """Expected against true error of the worst atom, both logarithmic, with the diagonal."""
    known = [case for case in cases if case.expected_mev_per_angstrom and case.true_mev_per_angstrom]
    values = [(case.expected_mev_per_angstrom or 1.0, case.true_mev_per_angstrom or 1.0) for case in known]
    low, high = min(map(min, values)) / 2.0, max(map(max, values)) * 2.0
    figure = go.Figure()
    figure.add_scatter(
        x=[low, high], y=[low, high], mode="lines", line={"color": GREY, "dash": "dot"}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    for outcome, color, symbol in (("believed", TEAL, "circle"), ("warned", ORANGE, "square")):
        own = [(case, pair) for case, pair in zip(known, values, strict=True) if case.outcome == outcome]
        figure.add_scatter(
            x=[pair[0] for _, pair in own], y=[pair[1] for _, pair in own], mode="markers", name=_SAID[outcome],
            text=[case.doubt.title for case, _ in own], marker={"color": color, "symbol": symbol, "size": 11},
            hovertemplate="%{text}<br>expected %{x:.0f}, true %{y:.0f} meV/Å<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        margin=MARGIN, height=240, legend=LEGEND,
        xaxis={"title": "Expected, meV/Å", "type": "log"}, yaxis={"title": "True, meV/Å", "type": "log"},
    )  # fmt: skip
    return figure
