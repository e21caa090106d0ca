"""axe (Deque's checker) finds nothing serious on any page; the projector mode is larger, and stays."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_SECONDS
from tests.browser.viewing import open_example, wait_for_atoms, wait_until

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
    deadline = time.monotonic() + 60.0
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
