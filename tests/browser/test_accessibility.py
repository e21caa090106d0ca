"""axe (Deque's checker) finds nothing serious on any page; the projector mode is larger, and stays."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.viewing import open_example, wait_for_atoms, wait_until
from tests.molecules import atoms_of, capped, ligand
from tests.running_app import PATIENCE_SECONDS
from tests.view.test_plots import luminance

pytestmark = pytest.mark.browser
GRAVE = ("serious", "critical")


def grave(page: Page) -> list[str]:
    """What axe calls serious or critical: rule, first element, and why."""
    found = []
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in GRAVE:
            node = violation["nodes"][0]
            found.append(f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium: Browser, server: str, scheme: str) -> None:
    """Explore with a picture, Compare before and after a calculation, About."""
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    try:
        page = context.new_page()
        page.goto(f"{server}/?example=formamide")
        wait_for_atoms(page, 6)
        found = {"explore": grave(page)}
        page.get_by_role("link", name="Compare").click()
        expect(page.get_by_text("Take it away")).to_be_visible()
        page.wait_for_selector(".rhoscope[data-drawn]")
        found["compared"] = grave(page)
        page.get_by_role("button", name="Calculate it here").click()
        expect(page.get_by_role("button", name="Run the DFT calculation")).to_be_visible()
        found["before"] = grave(page)
        page.get_by_role("link", name="About").click()
        expect(page.get_by_role("heading", name="Model cards")).to_be_visible()
        found["about"] = grave(page)
        assert found == dict.fromkeys(found, [])
    finally:
        context.close()


@pytest.fixture
def dark(chromium: Browser, server: str) -> Iterator[Page]:
    """Explore in the dark theme, of somebody who asks for less motion and has no pointer that hovers."""
    context = chromium.new_context(
        color_scheme="dark",
        reduced_motion="reduce",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(f"{server}/?example=water-1")
    wait_for_atoms(page, 3)
    yield page
    context.close()


def style(locator: Locator, name: str) -> str:
    return str(locator.evaluate(f"element => getComputedStyle(element).getPropertyValue('{name}')"))


def contrast(one: str, other: str) -> float:
    """Of two colours as rgb(r, g, b), as WCAG 2 defines it."""
    parts = [[int(part) for part in re.findall(r"\d+", color)[:3]] for color in (one, other)]
    low, high = sorted(luminance("#" + "".join(f"{part:02x}" for part in color)) for color in parts)
    return (high + 0.05) / (low + 0.05)


def test_the_buttons_of_a_form_can_be_read_in_the_dark(dark: Page, tmp_path: Path) -> None:
    path = tmp_path / "unknown.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + ligand("CCO", "QQQ") + "END\n")
    dark.get_by_text("File", exact=True).click()
    dark.locator("input[type=file]").set_input_files(path)
    button = dark.get_by_role("button", name="Prepare again")
    expect(button).to_be_visible()
    assert contrast(style(button.locator("p"), "color"), style(button, "background-color")) > 4.5
    # Whole words on a phone, too.
    chosen = dark.get_by_role("combobox", name="Hydrogens")
    assert chosen.evaluate("element => element.scrollWidth <= element.clientWidth")


LETTERS = """() => {
  const on = (element) => { const { backgroundColor } = getComputedStyle(element);
    return /[^,]+, [^,]+, [^,]+, 0\\)/.test(backgroundColor) ? on(element.parentElement) : backgroundColor; };
  const axes = '.js-plotly-plot :is(.xtick, .ytick, .infolayer) text';
  return [...document.querySelectorAll(`[data-testid=stCode] .token, ${axes}`)].map((element) => {
    const { color, fill } = getComputedStyle(element), name = element.className.baseVal ?? element.className;
    return [name, element.matches('text') ? fill : color, on(element)]; }); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_python_and_figures_can_be_read(chromium: Browser, server: str, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    try:
        page = context.new_page()
        page.goto(f"{server}/who_sees_whom")
        page.get_by_text("The same in Python").click()
        page.wait_for_selector("[data-testid=stCode] .token.keyword")
        page.wait_for_selector(".js-plotly-plot .annotation-text")
        letters = page.evaluate(LETTERS)
        assert len({name for name, *_ in letters}) > 4
        assert {name: contrast(color, ground) for name, color, ground in letters if contrast(color, ground) < 4.5} == {}
    finally:
        context.close()


def test_who_asks_for_less_motion_gets_none(dark: Page) -> None:
    durations = dark.evaluate(
        """() => [...document.querySelectorAll('.stApp *')].flatMap((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return `${transitionDuration},${animationDuration}`.split(',').map(parseFloat); })"""
    )
    assert max(durations) <= 1e-5


def test_the_tools_of_a_table_lie_over_nothing_where_they_stay(dark: Page) -> None:
    dark.get_by_text("Force on each atom", exact=True).click()
    table, tools = dark.get_by_test_id("stDataFrame"), dark.get_by_test_id("stElementToolbar")
    expect(table).to_be_visible()
    choice, place = dark.get_by_text("Hydrogen bonds", exact=True).bounding_box(), tools.first.bounding_box()
    assert choice and place and place["y"] >= choice["y"] + choice["height"]


def test_the_keyboard_shows_where_it_is(explore: Page) -> None:
    for name in ("Explore", "Compare"):
        explore.keyboard.press("Tab")
        while explore.evaluate("document.activeElement.innerText.includes('Skip')"):
            explore.keyboard.press("Tab")
        link = explore.get_by_role("link", name=name).first
        expect(link).to_be_focused()
        assert (style(link, "outline-style"), style(link, "outline-width")) == ("solid", "2px")
        assert contrast(style(link, "outline-color"), "rgb(251, 252, 253)") > 4.5


def test_projector_mode_is_larger_and_stays_from_page_to_page(page: Page, server: str) -> None:
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    page.goto(f"{server}/about")
    expect(page.get_by_role("heading", name="Model cards")).to_be_visible()
    before = page.evaluate(size)
    page.get_by_text("Projector", exact=True).click()
    wait_until(page, f"({size})() >= 1.3 * {before}")
    page.get_by_role("link", name="Explore").click()
    page.wait_for_selector(".rhoscope[data-drawn]")
    assert page.evaluate(size) >= 1.3 * before
    page.goto(f"{server}/about?projector=1")
    wait_until(page, f"({size})() >= 1.3 * {before}")


def test_names_in_the_picture_grow_with_the_letters_of_the_page(page: Page, server: str) -> None:
    open_example(page, server, "water-2", 6)
    page.locator(".rhoscope .labels").select_option("atoms")
    root = page.locator(".rhoscope")
    sizes = "root => root.panel.stage.viewer.labels.map((label) => label.stylespec.fontSize)"
    before = root.evaluate(sizes)
    assert len(before) == 6
    page.get_by_text("Projector", exact=True).click()
    expect(root).to_be_visible()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not min(root.evaluate(sizes)) >= 1.25 * max(before):
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def test_the_picture_is_told_in_words_that_follow_it(page: Page, server: str) -> None:
    open_example(page, server, "water-2", 6)
    words = page.locator(".rhoscope .summary")
    assert words.get_attribute("role") == "status" and words.get_attribute("aria-live") == "polite"
    expect(words).to_have_text(
        re.compile(
            r"^Water dimer, 6 atoms\. .* at 0\.0\d+ electrons per cubic bohr: .*inside.*\. Arrows: force, the long"
        )
    )
    # It is there, and takes no room.
    box = words.bounding_box()
    assert box is not None and box["width"] <= 1 and box["height"] <= 1
    before = words.inner_text()
    page.locator(".rhoscope .slider").press("ArrowRight")
    expect(words).not_to_have_text(before)
    page.locator(".rhoscope .show-arrows").uncheck()
    expect(words).not_to_contain_text("Arrows")
    page.locator(".rhoscope .show-slice").check()
    expect(words).to_contain_text("A slice shows the density.")
    page.get_by_role("link", name="Compare").click()
    page.wait_for_selector(".rhoscope[data-drawn] .pane")
    expect(words).to_contain_text("Predicted and DFT at ")
    expect(words).to_contain_text("Difference at ±")
    assert words.inner_text().count("Arrows: ") == 3
    expect(words).to_contain_text("Arrows: DFT force, the longest ")
