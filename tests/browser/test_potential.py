"""The potential on the surface: asked for once, with its legend, and right at the vertices that are on the screen."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.chem.examples import example
from core.density.electrostatics import potential_at_points
from core.model.predict import load_model, predict
from core.units import ANGSTROM_IN_BOHR, HARTREE_IN_KCAL_PER_MOL
from tests.browser.viewing import choose_example, milliseconds_of_a_step, opened_alone, view, wait_for_atoms

pytestmark = pytest.mark.browser

COLORED = ".rhoscope[data-colored='true']"
MESHES = """root => root.panel.stage.meshes.map(({ vertices, values, faces }) =>
    ({ vertices: [...vertices], values: [...values], faces: [...faces] }))"""


def turn_on(page: Page) -> None:
    page.locator(".rhoscope .show-potential").check()
    page.wait_for_selector(COLORED)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("+", ""))


def test_the_values_on_the_screen_are_those_of_the_density(explore: Page) -> None:
    turn_on(explore)
    root = explore.locator(".rhoscope")
    assert float(root.get_attribute("data-level") or 0) == 0.002
    meshes = root.evaluate(MESHES)
    vertices = np.concatenate([np.array(mesh["vertices"]).reshape(-1, 3) for mesh in meshes])
    values = np.concatenate([mesh["values"] for mesh in meshes])
    chosen = np.random.default_rng(0).permutation(len(values))[:600]
    density = predict(example("water-8"), load_model("water")).density
    exact = potential_at_points(density, vertices[chosen] * ANGSTROM_IN_BOHR) * HARTREE_IN_KCAL_PER_MOL
    error = np.abs(values[chosen] - exact)
    assert error.mean() < 0.5 and error.max() < 3.0
    # What the legend says of the surface, and the range: nine tenths of it or more have a colour of their own.
    low, high = (number(part) for part in root.locator(".range-text").inner_text().split(": ")[1].split(" to "))
    assert (low, high) == pytest.approx((values.min(), values.max()), abs=0.6)
    limit = float(root.locator(".range-value").input_value())
    assert 0.9 < (np.abs(values) <= limit).mean() and limit < 1.5 * np.abs(values).max()


def test_it_is_asked_for_once_and_turned_on_and_off_in_the_browser(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    before, level = view(explore), root.get_attribute("data-level")
    fields: list[str] = []
    explore.on("request", lambda request: fields.append(request.url) if "/fields/" in request.url else None)
    turn_on(explore)
    expect(root.locator(".range-legend")).to_be_visible()
    expect(root.locator(".range-title")).to_have_text("Potential, kcal/(mol·e)")
    expect(root.locator(".note")).to_be_hidden()
    root.locator(".show-potential").uncheck()
    expect(root.locator(".range-legend")).to_be_hidden()
    assert root.get_attribute("data-level") == level
    root.locator(".show-potential").check()
    expect(root.locator(".range-legend")).to_be_visible()
    explore.wait_for_timeout(1500)
    assert len(fields) == 1
    assert view(explore) == before
    # Without the density's surface there is nothing to colour.
    root.locator(".show-surface").uncheck()
    expect(root.locator(".range-legend")).to_be_hidden()


def test_the_range_is_the_persons_and_fit_takes_it_back(explore: Page) -> None:
    turn_on(explore)
    root = explore.locator(".rhoscope")
    fitted = root.locator(".range-value").input_value()
    colors = "root => root.panel.stage.surface.geo.geometryGroups.flatMap((group) => [...group.colorArray])"
    mild = np.array(root.evaluate(colors)).reshape(-1, 3)
    root.locator(".range-value").fill("5")
    root.locator(".range-value").press("Enter")
    expect(root.locator(".range-low")).to_have_text("−5")
    strong = np.array(root.evaluate(colors)).reshape(-1, 3)
    # Saturated: red and blue, and little between.
    ends = np.array([[0.7, 0.09, 0.17], [0.13, 0.4, 0.67]])
    at_end = [(np.abs(c[:, None] - ends).max(-1).min(1) < 1e-3).mean() for c in (mild, strong)]
    assert at_end[0] < 0.1 and at_end[1] > 0.6
    values = np.concatenate([mesh["values"] for mesh in root.evaluate(MESHES)])
    assert (strong[values < -5][:, 0] > 0.69).all() and (strong[values > 5][:, 2] > 0.66).all()
    for nonsense in ("0", "-3", "many"):
        root.locator(".range-value").fill(nonsense)
        root.locator(".range-value").press("Enter")
        assert root.locator(".range-value").input_value() == "5"
    root.get_by_role("button", name="Fit").click()
    assert root.locator(".range-value").input_value() == fitted


def test_it_follows_the_level_and_stays_over_pages_but_not_over_structures(explore: Page) -> None:
    turn_on(explore)
    root = explore.locator(".rhoscope")
    texts = []
    for level in ("0.001", "0.01"):
        root.locator(".number").first.fill(level)
        root.locator(".number").first.press("Enter")
        texts.append([number(part) for part in root.locator(".range-text").inner_text()[9:].split(" to ")])
    # Closer to the nuclei both ends are further out.
    assert texts[0][0] > texts[1][0] and texts[0][1] < texts[1][1]
    explore.wait_for_timeout(1000)
    explore.get_by_role("link", name="About").click()
    expect(explore.get_by_role("heading", name="Method")).to_be_visible()
    explore.get_by_role("link", name="Explore").click()
    explore.wait_for_selector(COLORED)
    choose_example(explore, "Water dimer")
    wait_for_atoms(explore, 6)
    expect(root.locator(".show-potential")).not_to_be_checked()
    expect(root.locator(".range-legend")).to_be_hidden()


def test_a_coloured_surface_follows_the_slider_within_a_frame(explore: Page) -> None:
    """96 points along the longest edge: it is cut and coloured anew in 16 ms or less."""
    turn_on(explore)
    assert max(explore.locator(".rhoscope").evaluate("root => root.panel.field.shape")) == 96
    step = milliseconds_of_a_step(
        explore, "(root, share) => { const { scale } = root.panel; root.panel.setLevel("
        "scale.toLevel(scale.minimum + (0.1 + 0.4 * share) * (scale.maximum - scale.minimum)), true); }",
        enough=16.0,
    )  # fmt: skip
    assert explore.locator(".rhoscope").evaluate("root => root.panel.stage.meshes.every((mesh) => mesh.values.length)")
    assert step <= 16.0


def test_a_coloured_surface_is_in_the_file_and_in_the_png(explore: Page, tmp_path: Path) -> None:
    choose_example(explore, "Water dimer")
    wait_for_atoms(explore, 6)
    turn_on(explore)
    explore.wait_for_timeout(1500)
    with explore.expect_download() as waiting:
        explore.locator(".rhoscope .png").click()
    waiting.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    with explore.expect_download() as waiting:
        explore.locator(".rhoscope .save-html").click()
    waiting.value.save_as(tmp_path / "view.html")
    with opened_alone(explore, tmp_path / "view.html") as page:
        page.wait_for_selector(COLORED)
        root = page.locator(".rhoscope")
        assert float(root.get_attribute("data-level") or 0) == 0.002
        expect(root.locator(".range-text")).to_have_text(explore.locator(".rhoscope .range-text").inner_text())


def test_between_the_points_it_is_trilinear(explore: Page) -> None:
    """A product of linear functions is interpolated exactly; a gap makes the eight cells about it unknown."""
    found = explore.locator(".rhoscope").evaluate(
        """async (root) => {
        const source = [...performance.getEntriesByType("resource")].find((e) => e.name.endsWith("field.js")).name;
        const { sample } = await import(source);
        const f = (x, y, z) => (1 + x) * (2 - y) * (3 + 2 * z);
        const values = new Float32Array(60);
        for (let i = 0; i < 3; i++) for (let j = 0; j < 4; j++) for (let k = 0; k < 5; k++)
          values[(i * 4 + j) * 5 + k] = f(-1 + 0.5 * i, 2 + 0.5 * j, 0.5 * k);
        values[59] = NaN;
        const points = Float32Array.from([-0.9, 2.1, 0.3,  -0.2, 3.1, 1.2,  -0.6, 3.4, 1.9,  -0.1, 3.4, 1.9]);
        const field = { values, shape: [3, 4, 5], origin_angstrom: [-1, 2, 0], step_angstrom: 0.5 };
        return [[...sample(field, points)], [0, 3, 6].map((k) => f(...points.slice(k, k + 3)))];
        }"""
    )
    assert found[0][:2] == pytest.approx(found[1][:2], rel=1e-5)
    assert np.isfinite(found[0][2]) and np.isnan(found[0][3])
