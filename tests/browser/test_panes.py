"""The linked pictures of Compare: all drawn, turned as one, levelled together, usable on a phone, saved as one file."""

import re
import time
from base64 import b64encode
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from core.chem.examples import example
from tests.browser.viewing import (
    count_frames_sent,
    open_example,
    pixels,
    wait_for_query,
)
from tests.running_app import PATIENCE_SECONDS

pytestmark = pytest.mark.browser

NAMES = ["Predicted", "DFT", "Difference"]
# Every WebGL context that the page makes, counted before any script of it runs.
COUNT_CONTEXTS = """
window.contexts = new Set();
for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
  const original = kind.prototype.getContext;
  kind.prototype.getContext = function (...all) {
    const made = original.apply(this, all);
    if (made && /webgl/.test(all[0])) window.contexts.add(made);
    return made;
  };
}"""


def open_panes(page: Page, server: str) -> Locator:
    """Compare with its pictures, of one water; the calculation is made by the first test that asks."""
    page.add_init_script(COUNT_CONTEXTS)
    open_example(page, server, "water-1", 3)
    return go_to_compare(page)


def go_to_compare(page: Page) -> Locator:
    # On a phone the links lie in the sidebar, which covers the page.
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Compare").click()
    run, heading = page.get_by_role("button", name="Run the DFT calculation"), page.get_by_text("How far off it is")
    expect(run.or_(heading)).to_be_visible()
    close = page.get_by_test_id("stSidebarCollapseButton").get_by_role("button")
    if close.is_visible():
        close.click()
    if run.is_visible():
        run.click()
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='3'] .pane")
    # The last of the page, and what it is drawn with.
    expect(page.get_by_role("heading", name="Take it away")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    return page.locator(".rhoscope")


def views(root: Locator) -> list[list[float]]:
    return root.evaluate("root => root.panel.stages.map((stage) => stage.viewer.getView())")


def pictures(root: Locator) -> list[np.ndarray]:
    """(height, width, 3) of each canvas."""
    urls = root.evaluate("root => root.panel.stages.map((stage) => stage.picture())")
    return [pixels(root.page, url)[..., :3] for url in urls]


def drawn(picture: np.ndarray) -> float:
    """Share of the pixels that are not of the ground."""
    return float((abs(picture - picture[0, 0]).sum(-1) > 24).mean())


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def middle(locator: Locator) -> tuple[float, float]:
    box = box_of(locator)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, x: float, y: float) -> None:
    page.mouse.move(x + 60, y + 60)
    page.mouse.down()
    page.mouse.move(x + 100, y + 85, steps=4)
    page.mouse.up()


def place_of_atom(root: Locator, pane: int, atom: int) -> tuple[float, float]:
    return root.evaluate(
        """(root, [pane, atom]) => { const { viewer } = root.panel.stages[pane];
        const at = viewer.modelToScreen(viewer.getModel().selectedAtoms({ index: atom })[0]);
        return [at.x - window.scrollX, at.y - window.scrollY]; }""",
        [pane, atom],
    )


def check_saved(page: Page, root: Locator, path: Path) -> None:
    """What Save PNG gives holds all pictures side by side, each with its name and the legend of its arrows."""
    with page.expect_download() as waiting:
        root.locator(".png").click()
    waiting.value.save_as(path)
    picture = pixels(page, "data:image/png;base64," + b64encode(path.read_bytes()).decode())[..., :3]
    canvas = pictures(root)[0]
    assert picture.shape[1] == pytest.approx(3 * canvas.shape[1], rel=0.02)
    # 3Dmol draws at twice the size of the screen.
    zoom = round(canvas.shape[1] / box_of(root.locator(".canvas").first)["width"])
    for part in np.array_split(picture, 3, axis=1):
        corner = part[4 * zoom : 28 * zoom, 8 * zoom : 90 * zoom]
        legend = part[-115 * zoom : -60 * zoom, 8 * zoom : 160 * zoom]
        assert all(0.01 < drawn(piece) < 0.9 for piece in (corner, part, legend))


