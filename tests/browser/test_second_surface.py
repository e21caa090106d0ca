"""A second surface: right where it is drawn, seen through the first and the first through it, at a level of its own."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from playwright.sync_api import Browser, Locator, Page, expect

from core.chem.examples import example
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.gaussian.evaluate import density_at_points
from core.model.predict import load_model, predict
from core.units import ANGSTROM_IN_BOHR, HARTREE_IN_KCAL_PER_MOL
from tests.browser.test_keeping import glb_json, open_form, saved
from tests.browser.viewing import (
    choose_example,
    count_frames_sent,
    elsewhere,
    listen_to_note,
    milliseconds_of_a_step,
    open_example,
    picture,
    place_of,
    view,
    wait_for_atoms,
    wait_for_query,
    wait_until,
)

pytestmark = pytest.mark.browser

LOBES = """(root, layer) => root.panel.stage[layer].meshes.map(({ vertices, colors }) =>
    ({ vertices: [...vertices], color: [...colors.slice(0, 3)] }))"""
DRAWN_FACES = (
    "(root, layer) => root.panel.stage[layer].geo.geometryGroups.reduce((sum, { faceidx }) => sum + faceidx, 0)"
)


def potential(density: Density, points_angstrom: np.ndarray) -> np.ndarray:
    """(n,) kcal/(mol e), exact."""
    return potential_at_points(density, points_angstrom * ANGSTROM_IN_BOHR) * HARTREE_IN_KCAL_PER_MOL


def choose(page: Page, kind: str) -> Locator:
    """The second surface of this kind; returns its own controls."""
    page.locator(".rhoscope .second").select_option(kind)
    page.wait_for_selector(f".rhoscope[data-second='{kind}']")
    return page.locator(".rhoscope .second-level")


def level_of(page: Page) -> float:
    return float(page.locator(".rhoscope").get_attribute("data-second-level") or 0)


def lobes(page: Page) -> list[tuple[np.ndarray, tuple[float, ...]]]:
    """Vertices (n, 3) in angstrom and colour of each mesh of the second surface."""
    found = page.locator(".rhoscope").evaluate(LOBES, "second")
    return [(np.array(lobe["vertices"]).reshape(-1, 3), tuple(lobe["color"])) for lobe in found]


def test_lobes_of_the_potential_lie_where_it_has_the_level(page: Page, server: str) -> None:
    open_example(page, server, "water-1", 3)
    controls = choose(page, "potential")
    level = level_of(page)
    density = predict(example("water-1"), load_model("water")).density
    nuclei = example("water-1").positions_angstrom
    for vertices, (red, _, blue) in lobes(page):
        sign = 1.0 if blue > red else -1.0
        wrong = potential(density, vertices) - sign * level
        steps = 1e-3 * np.eye(3)
        slopes = [(potential(density, vertices + step) - potential(density, vertices - step)) / 2e-3 for step in steps]
        distance_angstrom = np.abs(wrong) / np.linalg.norm(slopes, axis=0)
        assert distance_angstrom.mean() < 0.005 and distance_angstrom.max() < 0.04
        # What is negative lies outside the molecule, on the side of the oxygen; what is positive holds all nuclei.
        middle = vertices.mean(0)
        nearest = np.linalg.norm(nuclei - middle, axis=1).argmin()
        if sign < 0:
            assert nearest == 0 and density_at_points(density, vertices * ANGSTROM_IN_BOHR).max() < 0.1
        else:
            assert (nuclei >= vertices.min(0)).all() and (nuclei <= vertices.max(0)).all()
    assert len(lobes(page)) == 2
    expect(controls.locator(".unit")).to_have_text("kcal/(mol·e)")
    legend = page.locator(".rhoscope .surfaces-legend")
    for text in ("density 0.016 e/a₀³", f"electrostatic potential +{level:g} kcal", f"−{level:g} kcal"):
        expect(legend).to_contain_text(text)
    # At a small level they reach out of what was computed, and it says so.
    controls.locator(".number").fill("3")
    controls.locator(".number").press("Enter")
    expect(controls.locator(".share")).to_contain_text("cut off at the end")


def test_each_is_seen_through_the_other(page: Page, server: str) -> None:
    """A second level of the density within or around the first: both leave their mark on the same pixel."""
    open_example(page, server, "water-1", 3)
    root = page.locator(".rhoscope")
    root.locator(".show-arrows").uncheck()
    # Beside the atoms, within both surfaces.
    x, y = place_of(page, 0)
    box = root.locator(".canvas").bounding_box()
    assert box is not None

    def pixel() -> np.ndarray:
        image = picture(page)
        zoom = image.shape[1] / box["width"]
        return image[round((y - box["y"] + 45) * zoom), round((x - box["x"]) * zoom), :3]

    first = pixel()
    controls = choose(page, "density")
    seen = {}
    # Around the first, and within it.
    for level in ("0.002", "0.06"):
        controls.locator(".number").fill(level)
        controls.locator(".number").press("Enter")
        root.locator(".show-surface").check()
        both = pixel()
        root.locator(".show-surface").uncheck()
        alone = pixel()
        assert np.abs(both - first).max() > 8 and np.abs(both - alone).max() > 8
        seen[level] = both
    assert np.abs(seen["0.002"] - seen["0.06"]).max() > 8


def test_it_is_asked_for_once_and_a_new_structure_starts_without(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    before, level = view(explore), root.get_attribute("data-level")
    fields: list[str] = []
    explore.on("request", lambda request: fields.append(request.url) if "/fields/" in request.url else None)
    listen_to_note(explore)
    root.locator(".second").select_option("potential")
    wait_until(explore, "window.said.includes('Computing the electrostatic potential')")
    explore.wait_for_selector(".rhoscope[data-second='potential']")
    expect(root.locator(".note")).to_be_hidden()
    # The first surface is what it was.
    assert root.get_attribute("data-colored") == "false" and root.get_attribute("data-level") == level
    choose(explore, "formation")
    assert root.get_attribute("data-shown") == "density"
    choose(explore, "density")
    choose(explore, "potential")
    root.locator(".show-potential").check()
    explore.wait_for_selector(".rhoscope[data-colored='true']")
    assert len(fields) == 2 and view(explore) == before
    root.locator(".second").select_option("none")
    expect(root.locator(".surfaces-legend")).to_be_hidden()
    expect(root.locator(".second-level")).to_be_hidden()
    choose(explore, "density")
    choose_example(explore, "Water molecule")
    wait_for_atoms(explore, 3)
    expect(root.locator(".second")).to_have_value("none")
    assert root.evaluate("root => !root.panel.stage.second")


@pytest.mark.parametrize("kind", ["density", "formation", "potential"])
def test_its_level_moves_within_a_frame_and_sends_nothing(explore: Page, kind: str) -> None:
    """96 points along the longest edge of the density: 16 ms or less."""
    choose(explore, kind)
    explore.wait_for_timeout(1500)
    count_frames_sent(explore)
    step = milliseconds_of_a_step(
        explore, "(root, share) => { const { second } = root.panel, { scale } = second.control; second.setLevel("
        "scale.toLevel(scale.minimum + (0.1 + 0.4 * share) * (scale.maximum - scale.minimum)), true); }",
        enough=16.0,
    )  # fmt: skip
    assert step <= 16.0
    root = explore.locator(".rhoscope")
    assert int(root.get_attribute("data-second-points") or 99) <= 56
    slider = root.locator(".second-level .slider")
    slider.press("ArrowRight")
    explore.wait_for_timeout(600)
    expect(root).to_have_attribute("data-second-points", "48" if kind == "potential" else "96")
    assert explore.evaluate("window.frames_sent") == 0


def test_it_is_in_the_link_in_words_and_in_files(page: Page, server: str, chromium: Browser, tmp_path: Path) -> None:
    page.goto(f"{server}/?example=water-1&second=potential&second_level=25&slice=x_0")
    page.wait_for_selector(".rhoscope[data-second='potential'][data-slice]")
    root = page.locator(".rhoscope")
    assert level_of(page) == 25.0
    expect(root.locator(".summary")).to_contain_text(
        "Second surface, electrostatic potential, at plus and minus 25 kcal/(mol·e)"
    )
    # Cut away before the slice, as the first is, and whole again.
    cut = root.evaluate(DRAWN_FACES, "second")
    root.locator(".show-slice").uncheck()
    assert cut < 0.8 * root.evaluate(DRAWN_FACES, "second")
    wait_for_query(page, second="potential", second_level="25")
    other = elsewhere(chromium, page.url)
    try:
        other.wait_for_selector(".rhoscope[data-second='potential']")
        assert level_of(other) == 25.0
    finally:
        other.close()
    printed = "root => root.panel.second.legend.legend.map(([, text]) => text).join()"
    assert "electrostatic potential −25 kcal/(mol·e)" in root.evaluate(printed)
    open_form(page)
    about = glb_json(saved(page, root, "save-glb", tmp_path / "both.glb"))
    assert about["asset"]["extras"]["second_surface"] == "electrostatic potential, ±25 kcal/(mol·e)"
    parts = trimesh.load(tmp_path / "both.glb", process=False).geometry
    assert {"surface", "second surface"} <= set(parts)
    vertices = np.concatenate([vertices for vertices, _ in lobes(page)])
    np.testing.assert_allclose(parts["second surface"].bounds, [vertices.min(0), vertices.max(0)], atol=1e-5)
    # A file of points holds both, each with its colours and told apart; values are of the first alone.
    root.locator(".show-potential").check()
    page.wait_for_selector(".rhoscope[data-colored='true']")
    saved(page, root, "save-ply", tmp_path / "two.ply")
    header = (tmp_path / "two.ply").read_bytes().split(b"end_header")[0].decode("ascii")
    assert "second_surface: electrostatic potential" in header and "level_e_per_bohr3" in header
    two = trimesh.load(tmp_path / "two.ply", process=False)
    of_each = two.metadata["_ply_raw"]["vertex"]["data"]
    which = np.ravel(of_each["surface"])
    assert set(which) == {1, 2} and (np.isnan(np.ravel(of_each["potential"])) == (which == 2)).all()
    np.testing.assert_allclose(two.vertices[which == 2].max(0), vertices.max(0), atol=1e-5)
    assert len(np.unique(two.visual.vertex_colors[which == 2], axis=0)) == 2, "plus and minus"
    assert len(np.unique(two.visual.vertex_colors[which == 1], axis=0)) > 50
    assert (which[two.faces] == which[two.faces[:, :1]]).all()
    root.locator(".show-surface").uncheck()
    saved(page, root, "save-ply", tmp_path / "second.ply")
    header = (tmp_path / "second.ply").read_bytes().split(b"end_header")[0].decode("ascii")
    assert "second_surface: electrostatic potential" in header and "level_e_per_bohr3" not in header
    np.testing.assert_allclose(
        trimesh.load(tmp_path / "second.ply", process=False).bounds[0], vertices.min(0), atol=1e-5
    )


def test_what_makes_no_sense_in_a_link_is_left_out(page: Page, server: str) -> None:
    page.goto(f"{server}/?example=water-1&second=everything&second_level=9")
    wait_for_atoms(page, 3)
    for text in ("second=everything", "second_level=9"):
        expect(page.locator(".rhoscope .link-note")).to_contain_text(text)
    expect(page.locator(".rhoscope .second")).to_have_value("none")
