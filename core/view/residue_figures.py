"""What pushes a residue, in two plots: by whom, and from how far; in both the parts add up to the force."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.view.plots import LEGEND, MARGIN
from core.view.residues import SHELLS_ANGSTROM, Pushes
from core.view.series_colors import ORANGE, TEAL
from core.view.words import about, significant, unbroken

MOST_PUSHERS = 12
ITSELF, OWN = "itself (own electrons)", "itself"
# What a group does to itself is no push: it is drawn as something else.
_HATCHED = {"color": TEAL, "pattern": {"shape": "/"}}
_LAYOUT = {"margin": MARGIN, "height": 360, "legend": LEGEND}


def along(vectors: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Components of `vectors` (n, 3) along `direction` (3,); zero where that has no length."""
    length = float(np.linalg.norm(direction))
    return vectors @ direction / length if length else np.zeros(len(vectors))


def rows_of(pushes: Pushes) -> list[tuple[str, NDArray[np.float64]]]:
    """Who exerts the force, and what of it (3,): the group itself, the largest of the others, and the rest of them
    together. The rows add up to the force."""
    shown, rest = pushes.by_residue[:MOST_PUSHERS], pushes.by_residue[MOST_PUSHERS:]
    rows = [(ITSELF, pushes.own), *shown]
    if rest:
        rows.append((f"{len(rest)} others", np.sum([vector for _, vector in rest], axis=0)))
    return rows


def figure_by_residue(pushes: Pushes) -> go.Figure:
    """The rows of `rows_of`: their size, and their part along the force, which add up to it."""
    rows = rows_of(pushes)[::-1]
    labels, vectors = [label for label, _ in rows], np.array([vector for _, vector in rows])
    hatched = {"pattern": {"shape": ["/" if label == ITSELF else "" for label in labels]}}
    figure = go.Figure(
        [
            go.Bar(
                y=labels,
                x=np.linalg.norm(vectors, axis=1),
                orientation="h",
                name="size",
                marker={"color": TEAL, **hatched},
            ),
            go.Bar(
                y=labels,
                x=along(vectors, pushes.total),
                orientation="h",
                name="along the force",
                marker={"color": ORANGE, **hatched},
            ),
        ]
    )
    figure.update_layout(**_LAYOUT, xaxis_title="Force, meV/Å", barmode="group", yaxis={"automargin": True})
    return figure


def figure_by_distance(pushes: Pushes) -> go.Figure:
    """What the group itself and the others in each shell of distance add to the force, and their running sum, whose
    end is the force."""
    parts = along(np.vstack([pushes.own, pushes.by_distance]), pushes.total)
    edges = SHELLS_ANGSTROM
    names = [f"{a:g} to {b:g}" if np.isfinite(b) else f"over {a:g}" for a, b in zip(edges[:-1], edges[1:], strict=True)]
    figure = go.Figure(
        [
            go.Bar(x=[OWN], y=parts[:1], name=OWN, marker=_HATCHED, showlegend=False),
            go.Bar(x=names, y=parts[1:], name="this shell", marker={"color": TEAL}),
            go.Scatter(
                x=[OWN, *names], y=np.cumsum(parts), name="up to here", mode="lines+markers", line={"color": ORANGE}
            ),
        ]
    )
    figure.update_layout(**_LAYOUT, xaxis_title="Distance from it, Å", yaxis_title="Along the force, meV/Å")
    return figure


def force_with_uncertainty(pushes: Pushes) -> str:
    """In words, meV/angstrom; and where it is no larger than its uncertainty, that."""
    force, uncertain = float(np.linalg.norm(pushes.total)), pushes.uncertainty
    if not np.isfinite(uncertain):
        return f"force {unbroken(f'{significant(force)} meV/Å')}, with an error that is not known"
    no_more = ", no more than its likely error" if force <= uncertain else ""
    return f"force {unbroken(f'{significant(force)} ± {about(uncertain)} meV/Å')}{no_more}"


def words_of(pushes: Pushes) -> str:
    """What the row of the group itself is, and that it is no physics by itself."""
    bonds = (
        ", and because it is bonded to its neighbours: the electrons of such a bond (C-N of the peptide) are shared "
        "between both ends by the basis, not by nature"
    )
    return (
        f"**{ITSELF.capitalize()}**: its own electrons pull its nuclei, because the surroundings have shifted them"
        f"{bonds if pushes.cut else ''}. Nothing pushes itself: only the sum of all rows is a force. A push counts "
        "with whoever carries the part of the density that exerts it, nucleus included."
    )