def test_three_pictures_side_by_side_in_one_webgl_context(page: Page, server: str, tmp_path: Path) -> None:
    root = open_panes(page, server)
    assert root.locator(".pane-label").all_inner_texts() == NAMES
    boxes = [box_of(root.locator(".pane").nth(k)) for k in range(3)]
    assert all(one["x"] + one["width"] <= other["x"] + 1 for one, other in zip(boxes, boxes[1:], strict=False))
    assert len({box["y"] for box in boxes}) == 1
    shown = pictures(root)
    assert all(drawn(picture) > 0.03 for picture in shown)
    for one, other in combinations(shown, 2):
        assert (abs(one - other).sum(-1) > 8).mean() > 1e-4
    # Predicted and DFT are near each other; their difference looks like neither.
    assert abs(shown[0] - shown[1]).mean() < 0.2 * abs(shown[0] - shown[2]).mean()
    check_saved(page, root, tmp_path / "panes.png")
    assert page.evaluate("[...window.contexts].filter((context) => !context.isContextLost()).length") == 1
    nameless = root.evaluate(
        """root => [...root.querySelectorAll('input, button, [tabindex]')].filter((control) =>
        !(control.labels?.length || control.textContent.trim() || control.ariaLabel)).map((c) => c.className)"""
    )
    assert nameless == []
    # Without what stands in it no pane is drawn: each has a surface and arrows.
    for layer in ("surface", "arrows"):
        root.locator(f".show-{layer}").uncheck()
        fewer = pictures(root)
        assert all(drawn(after) < drawn(before) for before, after in zip(shown, fewer, strict=True))
        shown = fewer


def test_one_camera_for_all_by_mouse_wheel_and_keys(page: Page, server: str) -> None:
    root = open_panes(page, server)
    last = views(root)[0]
    for pane in range(3):
        x, y = middle(root.locator(".pane").nth(pane))
        root.locator(".canvas").nth(pane).focus()
        acts = partial(drag, page, x, y), partial(page.mouse.wheel, 0, 120), partial(page.keyboard.press, "ArrowUp")
        for act in acts:
            act()
            deadline = time.monotonic() + PATIENCE_SECONDS
            while (turned := views(root))[0] == pytest.approx(last):
                assert time.monotonic() < deadline
                page.wait_for_timeout(50)
            assert turned == [turned[0]] * 3
            last = turned[0]
    # It stays where it was left when a level moves, and across the pages.
    left = views(root)[0]
    root.locator(".of-densities .number").fill("0.05")
    root.locator(".of-densities .number").press("Enter")
    root.locator(".of-difference .slider").press("ArrowRight")
    page.wait_for_timeout(500)
    assert views(root) == [left] * 3
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="Method")).to_be_visible()
    go_to_compare(page)
    assert all(view == pytest.approx(left) for view in views(root))
    root.get_by_role("button", name="Reset view").click()
    assert views(root)[1] != pytest.approx(left) and views(root)[1] == views(root)[2]


def test_a_level_moves_both_densities_in_the_browser_alone(page: Page, server: str) -> None:
    root = open_panes(page, server)
    page.wait_for_timeout(1500)
    traffic: list[str] = []
    page.on("request", lambda request: traffic.append(request.url))
    count_frames_sent(page)
    started = root.get_attribute("data-level")
    for name, moves in (("of-densities", {0, 1}), ("of-difference", {2})):
        before = pictures(root)
        slider = box_of(root.locator(f".{name} .slider"))
        y = slider["y"] + slider["height"] / 2
        page.mouse.move(slider["x"] + 0.3 * slider["width"], y)
        page.mouse.down()
        page.mouse.move(slider["x"] + 0.55 * slider["width"], y, steps=6)
        page.mouse.up()
        page.wait_for_timeout(400)
        moved = {k for k, (old, new) in enumerate(zip(before, pictures(root), strict=True)) if (old != new).any()}
        assert moved == moves
    assert root.get_attribute("data-level") != started
    assert page.evaluate("window.frames_sent") == 0
    assert traffic == []
    # The share is that of the predicted density, from its curve.
    levels, enclosed = root.evaluate("root => [root.panel.scene.curve.levels, root.panel.scene.curve.enclosed]")
    root.locator(".of-densities .number").fill(f"{levels[80]:.5g}")
    root.locator(".of-densities .number").press("Enter")
    text = root.locator(".of-densities .share").inner_text()
    assert text.startswith("Predicted: ")
    assert float(text.split("inside: ")[1].split(" of ")[0]) == pytest.approx(enclosed[80], abs=0.02)
    # Its electrons per level stand over its slider; a difference encloses nothing.
    assert root.locator(".of-densities .histogram").is_visible()
    assert not root.locator(".of-difference .histogram").is_visible()


