"""Colours of the elements in figures: those of the viewer, with hydrogen and sulfur dark enough for points on white and
carbon light enough for points on the ground of the dark theme."""

_COLORS = {"H": "#9fadb8", "C": "#737e88", "N": "#3f62d8", "O": "#d8352a", "P": "#e07b1a", "S": "#c9a614"}
_OTHER = "#b05ccf"


def element_color(symbol: str) -> str:
    """#rrggbb."""
    return _COLORS.get(symbol, _OTHER)
