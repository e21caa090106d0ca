"""The pages of the workshop as a person uses them: the verdict, the address as its state, and a fresh start."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewing import wait_until

pytestmark = pytest.mark.browser


def residual(page: Page) -> float:
    text = page.get_by_test_id("stAlert").inner_text()
    found = re.search(r"Residual ([\d.e+-]+\d)", text)
    assert found, text
    return float(found.group(1))


def test_turn_it(page: Page, server: str) -> None:
    """Mirrored and in float64 by a link; then float32, where more is left; then as it was at first."""
    page.goto(f"{server}/turn_it?molecule=water-1&mirror=True&x=-75&precision=float64&y=999")
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='3']")
    assert residual(page) < 1e-9
    fine = residual(page)
    page.get_by_text("float32", exact=True).click()
    expect(page.get_by_text("for float32")).to_be_visible()
    assert fine < residual(page) < 1e-4
    wait_until(page, "!/precision/.test(location.search) && /mirror=True/.test(location.search)")
    labels = page.locator(".rhoscope").evaluate("root => root.panel.scene.panes.map((pane) => pane.label)")
    assert labels == ["In the new pose", "Before, then turned", "Difference"]
    page.get_by_role("button", name="Start again").click()
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='6']")
    wait_until(page, "!/mirror|molecule|precision/.test(location.search)")


def test_break_it(page: Page, server: str) -> None:
    """Cross products pass the rotation and fail the mirror."""
    page.goto(f"{server}/break_it?molecule=water-1&sabotage=parity")
    page.wait_for_selector(".rhoscope[data-drawn]")
    assert residual(page) < 1e-4
    page.get_by_text("Mirror", exact=True).click()
    wait_until(page, "/Residual .*e-0[123];/.test(document.querySelector('[data-testid=stAlert]').innerText)")


def test_questions_unfold(page: Page, server: str) -> None:
    page.goto(f"{server}/turn_it?molecule=water-1")
    page.wait_for_selector(".rhoscope[data-drawn]")
    page.get_by_text("Questions", exact=True).click()
    page.get_by_role("button", name="How is a density turned without the network?").click()
    expect(page.get_by_text("The density is a sum of functions on the atoms")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("The same in Python").click()
    expect(page.get_by_text("predict_density").first).to_be_visible()
