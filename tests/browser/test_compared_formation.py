"""Bond formation of both densities on Compare: asked for once, at one level for both, and kept in links and files."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_compared_looks import VIEWS, dimer
from tests.browser.test_panes import check_saved
from tests.browser.viewing import (
    opened_alone,
    save_html,
    wait_for_query,
)

pytestmark = pytest.mark.browser

# Of each picture the colours of its surface.
COLORS = """root => root.panel.stages.map(({ surface }) =>
    [...new Set(surface.meshes.map(({ colors }) => [...colors.slice(0, 3)].map((x) => x.toFixed(2)).join(' ')))])"""
SURFACES = "root => root.panel.stages.map(({ surface }) => surface.meshes.map(({ vertices }) => vertices.length))"
SHOWN = ".rhoscope[data-shown='formation'] .pane"


def radio(root: Locator, name: str) -> Locator:
    return root.get_by_role("radio", name=name)


def test_it_is_asked_for_once_and_drawn_at_one_level(page: Page, server: str) -> None:
    root = dimer(page, server)
    root.locator(".canvas").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(500)
    views, level, surfaces = root.evaluate(VIEWS), root.get_attribute("data-level"), root.evaluate(SURFACES)
    fields: list[str] = []
    page.on("request", lambda request: fields.append(request.url) if "/fields/" in request.url else None)
    radio(root, "Bond formation").check()
    page.wait_for_selector(SHOWN)
    expect(root.locator(".pane .note").first).to_be_hidden()
    colors = root.evaluate(COLORS)
    # Gained and lost in the colours of a difference, which is drawn as before.
    assert len(colors[0]) == 2 and colors[0] == colors[1] == colors[2]
    assert root.evaluate(SURFACES)[2] == surfaces[2]
    expect(root.locator(".lobes")).to_have_text([*["gained against free atoms lost"] * 2, "more than DFT less"])
    expect(root.locator(".of-densities .level-name")).to_have_text("Bond formation")
    expect(root.locator(".shading-choice")).to_be_hidden()
    root.locator(".of-densities .number").fill("0.02")
    root.locator(".of-densities .number").press("Enter")
    expect(root.locator(".of-densities .share")).to_contain_text("drawn at +0.02 and −0.02, which hold ")
    expect(root.locator(".of-densities .share")).to_contain_text("displaced electrons (Predicted)")
    lobes = root.evaluate(SURFACES)
    wait_for_query(page, formation="on", lobes="0.02")
    radio(root, "Density").check()
    assert root.get_attribute("data-level") == level and root.evaluate(SURFACES) == surfaces
    expect(root.locator(".lobes").first).to_be_hidden()
    radio(root, "Bond formation").check()
    assert root.evaluate(SURFACES) == lobes
    page.wait_for_timeout(1500)
    assert len(fields) == 2 and root.evaluate(VIEWS) == views
    # It is there still after another page, and the level of the density is its own.
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="Method")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    page.wait_for_selector(SHOWN)
    assert root.get_attribute("data-level") == "0.02"
    radio(root, "Density").check()
    assert root.get_attribute("data-level") == level


def test_a_slice_tells_it_from_the_difference(page: Page, server: str, tmp_path: Path) -> None:
    root = dimer(page, server, "&formation=on")
    page.wait_for_selector(SHOWN)
    root.locator(".show-slice").check()
    titles = root.locator(".slice-title")
    expect(titles).to_have_text(["Bond formation, e/a₀³", "Difference, e/a₀³"])
    check_saved(page, root, tmp_path / "panes.png")
    radio(root, "Density").check()
    expect(titles).to_have_text(["Predicted and DFT, e/a₀³", "Difference, e/a₀³"])


def test_it_is_in_the_mesh_and_in_the_file(page: Page, server: str, tmp_path: Path) -> None:
    root = dimer(page, server, "&formation=on")
    page.wait_for_selector(SHOWN)
    root.get_by_role("button", name="Save as…").click()
    root.locator(".mesh-of").select_option("DFT")
    with page.expect_download() as waiting:
        root.locator(".save-ply").click()
    waiting.value.save_as(tmp_path / "surface.ply")
    header = (tmp_path / "surface.ply").read_bytes().split(b"end_header\n")[0]
    assert b"comment surface: Bond formation" in header and b"comment picture: DFT" in header
    with opened_alone(page, save_html(page, tmp_path / "views.html")) as file:
        file.wait_for_selector(SHOWN)
        there = file.locator(".rhoscope")
        assert there.evaluate(SURFACES) == root.evaluate(SURFACES)
