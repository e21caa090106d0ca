"""Things in space for the lessons, in Plotly: balls and sticks, lobes, arrows. Angstrom."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.chem.bonding import bonded_pairs
from core.chem.molecule import Molecule
from core.view.element_colors import element_color
from core.view.plots import LEGEND
from core.view.series_colors import GREY

MORE, LESS = "#2173cc", "#de5f33"
_THETA, _PHI = 41, 80
_HIDDEN: dict[str, Any] = {"visible": False}
_QUIET: dict[str, Any] = {"hoverinfo": "skip", "showlegend": False}


def directions() -> NDArray[np.float64]:
    """(n_theta, n_phi, 3) unit vectors all around, closed."""
    theta, phi = np.linspace(0.0, np.pi, _THETA)[:, None], np.linspace(0.0, 2.0 * np.pi, _PHI)
    flat = np.ones_like(phi)
    return np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta) * flat], axis=-1)


def lobes(values: NDArray[np.float64], centre: NDArray[np.float64], per_unit: float) -> go.Surface:
    """The surface |values| from `centre` in each of `directions()`; blue where they are positive, orange elsewhere.
    per_unit: length of a value of one."""
    surface = centre + per_unit * abs(values)[..., None] * directions()
    return go.Surface(
        x=surface[..., 0], y=surface[..., 1], z=surface[..., 2],
        surfacecolor=np.sign(values), cmin=-1.0, cmax=1.0,
        colorscale=[[0.0, LESS], [0.5, LESS], [0.5, MORE], [1.0, MORE]],
        showscale=False, opacity=0.95, hoverinfo="skip",
        lighting={"ambient": 0.6, "diffuse": 0.7, "specular": 0.1},
    )  # fmt: skip


def balls_and_sticks(molecule: Molecule) -> list[Any]:
    """Atoms, named when pointed at, and bonds."""
    at = molecule.positions_angstrom
    ends = np.full((len(bonded_pairs(molecule)), 3, 3), np.nan)
    for row, (a, b) in zip(ends, bonded_pairs(molecule), strict=True):
        row[0], row[1] = at[a], at[b]
    x, y, z = ends.reshape(-1, 3).T
    sticks = go.Scatter3d(x=x, y=y, z=z, mode="lines", line={"color": GREY, "width": 8}, **_QUIET)
    atoms = go.Scatter3d(
        x=at[:, 0], y=at[:, 1], z=at[:, 2], mode="markers", showlegend=False,
        marker={
            "size": [9 if symbol == "H" else 15 for symbol in molecule.symbols],
            "color": list(map(element_color, molecule.symbols)),
            "line": {"color": GREY, "width": 1},
        },
        text=[f"{symbol}{atom}" for atom, symbol in enumerate(molecule.symbols, 1)],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    return [sticks, atoms]


def arrow(vector: NDArray[np.float64], name: str, color: str, start: NDArray[np.float64] | None = None) -> list[Any]:
    """`vector` (3,) from `start` (3,), or from the origin; nothing for one of no length."""
    length = float(np.linalg.norm(vector))
    if length < 1e-9:
        return []
    origin = np.zeros(3) if start is None else start
    head = min(0.25, 0.4 * length)
    neck = origin + vector * (1.0 - head / length)
    x, y, z = np.stack([origin, neck]).T
    shaft = go.Scatter3d(
        x=x, y=y, z=z, mode="lines",
        line={"color": color, "width": 9}, name=name, legendgroup=name, hoverinfo="skip",
    )  # fmt: skip
    x, y, z = neck[:, None]
    u, v, w = (vector / length * head)[:, None]
    tip = go.Cone(
        x=x, y=y, z=z, u=u, v=v, w=w, anchor="tail", sizemode="raw", sizeref=1.0, showscale=False,
        colorscale=[[0.0, color], [1.0, color]], legendgroup=name, name=name, hovertemplate=f"{name}<extra></extra>",
    )  # fmt: skip
    return [shaft, tip]


def ball(centre: NDArray[np.float64], radius: float, color: str) -> go.Surface:
    """A sphere to be seen through."""
    x, y, z = np.moveaxis(centre + radius * directions(), -1, 0)
    return go.Surface(
        x=x, y=y, z=z, surfacecolor=np.zeros_like(x), colorscale=[[0.0, color], [1.0, color]],
        showscale=False, opacity=0.22, hoverinfo="skip",
        lighting={"ambient": 0.65, "diffuse": 0.5, "specular": 0.3, "roughness": 0.4, "fresnel": 2.0},
    )  # fmt: skip


def figure(parts: list[Any], middle: NDArray[np.float64], reach: float, *, key: str, height: int = 380) -> go.Figure:
    """`parts` in a cube of half edge `reach` about `middle` (3,). The camera stays while `key` does."""
    made = go.Figure(parts)
    axes = {f"{axis}axis": {**_HIDDEN, "range": [middle[k] - reach, middle[k] + reach]} for k, axis in enumerate("xyz")}
    made.update_layout(
        scene={**axes, "aspectmode": "cube", "camera": {"eye": {"x": 0.62, "y": -0.8, "z": 0.42}}},
        uirevision=key,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        height=height,
        legend=LEGEND,
    )
    return made
