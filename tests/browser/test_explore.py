"""Explore: the first visit shows a picture, its level moves in the browser, and the camera stays."""

import csv
import io
import json
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import new_visitor
from tests.browser.viewing import (
    choose_example,
    count_frames_sent,
    milliseconds_of_a_step,
    open_example,
    opened_alone,
    place_of,
    processor_seconds,
    upload,
    view,
    wait_for_atoms,
    wait_until,
)

pytestmark = pytest.mark.browser

# The picture, read back from the canvas: how many of its pixels are not background.
DRAWN_PIXELS = """
async (root) => {
  const image = new Image();
  image.src = root.panel.stage.picture();
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const paper = canvas.getContext("2d");
  paper.drawImage(image, 0, 0);
  const pixels = paper.getImageData(0, 0, image.width, image.height).data;
  let drawn = 0;
  for (let k = 0; k < pixels.length; k += 4) {
    const distance = [0, 1, 2].reduce((sum, c) => sum + Math.abs(pixels[k + c] - pixels[c]), 0);
    if (distance > 24) drawn += 1;
  }
  return drawn / (image.width * image.height);
}"""


def test_first_visit_shows_density_and_forces(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    whole = root.evaluate(DRAWN_PIXELS)
    assert whole > 0.05
    root.locator(".show-surface").uncheck()
    atoms_and_arrows = root.evaluate(DRAWN_PIXELS)
    assert atoms_and_arrows < 0.7 * whole
    root.locator(".show-arrows").uncheck()
    assert root.evaluate(DRAWN_PIXELS) < atoms_and_arrows
    expect(explore.get_by_text("Electrons", exact=True)).to_be_visible()
    expect(explore.get_by_text("80.0000")).to_be_visible()
    expect(explore.get_by_text("meV/Å").first).to_be_visible()


def test_level_moves_in_the_browser_alone(explore: Page) -> None:
    """96 points along the longest edge; no frame, no request, the same camera; 40 ms of JavaScript or less."""
    root = explore.locator(".rhoscope")
    assert max(root.evaluate("root => root.panel.field.shape")) == 96
    # What the page still has to say about its first picture is said by now.
    explore.wait_for_timeout(2000)
    traffic: list[str] = []
    explore.on("request", lambda request: traffic.append(request.url))
    count_frames_sent(explore)
    before = view(explore)
    box = root.locator(".slider").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    explore.mouse.move(box["x"] + 0.3 * box["width"], middle)
    explore.mouse.down()
    shares = []
    spent = processor_seconds(explore)
    clock = next(spent)
    for step in range(24):
        explore.mouse.move(box["x"] + (0.3 + 0.02 * step) * box["width"], middle)
        explore.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shares.append(root.locator(".share").inner_text())
    clock = next(spent) - clock
    assert explore.evaluate("window.frames_sent") == 0
    assert traffic == []
    assert view(explore) == before
    assert len(set(shares)) > 20
    # By the clock of the processor, as on a busy machine the other one counts the waiting too. A step that comes late
    # there finds the surface at rest: it has been cut in full as well.
    assert 1000 * clock / len(shares) <= 60.0
    explore.mouse.up()
    wait_until(explore, "window.frames_sent > 0")
    assert view(explore) == before


def test_while_it_moves_the_surface_is_coarser_and_within_a_frame(explore: Page) -> None:
    """Every other point, so an eighth of the cells; all of them when it rests. A step takes 16 ms or less."""
    root = explore.locator(".rhoscope")
    explore.wait_for_timeout(1000)
    root.evaluate(
        """root => { const { panel } = root, draw = panel.setLevel.bind(panel); window.drawn = [];
        panel.setLevel = (level, moving) => { draw(level, moving);
          const triangles = panel.stage.surface.geo.geometryGroups.reduce((sum, group) => sum + group.faceidx / 3, 0);
          window.drawn.push([Boolean(moving), Number(root.dataset.levelPoints), triangles]); }; }"""
    )
    box = root.locator(".slider").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    explore.mouse.move(box["x"] + 0.3 * box["width"], y)
    explore.mouse.down()
    explore.mouse.move(box["x"] + 0.5 * box["width"], y, steps=6)
    explore.mouse.up()
    wait_until(explore, "window.drawn.at(-1)?.[0] === false")
    drawn = explore.evaluate("window.drawn")
    assert {points for moving, points, _ in drawn if moving} == {48}
    assert {points for moving, points, _ in drawn if not moving} == {96}
    # The last of the move is at the level where it rests.
    *_, (_, _, coarse) = (entry for entry in drawn if entry[0])
    assert 3 < drawn[-1][2] / coarse < 5
    step = milliseconds_of_a_step(
        explore, "(root, share) => { const { scale } = root.panel; root.panel.setLevel("
        "scale.toLevel(scale.minimum + (0.3 + 0.4 * share) * (scale.maximum - scale.minimum)), true); }",
        enough=16.0,
    )  # fmt: skip
    assert step <= 16.0


def test_value_and_enclosed_electrons_agree_with_each_other(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    levels, enclosed = root.evaluate("root => [root.panel.scene.curve.levels, root.panel.scene.curve.enclosed]")
    for k in (40, 80, 120):
        root.locator(".number").fill(f"{levels[k]:.5g}")
        root.locator(".number").press("Enter")
        text = root.locator(".share").inner_text()
        assert float(text.split(": ")[1].split(" of ")[0]) == pytest.approx(enclosed[k], abs=0.02)


def test_levels_beyond_the_slider_are_told_as_they_are(explore: Page) -> None:
    """Eight oxygen cores hold 16 electrons: no more lie where the density is that of a nucleus. And below what the grid
    knows there is no surface."""
    root = explore.locator(".rhoscope")
    number = root.locator(".number")
    for typed, most in (("45", 16.0), ("1e9", 16.0)):
        number.fill(typed)
        number.press("Enter")
        inside = float(root.locator(".share").inner_text().split(": ")[1].split(" of ")[0])
        assert 0.0 <= inside < most
    number.fill("1e-30")
    number.press("Enter")
    assert float(number.input_value()) == 1e-6


def test_a_level_that_nobody_chose_is_of_its_structure_alone(explore: Page) -> None:
    root = explore.locator(".rhoscope")

    def opened(label: str, atoms: int) -> tuple[float, float]:
        choose_example(explore, label)
        wait_for_atoms(explore, atoms)
        found = root.evaluate("root => [root.panel.level, root.panel.scene.level]")
        return found[0], found[1]

    # No two in turn have as many atoms, by which they are told apart.
    for label, atoms in (("Water trimer, a ring", 9), ("Formamide", 6)):
        level, own = opened(label, atoms)
        assert level == own
    root.locator(".number").fill("0.004")
    root.locator(".number").press("Enter")
    level, own = opened("Water molecule", 3)
    assert level == 0.004 != own


def test_the_first_view_comes_back(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    first = view(explore)
    for way in ("button", "key"):
        root.locator(".canvas").focus()
        for key in ("ArrowLeft", "ArrowUp", "+"):
            explore.keyboard.press(key)
        assert view(explore) != pytest.approx(first)
        if way == "button":
            root.get_by_role("button", name="Reset view").click()
        else:
            explore.keyboard.press("Home")
        assert view(explore) == pytest.approx(first)


def test_atoms_are_picked_by_keyboard(page: Page, server: str) -> None:
    open_example(page, server, "water-1", 3)
    root = page.locator(".rhoscope")
    root.locator(".canvas").focus()
    note = root.locator(".note")
    page.keyboard.press("n")
    expect(note).to_contain_text("Atom 1, O: force")
    page.keyboard.press("Enter")
    for key in ("n", "n", "n", "p"):
        page.keyboard.press(key)
    expect(note).to_contain_text("Atom 3, H: force")
    page.keyboard.press("Enter")
    expect(note).to_contain_text("Distance O1 – H3: 0.9")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    assert root.get_attribute("data-picked") == ""


def test_presets_set_the_level(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    root.get_by_role("button", name="0.002").click()
    assert float(root.get_attribute("data-level") or 0) == pytest.approx(0.002)
    root.get_by_role("button", name="95 %").click()
    assert root.locator(".share").inner_text().startswith("95.0 % of the electrons inside")


def test_the_histogram_holds_the_electrons_between_the_ends_of_the_slider(explore: Page) -> None:
    """Summed over the decades of the density; the filled part ends where the slider stands."""
    root = explore.locator(".rhoscope")
    found = root.evaluate(
        """async (root) => {
        const { scale, scene, level } = root.panel;
        const source = [...performance.getEntriesByType("resource")].find((e) => e.name.endsWith("histogram.js")).name;
        const { electronsPerDecade, shareOfTrack } = await import(source);
        const heights = electronsPerDecade(scale, scene.electrons);
        let sum = 0;
        for (let k = 1; k < heights.length; k++) {
          const position = (j) => scale.minimum + ((scale.maximum - scale.minimum) * j) / (heights.length - 1);
          const decades = Math.log10(scale.toLevel(position(k - 1)) / scale.toLevel(position(k)));
          sum += (decades * (heights[k] + heights[k - 1])) / 2;
        }
        return { share: sum / scene.electrons, filled: root.querySelector(".inside").style.clipPath,
                 track: shareOfTrack(scale, level) };
        }"""
    )
    assert found["share"] == pytest.approx(0.999 - 0.3, abs=0.01)
    right = float(found["filled"].split("(")[1].split()[1].removesuffix("%"))
    assert right == pytest.approx(100 * (1 - found["track"]), abs=0.01)


def test_camera_and_level_stay_over_reruns_and_pages(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    root.locator(".canvas").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "+"):
        explore.keyboard.press(key)
    turned = view(explore)
    root.locator(".number").fill("0.05")
    root.locator(".number").press("Enter")
    explore.wait_for_timeout(1500)
    assert view(explore) == turned
    explore.get_by_text("Force on each atom").click()
    explore.wait_for_timeout(1500)
    assert view(explore) == turned
    assert root.locator(".number").input_value() == "0.05"
    explore.get_by_role("link", name="About").click()
    expect(explore.get_by_role("heading", name="Method")).to_be_visible()
    explore.get_by_role("link", name="Explore").click()
    explore.wait_for_selector(".rhoscope[data-drawn]")
    assert view(explore) == pytest.approx(turned)


def test_hover_names_atom_element_and_force(page: Page, server: str) -> None:
    open_example(page, server, "water-1", 3)
    root = page.locator(".rhoscope")
    place = place_of(page, 0)
    page.mouse.move(place[0] - 3, place[1])
    page.mouse.move(place[0], place[1])
    note = root.locator(".note")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Atom 1, O: force")
    expect(note).to_contain_text("meV/Å")


def test_another_example_replaces_the_picture(explore: Page) -> None:
    choose_example(explore, "Water trimer, a ring")
    explore.get_by_text("H₆O₃, 9 atoms").wait_for()
    expect(explore.get_by_text("30.0000")).to_be_visible()
    wait_for_atoms(explore, 9)


def test_a_smiles_is_a_structure(explore: Page) -> None:
    explore.get_by_text("SMILES", exact=True).click()
    field = explore.get_by_role("textbox", name="SMILES")
    field.fill("O.O")
    field.press("Enter")
    explore.get_by_text("H₄O₂, 6 atoms").wait_for()


def test_downloads(page: Page, server: str, tmp_path: Path) -> None:
    open_example(page, server, "water-2", 6)
    files = {}
    for label in ("Forces (CSV)", "Density (cube)"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        files[label] = path.read_text()
    rows = list(csv.DictReader(io.StringIO(files["Forces (CSV)"])))
    assert [row["element"] for row in rows] == ["O", "H", "H", "O", "H", "H"]
    sums = sum(float(row["fx_mev_per_angstrom"]) for row in rows)
    assert abs(sums) < 1000
    lines = files["Density (cube)"].splitlines()
    assert lines[2].split()[0] == "6"
    with page.expect_download() as waiting:
        page.locator(".rhoscope .png").click()
    waiting.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_the_view_as_one_file_works_without_any_server(explore: Page, tmp_path: Path) -> None:
    with explore.expect_download() as waiting:
        explore.locator(".rhoscope .save-html").click()
    path = tmp_path / "view.html"
    waiting.value.save_as(path)
    with opened_alone(explore, path) as file_page:
        file_page.wait_for_selector(".rhoscope[data-drawn]")
        root = file_page.locator(".rhoscope")
        assert root.evaluate(DRAWN_PIXELS) > 0.05
        before = root.locator(".share").inner_text()
        root.locator(".slider").press("ArrowRight")
        file_page.wait_for_timeout(500)
        assert root.locator(".share").inner_text() != before


def test_nothing_is_asked_of_the_internet(first_visit: Page, server: str) -> None:
    asked: list[str] = []
    first_visit.on("request", lambda request: asked.append(request.url))
    first_visit.goto(server)
    first_visit.wait_for_selector(".rhoscope[data-drawn]")
    first_visit.wait_for_timeout(1000)
    foreign = [url for url in asked if not url.startswith((server, "data:", "blob:"))]
    assert foreign == [], json.dumps(foreign)


def test_these_tests_reach_no_host_but_this_one(page: Page, server: str, archive: tuple[str, Path]) -> None:
    """Not even one that answers, on this very machine but under another name."""
    address, _ = archive
    assert urlopen(address).status == 200  # noqa: S310 - our own server
    page.goto(f"{server}/_stcore/health")
    for other in (address, "http://example.org", "https://93.184.215.14"):
        with pytest.raises(PlaywrightError, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(other)
        page.wait_for_url("chrome-error://**")


def test_each_test_has_a_visitor_who_was_never_here(cached: BrowserContext, server: str) -> None:
    allowed = "navigator.permissions.query({ name: 'clipboard-read' }).then(({ state }) => state === 'granted')"
    for _ in range(2):
        with new_visitor(cached, server) as page:
            assert page.context.cookies() == []
            page.goto(f"{server}/_stcore/health")
            assert page.evaluate("localStorage.length + sessionStorage.length") == 0
            assert not page.evaluate(allowed)
            page.context.add_cookies([{"name": "who", "value": "me", "url": server}])
            page.evaluate("() => { localStorage.setItem('seen', 1); sessionStorage.setItem('seen', 1); }")
            page.context.grant_permissions(["clipboard-read"])


def test_a_title_with_html_is_text(explore: Page, tmp_path: Path) -> None:
    title = "<img src=x onerror=alert(1)><b>bold</b> $x$ **y**"
    path = tmp_path / "hostile.xyz"
    path.write_text(f"3\n{title}\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n")
    dialogs: list[str] = []
    explore.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    upload(explore, path)
    expect(explore.get_by_text(title, exact=True)).to_be_visible()
    assert explore.locator("img[src=x]").count() == 0
    explore.wait_for_timeout(1000)
    with explore.expect_download() as waiting:
        explore.locator(".rhoscope .save-html").click()
    saved = tmp_path / "view.html"
    waiting.value.save_as(saved)
    explore.goto(saved.as_uri())
    explore.wait_for_selector(".rhoscope[data-drawn]")
    expect(explore.locator("#title")).to_have_text(title)
    assert explore.locator("img[src=x]").count() == 0
    assert dialogs == []
