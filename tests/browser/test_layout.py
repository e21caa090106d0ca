"""A phone, a dark theme, a keyboard: nothing runs out of the screen, nothing is without a name."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE_SECONDS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/", "/compare", "/about"])
def test_a_phone_has_no_horizontal_scroll(page: Page, server: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server + path)
    page.get_by_test_id("stMain").locator("[data-testid=stMarkdownContainer]:visible").first.wait_for()
    if path == "/":
        page.wait_for_selector(".rhoscope[data-drawn]")
        # What this is stands above the picture, which is on the first screen nevertheless.
        assert page.get_by_text("predicts the electron density of a molecule").is_visible()
        canvas = page.locator(".rhoscope .canvas").bounding_box()
        assert canvas and canvas["y"] + canvas["height"] < 844
    page.wait_for_timeout(1500)
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
        .map((element) => element.scrollWidth - element.clientWidth)"""
    )
    assert max(wide) <= 0


def test_the_atom_of_the_largest_force_is_named_on_a_tablet(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 820, "height": 1180})
    page.goto(f"{server}/?example=alanine-dipeptide")
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='22']")
    label = page.get_by_test_id("stMetricLabel").filter(has_text="Largest force").locator("p")
    # As long as a residue's atom is named.
    label.evaluate("element => { element.textContent = 'Largest force (HIS A 16 CE1)'; }")
    box, column = label.bounding_box(), page.get_by_test_id("stMetric").last.bounding_box()
    assert box and column and box["x"] + box["width"] <= column["x"] + column["width"]
    assert label.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_the_buttons_of_a_workshop_page_stay_together_on_a_phone(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/break_it")
    page.wait_for_selector(".rhoscope[data-drawn]")
    words, again = (page.get_by_role("button", name=name).bounding_box() for name in ("Words", "Start again"))
    assert words and again and abs(words["y"] - again["y"]) < 5


def test_figures_and_tables_are_whole_on_a_phone(chromium: Browser, server: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    try:
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        page.goto(f"{server}/compare?example=water-2")
        page.get_by_text("Reference: PBE0/pcseg-2").wait_for()
        table = page.locator(".st-key-regions table")
        assert table.evaluate("table => table.scrollWidth - table.clientWidth") <= 0
        bars = page.locator(".js-plotly-plot .modebar")
        bars.nth(1).wait_for(state="attached")
        page.wait_for_timeout(1500)
        assert not any(bar.is_visible() for bar in bars.all())
        for figure in page.locator(".js-plotly-plot").all():
            legend, plot = (figure.locator(part).first.bounding_box() for part in (".legend .bg", ".nsewdrag"))
            assert legend and plot and legend["y"] + legend["height"] <= plot["y"]
    finally:
        context.close()


def test_every_control_of_the_viewer_has_a_name(explore: Page) -> None:
    nameless = explore.locator(".rhoscope").evaluate(
        """root => [...root.querySelectorAll('input, button, [tabindex]')].filter((control) =>
        !(control.labels?.length || control.textContent.trim() || control.ariaLabel)).map((c) => c.className)"""
    )
    assert nameless == []


def test_the_picture_follows_a_dark_theme(chromium: Browser, server: str) -> None:
    context = chromium.new_context(color_scheme="dark", viewport={"width": 1000, "height": 800})
    try:
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        page.goto(server)
        page.wait_for_selector(".rhoscope[data-drawn]")
        assert page.locator(".rhoscope").evaluate("root => root.panel.stage.background").lower() == "#0f161c"
    finally:
        context.close()


def test_keys_that_belong_to_streamlit_do_nothing_in_the_viewer(explore: Page) -> None:
    canvas = explore.locator(".rhoscope .canvas")
    canvas.focus()
    before = explore.locator(".rhoscope").evaluate("root => root.panel.stage.viewer.getView()")
    taken = canvas.evaluate(
        """canvas => ['r', 'c'].map((key) => {
        const event = new KeyboardEvent('keydown', { key, bubbles: false, cancelable: true });
        return !canvas.dispatchEvent(event); })"""
    )
    assert taken == [False, False]
    assert explore.locator(".rhoscope").evaluate("root => root.panel.stage.viewer.getView()") == before


@pytest.mark.parametrize("width", [390, 1400])
def test_all_atoms_are_in_sight_and_fill_it(page: Page, server: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server)
    page.wait_for_selector(".rhoscope[data-drawn]")
    places = page.locator(".rhoscope").evaluate(
        """root => { const { viewer, host } = root.panel.stage, box = host.getBoundingClientRect();
        const { scrollX, scrollY } = window;
        return viewer.getModel().selectedAtoms({}).map((atom) => { const at = viewer.modelToScreen(atom);
            return [(at.x - scrollX - box.left) / box.width, (at.y - scrollY - box.top) / box.height]; }); }"""
    )
    assert len(places) == 24
    assert all(0.03 < part < 0.97 for place in places for part in place)
    assert max(max(axis) - min(axis) for axis in zip(*places, strict=True)) > 0.4
