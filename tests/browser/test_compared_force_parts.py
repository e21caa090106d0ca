"""Arrows of a part of the forces in all pictures of Compare: asked for once, adding up, and a zero that says why."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_compared_looks import VIEWS, dimer
from tests.browser.viewing import (
    count_frames_sent,
    wait_for_query,
)

pytestmark = pytest.mark.browser

ARROWS = "root => root.panel.stages.map(({ arrows }) => Boolean(arrows?.meshes.length))"


def shown(root: Locator) -> np.ndarray:
    """(3, 6, 3) of each picture, meV/angstrom."""
    return np.array(root.evaluate("root => [0, 1, 2].map((k) => root.panel.forces.of(k).forces)")).reshape(3, -1, 3)


def chosen(root: Locator, part: str, words: str) -> np.ndarray:
    root.locator(".part").select_option(part)
    # How atoms share a density is no error.
    names = ("Predicted force", "DFT force", f"{'Difference' if part in ('near', 'far') else 'Error'} of the force")
    expect(root.locator(".pane .legend-title")).to_have_text([f"{name}, {words}meV/Å" for name in names])
    return shown(root)


def test_parts_are_sent_when_asked_for_and_add_up(page: Page, server: str) -> None:
    root = dimer(page, server)
    root.locator(".canvas").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(500)
    views, total = root.evaluate(VIEWS), shown(root)
    assert root.evaluate("root => root.panel.scene.force_part") is None
    electronic = chosen(root, "electronic", "electronic part, ")
    near = chosen(root, "near", "near part (< 5 Å), ")
    root.locator(".within").fill("2")
    root.locator(".within").press("Enter")
    expect(root.locator(".pane .legend-title").first).to_have_text("Predicted force, near part (< 2 Å), meV/Å")
    nearer, farther = shown(root), chosen(root, "far", "far part (> 2 Å), ")
    assert nearer + farther == pytest.approx(total, abs=0.16)
    # Its atoms are all within 5 angstrom of each other.
    assert near == pytest.approx(total, abs=0.6) and np.abs(farther[:2]).max() > 100.0
    # The error of the whole is that of the electrons.
    assert electronic[2] == pytest.approx(total[2], abs=0.16)
    assert root.evaluate(ARROWS) == [True] * 3
    expect(root.locator(".pane .note").nth(2)).to_contain_text("Mostly no error")
    page.wait_for_timeout(1500)
    count_frames_sent(page)
    for part, words, forces in (("total", "", total), ("electronic", "electronic part, ", electronic)):
        assert np.array_equal(chosen(root, part, words), forces)
    assert page.evaluate("window.frames_sent") == 0, "what has come is not asked for again"
    assert root.evaluate(VIEWS) == views
    wait_for_query(page, part="electronic")
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="Method")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    page.wait_for_selector(".rhoscope[data-drawn] .pane")
    expect(root.locator(".part")).to_have_value("electronic")
    assert np.array_equal(shown(root), electronic)


def test_the_nuclear_part_differs_by_nothing_and_says_so(page: Page, server: str) -> None:
    root = dimer(page, server)
    notes = root.locator(".pane .note")
    root.locator(".part").select_option("nuclear")
    expect(notes.nth(2)).to_have_text("No arrows: the nuclear part is the same in both, so its difference is zero.")
    expect(notes.first).to_be_hidden()
    predicted, reference, difference = shown(root)
    assert np.array_equal(predicted, reference) and not difference.any()
    assert root.evaluate(ARROWS) == [True, True, False]
    # It stays when the pointer has been elsewhere, and goes with the arrows.
    root.locator(".canvas").nth(2).focus()
    page.keyboard.press("n")
    expect(notes.nth(2)).to_contain_text("Atom 1, O: error of the force, nuclear part 0 meV/Å")
    root.locator(".show-arrows").uncheck()
    expect(notes.nth(2)).to_be_hidden()
    root.locator(".show-arrows").check()
    expect(notes.nth(2)).to_contain_text("its difference is zero")


def test_a_link_has_the_part(page: Page, server: str) -> None:
    root = dimer(page, server, "&part=far&near=2")
    expect(root.locator(".pane .legend-title").nth(1)).to_have_text("DFT force, far part (> 2 Å), meV/Å")
