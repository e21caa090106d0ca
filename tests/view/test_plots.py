"""How figures look is said in one place, and their points can be seen in both themes."""

import tomllib
from pathlib import Path

import pytest

from core.view import series_colors
from core.view.element_colors import element_color

ROOT = Path(__file__).resolve().parents[2]
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]


def luminance(color: str) -> float:
    """Relative, of #rrggbb, as WCAG 2 defines it."""
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("theme", "least"), [("light", 2.0), ("dark", 3.3)])
@pytest.mark.parametrize("element", ["H", "C", "N", "O", "P", "S", "Zn"])
def test_points_of_every_element_stand_out_from_the_ground(element: str, theme: str, least: float) -> None:
    dark, bright = sorted(map(luminance, (element_color(element), THEMES[theme]["backgroundColor"])))
    assert (bright + 0.05) / (dark + 0.05) > least


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("color", sorted({*series_colors.SERIES, series_colors.CRIMSON}))
def test_lines_and_bars_stand_out_from_the_ground(color: str, theme: str) -> None:
    dark, bright = sorted(map(luminance, (color, THEMES[theme]["backgroundColor"])))
    assert (bright + 0.05) / (dark + 0.05) > 3.0


def test_legend_and_toolbar_are_laid_out_in_one_place() -> None:
    for path in [*(ROOT / "core" / "view").glob("*.py"), *(ROOT / "pages").glob("*.py")]:
        if path.name != "plots.py":
            text = path.read_text()
            assert '"legend": {' not in text and "legend={" not in text and '"displaylogo"' not in text, path.name