def test_one_slice_through_all_three(page: Page, server: str, tmp_path: Path) -> None:
    root = open_panes(page, server)
    page.wait_for_timeout(1000)
    before = views(root)
    root.locator(".show-slice").check()
    traffic: list[str] = []
    page.on("request", lambda request: traffic.append(request.url))
    count_frames_sent(page)
    sheets = "root => root.panel.stages.map((stage) => [...stage.slice.geo.geometryGroups[0].vertexArray])"
    shown = root.evaluate(sheets)
    assert shown[0] == shown[1] == shown[2]
    assert root.locator(".slice-title").all_inner_texts() == ["Predicted and DFT, e/a₀³", "Difference, e/a₀³"]
    # The values of all three where the pointer is: the third is what the first two differ by, as far as they are told.
    point = root.evaluate("root => { const { box, plane } = root.panel.slice; return box.middle.map("
                          "(x, k) => x + plane.offset * plane.normal[k] + 0.9 * plane.u[k]); }")  # fmt: skip
    x, y = root.evaluate(
        """(root, [x, y, z]) => { const at = root.panel.stages[1].viewer.modelToScreen({ x, y, z });
        return [at.x - window.scrollX, at.y - window.scrollY]; }""",
        point,
    )
    page.mouse.move(x, y)
    told = root.locator(".slice-value")
    expect(told).to_contain_text("Difference")
    predicted, reference, difference = (
        float(re.search(rf"{name} ([−+\d.e-]+)", told.inner_text())[1].replace("−", "-"))  # type: ignore[index]
        for name in NAMES
    )
    assert reference > 0.001
    assert abs(difference - (predicted - reference)) < 0.012 * reference
    # One step moves all three, and the camera of none.
    root.locator(".slice-handle").nth(2).press("PageUp")
    moved = root.evaluate(sheets)
    assert moved[0] == moved[1] == moved[2] != shown[0]
    assert views(root) == before
    assert page.evaluate("window.frames_sent") == 0 and traffic == []
    check_saved(page, root, tmp_path / "panes.png")
    root.locator(".show-slice").uncheck()
    assert root.evaluate("root => root.panel.stages.map((stage) => stage.slice)") == [None] * 3


def test_an_atom_tells_the_force_of_each_picture(page: Page, server: str) -> None:
    root = open_panes(page, server)
    panes = root.evaluate("root => root.panel.scene.panes")
    texts = []
    for pane, told in enumerate(panes):
        x, y = place_of_atom(root, pane, 0)
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        note = root.locator(".pane").nth(pane).locator(".note")
        expect(note).to_be_visible()
        expected = np.floor(np.linalg.norm(told["forces_mev_per_angstrom"][:3]) + 0.5)
        expect(note).to_contain_text(f"Atom 1, O: {told['arrows']} {expected:.0f} meV/Å")
        texts.append(note.inner_text())
        page.mouse.move(5, 5)
    assert len(set(texts)) == 3
    # Arrows of both forces on one scale, told with its unit; those of the difference have their own, and say so.
    scales = root.locator(".scale-text").all_inner_texts()
    assert scales[0] == scales[1] and scales[0].startswith("arrow of 1 Å: ") and scales[0].endswith(" meV/Å")
    assert scales[2].endswith("(own scale)")
    highest = root.locator(".high").all_inner_texts()
    assert highest[0] == highest[1]
    assert root.locator(".legend-title").all_inner_texts() == [
        "Predicted force, meV/Å", "DFT force, meV/Å", "Error of the force, meV/Å",
    ]  # fmt: skip


