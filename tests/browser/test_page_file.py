"""The picture as one file opens as it was on the screen when it was saved, without any server."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_compared_formation import SURFACES
from tests.browser.test_compared_looks import dimer
from tests.browser.viewing import (
    open_example,
    opened_alone,
    query,
    save_html,
    view,
    wait_for_atoms,
    wait_for_rest,
    wait_until,
)

pytestmark = pytest.mark.browser

SOME = "({ vertices }) => [...vertices.slice(0, 30)]"
ARROWS_OF_PANES = f"root => root.panel.stages.flatMap(({{ arrows }}) => arrows.meshes.flatMap({SOME}))"
PLANE = "root => { const { normal, offset } = root.panel.slice.plane; return [...normal, offset]; }"


def arrow_vertices(root: Locator) -> list[float]:
    return root.evaluate("root => root.panel.stage.arrows.meshes.flatMap(({ vertices }) => [...vertices.slice(0, 60)])")


def test_it_opens_with_the_camera_levels_layers_and_slice_of_the_screen(
    page: Page, server: str, tmp_path: Path
) -> None:
    shown = "second=potential&second_level=25&slice=0_0.6_0.8_0.4&slice_of=potential&level=0.03&opacity=0.45"
    page.goto(f"{server}/?example=water-2&{shown}&labels=atoms&picked=1_4&part=electronic")
    wait_for_atoms(page, 6)
    root = page.locator(".rhoscope")
    page.wait_for_selector(".rhoscope[data-second='potential'][data-slice]")
    expect(root.locator(".slice-title")).to_contain_text("Electrostatic potential")
    expect(root.locator(".legend-title").first).to_contain_text("lectron")
    root.locator(".canvas").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "+"):
        page.keyboard.press(key)
    wait_for_rest(page)
    with opened_alone(page, save_html(page, tmp_path / "view.html")) as file:
        file.wait_for_selector(".rhoscope[data-second='potential'][data-slice]")
        saved = file.locator(".rhoscope")
        assert view(file) == pytest.approx(view(page), abs=1e-3)
        assert saved.evaluate(PLANE) == pytest.approx(root.evaluate(PLANE), abs=1e-3)
        for name in ("data-level", "data-second-level", "data-picked", "data-shown"):
            assert saved.get_attribute(name) == root.get_attribute(name), name
        for control in (".opacity", ".labels", ".slice-of", ".second"):
            assert saved.locator(control).input_value() == root.locator(control).input_value(), control
        for text in (".slice-title", ".surfaces-legend", ".note", ".legend-title >> nth=0"):
            assert saved.locator(text).inner_text() == root.locator(text).inner_text(), text
        assert arrow_vertices(saved) == pytest.approx(arrow_vertices(root), abs=1e-4)
        # It can be turned and cut there; nothing is offered that a server would have to make.
        saved.locator(".second-level .slider").press("ArrowRight")
        assert float(saved.get_attribute("data-second-level") or 0) < 25.0
        expect(saved.locator(".save-html")).to_be_hidden()
        expect(saved.locator(".part-choice")).to_be_hidden()
        assert saved.locator(".second option").all_inner_texts() == ["none", "density", "electrostatic potential"]
        saved.locator(".home").click()
        wait_until(file, "document.querySelector('.rhoscope').panel.stage.viewer.getView()[7] === 1")


def test_bond_formation_and_a_coloured_surface_open_as_they_were(page: Page, server: str, tmp_path: Path) -> None:
    open_example(page, server, "water-1", 3)
    root = page.locator(".rhoscope")
    root.locator(".show-doubt").check()
    root.locator(".show-arrows").uncheck()
    with opened_alone(page, save_html(page, tmp_path / "doubt.html")) as file:
        file.wait_for_selector(".rhoscope[data-doubtful='true'][data-level='0.002']")
        expect(file.locator(".rhoscope .show-arrows")).not_to_be_checked()
        # Neither was ever asked for.
        expect(file.locator(".rhoscope .formation-choice")).to_be_hidden()
        expect(file.locator(".rhoscope .potential-switch")).to_be_hidden()
    root.get_by_role("radio", name="Bond formation").check()
    page.wait_for_selector(".rhoscope[data-shown='formation']")
    root.locator(".number").fill("0.03")
    root.locator(".number").press("Enter")
    with opened_alone(page, save_html(page, tmp_path / "formation.html")) as file:
        file.wait_for_selector(".rhoscope[data-shown='formation'][data-level='0.03']")


def test_it_says_nothing_of_the_server_it_came_from(page: Page, server: str, tmp_path: Path) -> None:
    page.goto(f"{server}/?smiles=O&labels=atoms")
    wait_for_atoms(page, 3)
    wait_for_rest(page)
    assert query(page)["smiles"] == "O"
    text = save_html(page, tmp_path / "view.html").read_text()
    assert server not in text and "localhost" not in text and '"link"' not in text and '"version"' not in text


def test_what_is_gone_from_the_server_is_said(page: Page, server: str) -> None:
    open_example(page, server, "water-1", 3)
    root = page.locator(".rhoscope")
    root.evaluate("root => { root.panel.scene.field.url = 'fields/none'; }")
    root.locator(".save-html").click()
    expect(root.locator(".note")).to_contain_text("no longer on the server")


def test_the_pictures_as_one_file_open_as_they_were_without_any_server(page: Page, server: str, tmp_path: Path) -> None:
    shown = "difference=0.004&opacity=0.5&slice=0_0.6_0.8_0.4&picked=1_2&labels=atoms&part=electronic"
    root = dimer(page, server, f"&{shown}")
    page.wait_for_selector(".rhoscope[data-slice]")
    expect(root.locator(".legend-title").first).to_contain_text("lectron")
    root.locator(".canvas").first.focus()
    for key in ("ArrowLeft", "ArrowUp", "+"):
        page.keyboard.press(key)
    wait_for_rest(page)
    with opened_alone(page, save_html(page, tmp_path / "views.html")) as file_page:
        file_page.wait_for_selector(".rhoscope[data-drawn][data-slice] .pane")
        there = file_page.locator(".rhoscope")
        assert there.locator(".pane-label").all_inner_texts() == root.locator(".pane-label").all_inner_texts()
        cameras = "root => root.panel.stages.flatMap(({ viewer }) => viewer.getView())"
        assert there.evaluate(cameras) == pytest.approx(root.evaluate(cameras), abs=1e-3)
        for name in ("data-level", "data-difference-level", "data-picked", "data-shown"):
            assert there.get_attribute(name) == root.get_attribute(name), name
        for text in (".slice-title", ".legend-title", ".note"):
            assert there.locator(text).all_inner_texts() == root.locator(text).all_inner_texts(), text
        assert there.locator(".opacity").input_value() == "0.5"
        assert there.evaluate(ARROWS_OF_PANES) == pytest.approx(root.evaluate(ARROWS_OF_PANES), abs=1e-4)
        assert there.evaluate(SURFACES) == root.evaluate(SURFACES)
        # It can be changed there; nothing is offered that a server would have to make.
        there.locator(".of-difference .slider").press("ArrowRight")
        assert there.get_attribute("data-difference-level") != root.get_attribute("data-difference-level")
        for nothing in (".save-html", ".part-choice", ".formation-choice"):
            expect(there.locator(nothing)).to_be_hidden()
        assert there.locator(".shading option").all_inner_texts() == ["nothing", "difference of density"]


def test_a_name_that_is_a_script_stays_a_name_in_the_file(page: Page, server: str, tmp_path: Path) -> None:
    root = dimer(page, server)
    hostile = "</script><script>document.title='hit'</script>"
    root.evaluate("(root, title) => { root.panel.scene.title = title; }", hostile)
    path = save_html(page, tmp_path / "hostile.html")
    assert hostile not in path.read_text(encoding="utf-8")
    with opened_alone(page, path) as file_page:
        file_page.wait_for_selector(".rhoscope[data-drawn] .pane")
        assert file_page.locator("h1").inner_text() == file_page.title() == hostile
