"""The slice: right under the pointer, in its colours and along its lines; dragged and turned in the browser alone."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.chem.examples import example
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.gaussian.evaluate import density_at_points
from core.model.predict import load_model, predict
from core.units import ANGSTROM_IN_BOHR, HARTREE_IN_KCAL_PER_MOL
from tests.browser.viewing import (
    choose_example,
    count_frames_sent,
    milliseconds_of_a_step,
    open_example,
    view,
    wait_for_atoms,
    wait_until,
)

pytestmark = pytest.mark.browser

PLANE = "root => { const { plane, box } = root.panel.slice; return { ...plane, middle: box.middle, half: box.half }; }"
SHEET = "root => [...root.panel.stage.slice.geo.geometryGroups[0].vertexArray]"
# Where points are on the screen, in its pixels.
PLACES = """(root, points) => root.panel.stage.viewer.modelToScreen(points.map(([x, y, z]) => ({ x, y, z })))
    .map(({ x, y }) => [x - window.scrollX, y - window.scrollY])"""
SURFACE = """root => root.panel.stage.surface.geo.geometryGroups.flatMap(({ vertexArray, faceArray }) =>
    [...faceArray].map((vertex) => [0, 1, 2].map((k) => vertexArray[3 * vertex + k])))"""
SETTLED = "new Promise((done) => setTimeout(() => { requestAnimationFrame(done); setTimeout(done, 2000); }, 500))"


@pytest.fixture
def dimer(page: Page, server: str) -> Locator:
    """The water dimer, sliced."""
    open_example(page, server, "water-2", 6)
    root = page.locator(".rhoscope")
    root.locator(".show-slice").check()
    expect(root.locator(".slice-controls")).to_be_visible()
    return root


@pytest.fixture(scope="module")
def density() -> Density:
    return predict(example("water-2"), load_model("water")).density


def put(root: Locator, offset_angstrom: float) -> None:
    root.locator(".slice-number").fill(str(offset_angstrom))
    root.locator(".slice-number").press("Enter")


def exact(density: Density, points_angstrom: np.ndarray) -> np.ndarray:
    return density_at_points(density, points_angstrom * ANGSTROM_IN_BOHR)


def points_on(plane: dict, count: int, within: float) -> np.ndarray:
    """(count, 3) random points of the plane, in angstrom, up to `within` of its middle."""
    along = np.random.default_rng(0).uniform(-within, within, (count, 2))
    middle = np.array(plane["middle"]) + plane["offset"] * np.array(plane["normal"])
    return middle + along @ np.array([plane["u"], plane["v"]])


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_the_value_under_the_pointer_is_that_of_the_density(page: Page, dimer: Locator, density: Density) -> None:
    put(dimer, 0.4)
    plane = dimer.evaluate(PLANE)
    assert plane["offset"] == pytest.approx(0.4)
    told = dimer.locator(".slice-value")
    expect(told).to_have_text("Point at the slice to read its values.")
    for point, (x, y) in zip(points := points_on(plane, 4, 1.2), dimer.evaluate(PLACES, points.tolist()), strict=True):
        page.mouse.move(x, y)
        expect(told).to_contain_text("e/a₀³ at (")
        page.evaluate(SETTLED)
        value, *place = map(number, re.findall(r"[−\d.]+(?:e-\d+)?", told.inner_text().replace("a₀³", "")))
        assert place == pytest.approx(point, abs=0.04)
        # Where its coordinates, which are rounded, say; between the points of the grid.
        assert value == pytest.approx(exact(density, np.array([place]))[0], rel=0.06)
    page.mouse.move(3, 3)
    expect(told).to_have_text("Point at the slice to read its values.")


def test_colours_are_those_of_the_legend_and_lines_lie_on_decades(page: Page, dimer: Locator, density: Density) -> None:
    for layer in ("surface", "arrows"):
        dimer.locator(f".show-{layer}").uncheck()
    # Beside the atoms, and turned: the colours do not depend on the light.
    put(dimer, 0.7)
    dimer.locator(".canvas").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    points = points_on(dimer.evaluate(PLANE), 60, 2.0)
    found = np.array(
        dimer.evaluate(
            """async (root, points) => {
            const { stage, slice } = root.panel, { left, top } = stage.host.getBoundingClientRect();
            const image = new Image();
            image.src = stage.picture();
            await image.decode();
            const paper = new OffscreenCanvas(image.width, image.height).getContext("2d");
            paper.drawImage(image, 0, 0);
            const zoom = image.width / stage.host.clientWidth;
            const at = stage.viewer.modelToScreen(points.map(([x, y, z]) => ({ x, y, z })));
            return at.map(({ x, y }) => [...paper.getImageData(
              (x - window.scrollX - left) * zoom, (y - window.scrollY - top) * zoom, 1, 1).data]);
            }""",
            points.tolist(),
        )
    )[:, :3]
    stops = dimer.locator(".slice-legend .bar").evaluate("bar => bar.style.background")
    colors = np.array([re.findall(r"\d+", stop) for stop in re.findall(r"rgb\([^)]*\)", stops)], dtype=float)
    share = np.clip((np.log10(exact(density, points)) + 4) / 5, 0, 1) * (len(colors) - 1)
    expected = np.stack([np.interp(share, np.arange(len(colors)), channel) for channel in colors.T], axis=1)
    near = np.abs(found - expected).max(1) < 12
    # Elsewhere there is a line, or an atom before the plane.
    assert near.mean() > 0.75
    groups = dimer.evaluate(
        "root => root.panel.stage.sliceLines.geo.geometryGroups.slice(0, -1).map((group) => [...group.vertexArray])"
    )
    middles = np.concatenate([np.array(group).reshape(-1, 4, 3).mean(1) for group in groups])
    halves = 2.0 * np.log10(exact(density, middles[::3]))
    assert len(middles) > 800 and len(set(np.round(halves))) >= 8
    assert np.quantile(np.abs(halves - np.round(halves)), 0.97) < 0.06


def test_dragged_by_its_handle_in_the_browser_alone(page: Page, dimer: Locator) -> None:
    dimer.locator(".canvas").focus()
    for key in ("ArrowRight",) * 7 + ("ArrowDown",) * 2:
        page.keyboard.press(key)
    page.wait_for_timeout(2000)
    traffic: list[str] = []
    page.on("request", lambda request: traffic.append(request.url))
    count_frames_sent(page)
    before, fine = view(page), len(dimer.evaluate(SHEET))
    dimer.evaluate(
        """root => { const { slice } = root.panel, draw = slice.draw.bind(slice); window.sheets = [];
        slice.draw = (fine) => { draw(fine);
          window.sheets.push([fine, root.panel.stage.slice.geo.geometryGroups[0].vertices]); }; }"""
    )
    plane = dimer.evaluate(PLANE)
    # Not beneath the bar at the top of the page.
    dimer.locator(".slice-handle").evaluate("handle => handle.scrollIntoView({ block: 'center' })")
    handle = dimer.locator(".slice-handle").bounding_box()
    assert handle is not None
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    # One angstrom along the normal, as the screen shows it.
    middle = np.array(plane["middle"])
    here, there = np.array(dimer.evaluate(PLACES, [middle.tolist(), (middle + plane["normal"]).tolist()]))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*(np.array([x, y]) + (there - here)), steps=5)
    page.mouse.up()
    wait_until(page, "window.sheets.at(-1)?.[0]")
    moved = dimer.evaluate(PLANE)
    assert moved["offset"] - plane["offset"] == pytest.approx(1.0, abs=0.12)
    vertices = np.array(dimer.evaluate(SHEET)).reshape(-1, 3)
    assert np.ptp(vertices @ moved["normal"]) < 1e-4
    assert (vertices - middle) @ moved["normal"] == pytest.approx(moved["offset"], abs=1e-4)
    assert (np.abs(vertices - middle) <= np.array(moved["half"]) + 1e-4).all()
    # Coarse on the way, and at least seven times finer at the end.
    sheets = page.evaluate("window.sheets")
    assert all(7 * points < fine / 3 for resting, points in sheets if not resting)
    assert any(not resting for resting, _ in sheets)
    assert view(page) == before
    assert page.evaluate("window.frames_sent") == 0 and traffic == []


def test_a_step_of_a_drag_is_within_a_frame(explore: Page) -> None:
    """96 points along the longest edge, with the surface cut away: 16 ms or less."""
    root = explore.locator(".rhoscope")
    assert max(root.evaluate("root => root.panel.field.shape")) == 96
    root.locator(".show-slice").check()
    step = """(root, share) => { const { slice } = root.panel;
        slice.plane.offset = 4 * (share - 0.5); slice.draw(false); }"""
    assert milliseconds_of_a_step(explore, step, enough=16.0) <= 16.0


def test_by_keyboard(page: Page, dimer: Locator) -> None:
    put(dimer, 0.0)
    dimer.locator(".slice-position").press("ArrowRight")
    assert dimer.evaluate(PLANE)["offset"] == pytest.approx(0.05, abs=0.026)
    put(dimer, -0.5)
    handle = dimer.locator(".slice-handle")
    handle.press("ArrowUp")
    handle.press("PageUp")
    assert dimer.evaluate(PLANE)["offset"] == pytest.approx(0.05)
    expect(handle).to_have_attribute("aria-valuenow", "0.05")
    expect(dimer.locator(".slice-number")).to_have_value("0.05")
    # Never out of the box, and nonsense is not a place.
    put(dimer, 99)
    reach = dimer.evaluate(PLANE)["offset"]
    assert 2.5 < reach < 6.0 and len(dimer.evaluate(SHEET)) > 0
    dimer.locator(".slice-number").fill("somewhere")
    dimer.locator(".slice-number").press("Enter")
    assert dimer.evaluate(PLANE)["offset"] == reach
    nameless = dimer.evaluate(
        """root => [...root.querySelectorAll('input, button, [tabindex]')].filter((control) =>
        !(control.labels?.length || control.textContent.trim() || control.ariaLabel)).map((c) => c.className)"""
    )
    assert nameless == []


def test_its_normal_is_turned_by_buttons_and_by_three_atoms(page: Page, dimer: Locator) -> None:
    atoms = example("water-2").positions_angstrom
    normals = dimer.locator(".slice-normals")
    for axis, name in enumerate("xyz"):
        normals.get_by_role("button", name=name, exact=True).click()
        assert dimer.evaluate(PLANE)["normal"] == [float(k == axis) for k in range(3)]
        assert np.ptp(np.array(dimer.evaluate(SHEET)).reshape(-1, 3)[:, axis]) < 1e-4
    expect(normals.locator("[aria-pressed='true']")).to_have_text("z")
    dimer.locator(".canvas").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    normals.get_by_role("button", name="Screen").click()
    # Seen from the front its corners make a rectangle, as high and as wide as its own.
    plane = dimer.evaluate(PLANE)
    corners = points_on(plane, 1, 0.0) + np.array([[0, 0], [1, 0], [0, 1]]) @ np.array([plane["u"], plane["v"]])
    start, right, up = np.array(dimer.evaluate(PLACES, corners.tolist()))
    assert right - start == pytest.approx([np.linalg.norm(up - start), 0.0], rel=0.01, abs=0.5)
    assert up - start == pytest.approx([0.0, -np.linalg.norm(right - start)], rel=0.01, abs=0.5)
    normals.get_by_role("button", name="Molecule").click()
    plane = dimer.evaluate(PLANE)
    centred = atoms - atoms.mean(0)
    assert abs(np.linalg.svd(centred)[2][2] @ plane["normal"]) == pytest.approx(1.0, abs=1e-4)
    normals.get_by_role("button", name="3 atoms").click()
    told = dimer.locator(".slice-value")
    expect(told).to_have_text("Click three atoms in the picture.")
    dimer.locator(".show-slice").focus()
    chosen = [0, 1, 3]
    for count, (x, y) in enumerate(dimer.evaluate(PLACES, atoms[chosen].tolist())):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.up()
        if count < 2:
            expect(told).to_contain_text(f"{'OHHOHH'[chosen[count]]}{chosen[count] + 1}")
    expect(normals.locator("[aria-pressed='true']")).to_have_text("3 atoms")
    plane = dimer.evaluate(PLANE)
    heights = (atoms[chosen] - plane["middle"]) @ plane["normal"]
    assert heights == pytest.approx([plane["offset"]] * 3, abs=1e-3)


def test_the_surface_before_it_is_cut_away_and_comes_back(page: Page, dimer: Locator) -> None:
    dimer.locator(".show-slice").uncheck()
    camera, level = view(page), dimer.evaluate("root => root.panel.level")
    whole, shapes = (
        len(dimer.evaluate(SURFACE)),
        len(dimer.evaluate("root => root.panel.stage.viewer.shapes.filter(Boolean)")),
    )
    picture = dimer.evaluate("root => root.panel.stage.picture()")
    dimer.locator(".show-slice").check()
    plane = dimer.evaluate(PLANE)
    normal, middle = np.array(plane["normal"]), np.array(plane["middle"])

    def sides() -> np.ndarray:
        return (np.array(dimer.evaluate(SURFACE)) - middle) @ normal - plane["offset"]

    first = sides()
    assert 0.3 * whole < len(first) < 0.7 * whole
    assert (first >= -1e-5).all() or (first <= 1e-5).all()
    # From behind it is the other half; and a new level is cut as well.
    dimer.evaluate("root => root.panel.stage.viewer.rotate(180, 'y')")
    page.evaluate(SETTLED)
    second = sides()
    assert np.sign(second.mean()) == -np.sign(first.mean())
    dimer.get_by_role("button", name="0.002", exact=True).click()
    third = sides()
    assert len(third) > len(second) and np.sign(third.mean()) == np.sign(second.mean())
    assert third.min() > -1e-5 or third.max() < 1e-5
    dimer.evaluate("(root, view) => root.panel.stage.viewer.setView(view)", camera)
    dimer.evaluate("(root, level) => root.panel.setLevel(level)", level)
    dimer.locator(".show-slice").uncheck()
    assert len(dimer.evaluate(SURFACE)) == whole
    assert len(dimer.evaluate("root => root.panel.stage.viewer.shapes.filter(Boolean)")) == shapes
    expect(dimer.locator(".slice-handle")).to_be_hidden()
    expect(dimer.locator(".slice-controls")).to_be_hidden()
    # As it was, its fading into the distance too.
    assert dimer.evaluate("root => root.panel.stage.picture()") == picture


def test_it_goes_over_to_the_next_structure(page: Page, dimer: Locator) -> None:
    put(dimer, 1.0)
    choose_example(page, "Water molecule")
    wait_for_atoms(page, 3)
    expect(dimer.locator(".show-slice")).to_be_checked()
    page.evaluate(SETTLED)
    plane = dimer.evaluate(PLANE)
    # All three atoms lie on it.
    heights = (example("water-1").positions_angstrom - plane["middle"]) @ plane["normal"]
    assert heights == pytest.approx([plane["offset"]] * 3, abs=1e-3)


def test_it_is_of_the_potential_where_one_wants_that(page: Page, server: str) -> None:
    """Asked for once; its values, its colours, its lines and its unit; in the link, and in the picture that is kept."""
    page.goto(f"{server}/?example=water-2&slice=molecule_0.6&slice_of=potential")
    wait_for_atoms(page, 6)
    root = page.locator(".rhoscope")
    title = root.locator(".slice-title")
    expect(title).to_have_text("Electrostatic potential, kcal/(mol·e)")
    marks = root.locator(".slice-mark").all_inner_texts()
    assert marks == ["−10²", "−10", "0", "10", "10²"]
    density = predict(example("water-2"), load_model("water")).density

    def potential(points: np.ndarray) -> np.ndarray:
        return potential_at_points(density, points * ANGSTROM_IN_BOHR) * HARTREE_IN_KCAL_PER_MOL

    points = points_on(root.evaluate(PLANE), 5, 2.0)
    read = 0
    for x, y in root.evaluate(PLACES, points.tolist()):
        page.mouse.move(x, y)
        page.evaluate(SETTLED)
        told = root.locator(".slice-value").inner_text()
        if "at (" not in told or "beyond" in told:
            continue
        value, *place = map(number, re.findall(r"[−\d.]+", told.replace("+", "")))
        assert "kcal/(mol·e) at (" in told
        assert value == pytest.approx(potential(np.array([place]))[0], rel=0.05, abs=1.0)
        read += 1
    assert read >= 3
    sheet = root.evaluate(
        """root => { const { vertexArray, colorArray } = root.panel.stage.slice.geo.geometryGroups[0];
        return [[...vertexArray], [...colorArray]]; }"""
    )
    vertices, colors = (np.array(part).reshape(-1, 3)[::37] for part in sheet)
    values = potential(vertices)
    clear = np.abs(values) > 3.0
    assert clear.sum() > 100 and ((colors[:, 2] > colors[:, 0])[clear] == (values[clear] > 0)).mean() > 0.99
    groups = root.evaluate(
        "root => root.panel.stage.sliceLines.geo.geometryGroups.slice(0, -1).map((group) => [...group.vertexArray])"
    )
    middles = np.concatenate([np.array(group).reshape(-1, 4, 3).mean(1) for group in groups])[::5]
    # All but those next to an oxygen, where it goes through nothing so steeply that all lines meet.
    halves = 2.0 * np.log10(np.abs(potential(middles)))
    assert len(halves) > 100 and np.quantile(np.abs(halves - np.round(halves)), 0.75) < 0.1
    expect(root.locator(".summary")).to_contain_text("A slice shows the electrostatic potential.")
    printed = "root => root.panel.slice.legends.map(({ title }) => title).join()"
    assert root.evaluate(printed) == "Electrostatic potential, kcal/(mol·e)"
    # Where it lies stays where it is, whatever it is of; and the bond formation is asked for as well.
    before = root.evaluate(PLANE)
    root.locator(".slice-of").select_option("formation")
    expect(title).to_have_text("Bond formation, e/a₀³")
    assert root.get_attribute("data-shown") == "density"
    after = root.evaluate(PLANE)
    assert [after[k] for k in ("normal", "offset")] == [before[k] for k in ("normal", "offset")]
    assert after["middle"] == pytest.approx(before["middle"], abs=1e-3)
    wait_until(page, "location.search.includes('slice_of=formation')")
    choose_example(page, "Water molecule")
    wait_for_atoms(page, 3)
    expect(title).to_have_text("Density, e/a₀³")
