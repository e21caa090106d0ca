"""How every figure is shown: its legend above the plot and never over it, its margin, and Plotly's toolbar, which a
screen without a pointer that hovers does not get at all (assets/viewer/app.css)."""

from typing import Any

CONFIG: dict[str, Any] = {"displaylogo": False}
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
# Fixed at its lower edge: with more lines it grows upwards, and the plot makes room.
LEGEND: dict[str, Any] = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "xanchor": "left", "x": 0.0}
