"""The lines of Python under each page of the workshop, run as they are printed, say what the page says."""

import ast
import re
from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.assets import ASSETS
from core.view.workshop import PAGES

MOST_LINES = 12


def number_in(page: AppTest, pattern: str) -> float:
    """The number that the page's verdict has in place of the parenthesis."""
    said = [each.value for each in (*page.success, *page.error)]
    [found] = [match for text in said if (match := re.search(pattern, text))]
    return float(found.group(1).replace(",", ""))


def metric_of(page: AppTest, label: str) -> str:
    [found] = [each.value for each in page.metric if label in each.label]
    return found


def same_residual(page: AppTest, names: dict[str, Any]) -> None:
    """Rounding noise differs from run to run in size only a little, its bound not at all."""
    assert names["turned"].residual <= 1e-4 and number_in(page, r"Residual ([\d.e+-]+\d)") <= 1e-4


def broken_residual(page: AppTest, names: dict[str, Any]) -> None:
    turned = names["turned"]
    assert turned.residual == pytest.approx(number_in(page, r"Residual ([\d.e+-]+\d)"), rel=0.1)
    assert turned.residual > 1e-3


def same_norms(page: AppTest, names: dict[str, Any]) -> None:
    before, after = names["before"], names["after"]
    norm_here, norm_there = (abs(each.of(1, 2, 1, 0)).max() for each in (before, after))
    assert norm_here > 0 and norm_there != norm_here
    assert names["change_of_norms"](before, after) <= 1e-5


def same_ladder(page: AppTest, names: dict[str, Any]) -> None:
    rungs = names["ladder"](names["density"]).rungs
    shown = float(metric_of(page, "Force off by").removesuffix(" meV/Å").replace(",", ""))
    assert rungs[0].force_mev_per_angstrom == pytest.approx(shown, rel=0.01)


def same_count(page: AppTest, names: dict[str, Any]) -> None:
    counted = int(metric_of(page, "Coefficients that change").split(" of ")[0].replace(",", ""))
    assert names["heard"].changed[1].sum() == counted > 0
    assert names["heard"].beyond == 0.0


def same_table(page: AppTest, names: dict[str, Any]) -> None:
    assert names["off_symmetry"](1, 2, 3) <= 1e-6
    a, b = names["a"], names["b"]
    assert names["product_of_vectors"](a, b).dot == pytest.approx(float(a @ b))


def same_training(page: AppTest, names: dict[str, Any]) -> None:
    trained = names["trained"]
    # A busy machine may not come to the end within the minute.
    assert 0.0 < trained.share <= 1.0 and trained.residual <= 1e-4
    assert 0.0 < trained.force_error_mev_per_angstrom < 2000.0


def same_force(page: AppTest, names: dict[str, Any]) -> None:
    found = names["found"]
    off = abs(found.total - found.analytic).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert off == pytest.approx(number_in(page, r"by ([\d.,]+) meV"), rel=0.01)


def same_case(page: AppTest, names: dict[str, Any]) -> None:
    found = names["found"]
    shown = float(metric_of(page, "True error").removesuffix(" meV/Å").replace(",", ""))
    assert found.outcome == "warned" and found.true_mev_per_angstrom == pytest.approx(shown, rel=0.01)


# Of each page, what is set on it (not only what it opens with), and what holds after its lines.
CASES: dict[str, tuple[dict[str, str], Callable[[AppTest, dict[str, Any]], None]]] = {
    "turn_it": ({"molecule": "formamide", "mirror": "True", "x": "75", "shift": "0.75"}, same_residual),
    "break_it": ({"molecule": "water-1", "sabotage": "relu", "x": "40"}, broken_residual),
    "irreps": ({"molecule": "water-1", "atom": "2", "y": "60"}, same_norms),
    "l_by_l": ({"molecule": "water-1", "degree": "0"}, same_ladder),
    "who_sees_whom": ({"atom": "4", "layer": "2", "shift": "0.3"}, same_count),
    "tensor_products": ({"second": "2", "third": "3"}, same_table),
    "how_much_data": ({"kind": "scalar", "size": "4"}, same_training),
    "density_to_force": ({"basis": "STO-3G", "way": "fit"}, same_force),
    "trust_it": ({"case": "linear"}, same_case),
}


@pytest.mark.parametrize("name", [page.file.removesuffix(".py") for page in PAGES])
def test_the_lines_run_as_printed(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    # Alone, without `pages/navigation.py`, a page knows no others to link to.
    monkeypatch.setattr(st, "page_link", lambda *page, **options: None)
    settings, holds = CASES[name]
    page = AppTest.from_file(str(ASSETS.parent / "pages" / f"{name}.py"), default_timeout=120)
    for setting, value in settings.items():
        page.query_params[setting] = value
    page.run()
    assert not page.exception
    [lines] = [each.value for each in page.code]
    assert len([line for line in lines.splitlines() if line.strip()]) <= MOST_LINES
    imported = {node.module for node in ast.walk(ast.parse(lines)) if isinstance(node, ast.ImportFrom)}
    assert imported and all(module.startswith("core.") and "view" not in module for module in imported)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(lines, f"{name}, printed", "exec"), names)  # noqa: S102 - our own lines
    assert capsys.readouterr().out.strip()
    holds(page, names)
