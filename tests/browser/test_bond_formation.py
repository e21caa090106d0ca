"""Bond formation: asked for once, right where its lobes are drawn, with a level of its own and a legend that fits."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.chem.examples import example
from core.density.bond_formation import bond_formation
from core.density.grid import UniformGrid, density_on_grid
from core.gaussian.evaluate import density_at_points
from core.model.predict import load_model, predict
from core.units import ANGSTROM_IN_BOHR
from tests.browser.viewing import (
    choose_example,
    listen_to_note,
    open_example,
    opened_alone,
    view,
    wait_for_atoms,
    wait_until,
)

pytestmark = pytest.mark.browser

SHOWN = ".rhoscope[data-shown='formation']"
LOBES = """root => root.panel.stage.surface.geo.geometryGroups.map(({ vertexArray, colorArray }) =>
    ({ vertices: [...vertexArray], color: [...colorArray.slice(0, 3)] }))"""


@pytest.fixture
def formed(page: Page, server: str) -> Locator:
    """The bond formation of the water dimer."""
    open_example(page, server, "water-2", 6)
    root = page.locator(".rhoscope")
    root.get_by_role("radio", name="Bond formation").check()
    page.wait_for_selector(SHOWN)
    return root


def level_of(root: Locator) -> float:
    return float(root.get_attribute("data-level") or 0)


def test_both_lobes_lie_where_the_density_says(formed: Locator) -> None:
    level = level_of(formed)
    assert 0.001 < level < 0.1
    lobes = formed.evaluate(LOBES)
    assert len({tuple(lobe["color"]) for lobe in lobes}) == 2
    formation = bond_formation(predict(example("water-2"), load_model("water")).density)
    for lobe in lobes:
        vertices = np.array(lobe["vertices"]).reshape(-1, 3) * ANGSTROM_IN_BOHR
        red, _, blue = lobe["color"]
        # Blue is more, red is less.
        wrong = density_at_points(formation, vertices) - (level if blue > red else -level)
        steps = 1e-3 * np.eye(3)
        slopes = [
            (density_at_points(formation, vertices + step) - density_at_points(formation, vertices - step)) / 2e-3
            for step in steps
        ]
        distance_angstrom = np.abs(wrong) / np.linalg.norm(slopes, axis=0) / ANGSTROM_IN_BOHR
        # The grid's step is 0.1 angstrom; next to the nuclei, between its points, it shows less.
        assert np.median(distance_angstrom) < 0.01
        assert np.quantile(distance_angstrom, 0.95) < 0.04


def test_it_is_asked_for_once_and_goes_back_and_forth_in_the_browser(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    before, level = view(explore), level_of(root)
    fields: list[str] = []
    explore.on("request", lambda request: fields.append(request.url) if "/fields/" in request.url else None)
    formation, density = (root.get_by_role("radio", name=name) for name in ("Bond formation", "Density"))
    listen_to_note(explore)
    formation.check()
    wait_until(explore, "window.said.includes('Computing the bond formation')")
    explore.wait_for_selector(SHOWN)
    expect(root.locator(".note")).to_be_hidden()
    expect(root.locator(".formation-legend")).to_be_visible()
    expect(root.locator(".potential-switch")).to_be_hidden()
    density.check()
    expect(root.locator(".formation-legend")).to_be_hidden()
    assert level_of(root) == level
    expect(root.locator(".share")).to_contain_text("of the electrons inside")
    formation.check()
    explore.wait_for_selector(SHOWN)
    explore.wait_for_timeout(1500)
    assert len(fields) == 1 and view(explore) == before
    # No surface, no legend of it.
    root.locator(".show-surface").uncheck()
    expect(root.locator(".formation-legend")).to_be_hidden()
    # Another structure starts without it.
    choose_example(explore, "Water molecule")
    wait_for_atoms(explore, 3)
    expect(density).to_be_checked()


def test_its_level_is_its_own_and_says_what_the_lobes_hold(page: Page, formed: Locator) -> None:
    density_level = formed.evaluate("root => root.panel.level")
    molecule = example("water-2")
    grid = UniformGrid.around(molecule)
    sizes = abs(density_on_grid(bond_formation(predict(molecule, load_model("water")).density), grid))
    displaced = 0.5 * sizes.sum() * grid.voxel_bohr3
    for level in (0.005, 0.02):
        formed.locator(".number").fill(str(level))
        formed.locator(".number").press("Enter")
        assert level_of(formed) == pytest.approx(level)
        expect(formed.locator(".formation-more")).to_have_text(f"+{level}")
        expect(formed.locator(".formation-less")).to_have_text(f"−{level}")
        held = 100 * sizes[sizes >= level].sum() / sizes.sum()
        text = formed.locator(".share").inner_text()
        assert text.startswith(f"drawn at +{level} and −{level}, which hold ")
        share, electrons = text.split("hold ")[1].removesuffix(" displaced electrons").split(" % of ")
        assert float(share) == pytest.approx(held, abs=1.0)
        assert float(electrons) == pytest.approx(displaced, rel=0.01)
    expect(formed.locator(".formation-title")).to_have_text("Bond formation, e/a₀³")
    formed.locator(".slider").press("ArrowRight")
    page.wait_for_timeout(1500)
    assert level_of(formed) < 0.02
    # It is no level of the density, and does not stand in the address for one.
    assert formed.evaluate("root => root.panel.level") == density_level
    assert f"level={level_of(formed)}" not in page.url


def test_the_slice_shows_it_in_two_colours(page: Page, formed: Locator) -> None:
    formed.locator(".show-slice").check()
    expect(formed.locator(".slice-title")).to_have_text("Bond formation, e/a₀³")
    marks = formed.locator(".slice-mark").all_inner_texts()
    assert marks[len(marks) // 2] == "0" and marks[0] == f"−{marks[-1]}"
    sheet = formed.evaluate(
        """root => { const { vertexArray, colorArray } = root.panel.stage.slice.geo.geometryGroups[0];
        return [[...vertexArray], [...colorArray]]; }"""
    )
    vertices, colors = (np.array(part).reshape(-1, 3) for part in sheet)
    formation = bond_formation(predict(example("water-2"), load_model("water")).density)
    values = density_at_points(formation, vertices[::37] * ANGSTROM_IN_BOHR)
    clear = np.abs(values) > 2e-3
    bluer = colors[::37, 2] > colors[::37, 0]
    assert clear.sum() > 100 and (bluer[clear] == (values[clear] > 0)).mean() > 0.99
    formed.get_by_role("radio", name="Density").check()
    expect(formed.locator(".slice-title")).to_have_text("Density, e/a₀³")


def test_it_stays_over_pages_and_is_in_the_file(page: Page, formed: Locator, tmp_path: Path) -> None:
    page.wait_for_timeout(1000)
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="Method")).to_be_visible()
    page.get_by_role("link", name="Explore").click()
    page.wait_for_selector(SHOWN)
    with page.expect_download() as waiting:
        page.locator(".rhoscope .png").click()
    waiting.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as waiting:
        page.locator(".rhoscope .save-html").click()
    waiting.value.save_as(tmp_path / "view.html")
    with opened_alone(page, tmp_path / "view.html") as file:
        file.wait_for_selector(SHOWN)
        root = file.locator(".rhoscope")
        assert root.locator(".share").inner_text() == page.locator(".rhoscope .share").inner_text()
        root.locator(".show-slice").check()
        file.wait_for_selector(".rhoscope[data-slice]")