def test_pictures_and_meshes_to_keep(page: Page, server: str, tmp_path: Path) -> None:
    """All three at print size, side by side; a mesh of the one that is chosen, both lobes of a difference in it."""
    root = open_panes(page, server)
    root.get_by_role("button", name="Save as…").click()
    root.locator(".print-unit").select_option("pixels")
    root.locator(".print-width").fill("900")
    before = views(root)
    with page.expect_download() as waiting:
        root.locator(".print").click()
    waiting.value.save_as(tmp_path / "print.png")
    picture = pixels(page, "data:image/png;base64," + b64encode((tmp_path / "print.png").read_bytes()).decode())
    assert picture.shape[1] == pytest.approx(900, abs=10)
    assert all(drawn(part[: part.shape[0] // 2, :, :3]) > 0.01 for part in np.array_split(picture, 3, axis=1))
    assert views(root) == before
    signs = {}
    for name in NAMES:
        root.locator(".mesh-of").select_option(name)
        with page.expect_download() as waiting:
            root.locator(".save-ply").click()
        waiting.value.save_as(tmp_path / "surface.ply")
        header, content = (tmp_path / "surface.ply").read_bytes().split(b"end_header\n")
        assert f"comment picture: {name}".encode() in header
        points = int(header.split(b"element vertex ")[1].split()[0])
        colors = np.frombuffer(content[: 27 * points], np.uint8).reshape(points, 27)[:, 24:]
        signs[name] = len(np.unique(colors, axis=0))
    assert signs == {"Predicted": 1, "DFT": 1, "Difference": 2}


def test_on_a_phone_one_picture_at_a_time(page: Page, server: str, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    root = open_panes(page, server)
    chooser = root.locator(".chooser")
    assert chooser.get_by_role("button").all_inner_texts() == NAMES
    for k, name in enumerate(NAMES):
        chooser.get_by_role("button", name=name).click()
        assert [root.locator(".pane").nth(j).is_visible() for j in range(3)] == [j == k for j in range(3)]
        assert root.locator(".of-densities").is_visible() == (k < 2)
        assert root.locator(".of-difference").is_visible() == (k == 2)
        box = box_of(root.locator(".pane").nth(k).locator(".canvas"))
        assert box["width"] > 300 and box["height"] > 250
        root.locator(".canvas").nth(k).focus()
        page.keyboard.press("ArrowLeft")
        turned = views(root)[k]
    # A picture that was not in sight while another turned is turned when it is chosen.
    chooser.get_by_role("button", name=NAMES[0]).click()
    assert views(root)[0] == pytest.approx(turned)
    assert drawn(pictures(root)[0]) > 0.03
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
        .map((element) => element.scrollWidth - element.clientWidth)"""
    )
    assert max(wide) <= 0
    check_saved(page, root, tmp_path / "panes.png")
    # A turned phone, or a tablet, has room for all.
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(root.locator(".pane").nth(2)).to_be_visible()
    assert not chooser.is_visible()
    assert views(root)[1] == pytest.approx(turned)


def test_atoms_are_measured_and_named_and_small_arrows_left_out_in_all_pictures(page: Page, server: str) -> None:
    root = open_panes(page, server)
    page.wait_for_timeout(1500)
    written = "root => root.panel.stages.map((stage) => stage.viewer.labels.map((label) => label.text))"
    notes = root.locator(".pane .note")
    for pane, atom in ((1, 0), (2, 1)):
        page.mouse.click(*place_of_atom(root, pane, atom))
        expect(root).to_have_attribute("data-picked", "0" if pane == 1 else "0 1")
        if pane == 1:
            # Each picture has another force for it.
            assert [text.split(":")[0] for text in notes.all_inner_texts()] == ["Atom 1, O"] * 3
            assert len(set(notes.all_inner_texts())) == 3
    first, second = example("water-1").positions_angstrom[:2]
    distance = f"{np.linalg.norm(first - second):.3f} Å"
    expect(notes.first).to_have_text(f"Distance O1 – H2: {distance}")
    expect(notes.nth(1)).to_be_hidden()
    assert root.evaluate(written) == [[distance]] * 3
    wait_for_query(page, picked="1_2")

    root.locator(".labels").select_option("atoms")
    assert root.evaluate(written) == [[distance, "O1", "H2", "H3"]] * 3
    root.locator(".labels").select_option("none")
    page.keyboard.press("Escape")
    expect(root).to_have_attribute("data-picked", "")
    assert root.evaluate(written) == [[]] * 3

    forces = root.evaluate("root => root.panel.scene.panes.map((pane) => pane.forces_mev_per_angstrom)")
    sizes = np.linalg.norm(np.array(forces).reshape(3, 3, 3), axis=2)
    least = round(float(np.median(sizes[0])) + 1)
    root.locator(".least").fill(str(least))
    root.locator(".least").press("Enter")
    counts = [f"{(of_pane >= least).sum()} of 3 above {least:,}" for of_pane in sizes]
    expect(root.locator(".count")).to_have_text(counts)
    arrows = root.evaluate("root => root.panel.stages.map(({ arrows }) => arrows.meshes.length)")
    assert [count == 0 for count in arrows] == [text.startswith("0") for text in counts]
