"""The plots of the Compare page, in Plotly. Colours and fonts are the theme's."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

from core.forces.hellmann_feynman import free_atom_forces
from core.reference.calculation import CycleReport
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.comparison import HeldAgainst
from core.view.element_colors import element_color
from core.view.plots import LEGEND, MARGIN
from core.view.series_colors import GREY, ORANGE, TEAL

_LAYOUT = {"margin": MARGIN, "height": 380}


def force_parity(held: HeldAgainst) -> go.Figure | None:
    """Each component of the predicted force against the DFT force, meV/angstrom, with the diagonal; None where that is
    not known. The forces of free atoms, many times as large, are there for who asks for them in the legend."""
    molecule, theirs = held.picture.molecule, held.other.forces_hartree_per_bohr
    if theirs is None:
        return None
    words = held.other.force_words
    reference = theirs * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    predicted = held.picture.predicted.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    ends = [float(min(reference.min(), predicted.min())), float(max(reference.max(), predicted.max()))]
    figure = go.Figure(
        go.Scatter(x=ends, y=ends, mode="lines", line={"color": GREY, "width": 1}, hoverinfo="skip", showlegend=False)
    )
    symbols = np.array(molecule.symbols)
    for element in dict.fromkeys(molecule.symbols):
        atoms = np.flatnonzero(symbols == element)
        names = [f"{element}{atom + 1} {axis}" for atom in atoms for axis in "xyz"]
        figure.add_scatter(
            x=reference[atoms].ravel(),
            y=predicted[atoms].ravel(),
            mode="markers",
            name=element,
            text=names,
            hovertemplate="%{text}<br>" + words + " %{x:.0f}<br>predicted %{y:.0f} meV/Å<extra></extra>",
            marker={"color": element_color(element), "size": 7, "opacity": 0.9},
        )
    if held.picture.predicted.prediction:
        free = free_atom_forces(molecule, held.picture.predicted.density.basis) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        figure.add_scatter(
            x=reference.ravel(),
            y=free.ravel(),
            mode="markers",
            name="free atoms (show)",
            visible="legendonly",
            hovertemplate=words + " %{x:.0f}<br>free atoms %{y:.0f} meV/Å<extra></extra>",
            marker={"color": GREY, "symbol": "x", "size": 6},
        )
    figure.update_layout(
        **_LAYOUT,
        xaxis_title=f"{words[0].upper()}{words[1:]}, component, meV/Å",
        yaxis_title="Predicted, meV/Å",
        legend=LEGEND,
    )
    return figure


def error_by_distance(held: HeldAgainst) -> go.Figure:
    """Electrons in the wrong place against the distance from the nearest nucleus."""
    found = held.anatomy
    figure = go.Figure()
    lines = [
        ("free atoms", found.free_atoms.by_distance, "dot", GREY),
        ("prediction", found.predicted.by_distance, "solid", TEAL),
    ]
    if found.fitted is not None:
        lines.append(("best in these functions", found.fitted.by_distance, "dash", ORANGE))
    for name, values, dash, color in lines:
        figure.add_scatter(
            x=found.distances_angstrom,
            y=1000 * np.maximum(values, 1e-9),
            mode="lines",
            name=name,
            line={"dash": dash, "width": 3 if dash == "solid" else 1.5, "color": color, "shape": "hvh"},
            hovertemplate="%{x:.2f} Å: %{y:.3g} me/Å<extra>" + name + "</extra>",
        )
    figure.update_layout(
        **_LAYOUT,
        xaxis_title="Distance from the nearest nucleus, Å",
        yaxis_title="Error, 0.001 electrons per Å",
        yaxis_type="log",
        legend=LEGEND,
    )
    return figure


def convergence(cycles: Sequence[CycleReport]) -> go.Figure:
    """The change of the energy in each SCF cycle, hartree. Asked for each second, it is made once a cycle."""
    return _convergence(tuple(cycles))


@lru_cache(maxsize=32)
def _convergence(cycles: tuple[CycleReport, ...]) -> go.Figure:
    figure = go.Figure(
        go.Scatter(
            x=[cycle.cycle for cycle in cycles],
            y=[max(abs(cycle.energy_change_hartree), 1e-12) for cycle in cycles],
            mode="lines+markers",
            hovertemplate="cycle %{x}: %{y:.1e} hartree<extra></extra>",
        )
    )
    figure.update_layout(
        **{**_LAYOUT, "height": 240},
        xaxis_title="SCF cycle",
        yaxis_title="Energy change, hartree",
        yaxis={"type": "log", "exponentformat": "power"},
        xaxis={"dtick": max(1, len(cycles) // 8)},
    )
    return figure
