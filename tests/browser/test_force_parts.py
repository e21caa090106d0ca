"""Arrows of a part of the force: asked for once, right, adding up, and told by size; the camera stays."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.chem.examples import example
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from tests.browser.viewing import choose_example, count_frames_sent, open_example, view, wait_for_atoms

pytestmark = pytest.mark.browser

TRIMER = example("water-3")
SHOWN = "root => root.panel.parts.shown.forces"
ARROWS = "root => root.panel.stage.arrows.geo.geometryGroups.reduce((sum, group) => sum + group.vertices, 0)"
VERTICES_OF_ARROW = 41


@pytest.fixture
def trimer(page: Page, server: str) -> Page:
    open_example(page, server, "water-3", 9)
    page.wait_for_timeout(1500)
    return page


def shown(page: Page) -> np.ndarray:
    return np.array(page.locator(".rhoscope").evaluate(SHOWN)).reshape(-1, 3)


def chosen(page: Page, part: str, title: str) -> np.ndarray:
    page.locator(".rhoscope .part").select_option(part)
    expect(page.locator(".rhoscope .legend-title").first).to_have_text(f"{title}, meV/Å")
    return shown(page)


def coulomb_mev_per_angstrom() -> np.ndarray:
    charges, positions = TRIMER.atomic_numbers, TRIMER.positions_bohr
    forces = np.zeros_like(positions)
    for a, b in np.argwhere(~np.eye(len(charges), dtype=bool)):
        vector = positions[a] - positions[b]
        forces[a] += charges[a] * charges[b] * vector / np.linalg.norm(vector) ** 3
    return forces * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def test_parts_are_sent_when_asked_for_and_add_up(trimer: Page) -> None:
    root = trimer.locator(".rhoscope")
    root.locator(".canvas").focus()
    trimer.keyboard.press("ArrowLeft")
    camera, total = view(trimer), shown(trimer)
    assert root.evaluate("root => root.panel.scene.force_part") is None
    nuclear = chosen(trimer, "nuclear", "Nuclear part")
    assert nuclear == pytest.approx(coulomb_mev_per_angstrom(), abs=0.06)
    electronic = chosen(trimer, "electronic", "Electronic part")
    assert nuclear + electronic == pytest.approx(total, abs=0.16)
    near = chosen(trimer, "near", "Near part (< 5 Å)")
    root.locator(".within").fill("3")
    root.locator(".within").press("Enter")
    expect(root.locator(".legend-title").first).to_have_text("Near part (< 3 Å), meV/Å")
    nearer, farther = shown(trimer), chosen(trimer, "far", "Far part (> 3 Å)")
    assert nearer + farther == pytest.approx(total, abs=0.16)
    assert np.abs(near - nearer).max() > 1.0
    expect(root.locator(".note")).to_be_hidden()

    trimer.wait_for_timeout(1500)
    count_frames_sent(trimer)
    for part, title, forces in (
        ("total", "Force", total),
        ("nuclear", "Nuclear part", nuclear),
        ("far", "Far part (> 3 Å)", farther),
    ):
        assert np.array_equal(chosen(trimer, part, title), forces)
    assert trimer.evaluate("window.frames_sent") == 0, "what has come is not asked for again"
    assert view(trimer) == camera

    trimer.get_by_role("link", name="About").click()
    expect(trimer.get_by_role("heading", name="Method")).to_be_visible()
    trimer.get_by_role("link", name="Explore").click()
    wait_for_atoms(trimer, 9)
    expect(root.locator(".part")).to_have_value("far")
    expect(root.locator(".legend-title").first).to_have_text("Far part (> 3 Å), meV/Å")
    choose_example(trimer, "Water dimer")
    wait_for_atoms(trimer, 6)
    expect(root.locator(".part")).to_have_value("total")
    expect(root.locator(".legend-title").first).to_have_text("Force, meV/Å")


def test_small_arrows_are_left_out_in_the_browser(trimer: Page) -> None:
    root = trimer.locator(".rhoscope")
    sizes = np.sort(np.linalg.norm(shown(trimer), axis=1))
    assert root.evaluate(ARROWS) == VERTICES_OF_ARROW * len(sizes)
    count_frames_sent(trimer)
    camera = view(trimer)
    least = round(float(sizes[5:7].mean()), 1)
    root.locator(".least").fill(f"{least}".replace(".", ","))
    root.locator(".least").press("Enter")
    assert root.evaluate(ARROWS) == VERTICES_OF_ARROW * 3
    expect(root.locator(".count").first).to_have_text(f"3 of 9 above {least:,}")
    for nonsense in ("many", ""):
        root.locator(".least").fill(nonsense)
        root.locator(".least").press("Enter")
        assert root.locator(".least").input_value() == f"{least:g}"
    root.locator(".least").fill("0")
    root.locator(".least").press("Enter")
    assert root.evaluate(ARROWS) == VERTICES_OF_ARROW * len(sizes)
    expect(root.locator(".count").first).to_have_text("")
    assert view(trimer) == camera
    assert trimer.evaluate("window.frames_sent") == 0


def test_a_part_that_is_nothing_says_so(page: Page, server: str) -> None:
    """No atom of one water is farther than 5 angstrom from another."""
    open_example(page, server, "water-1", 3)
    root = page.locator(".rhoscope")
    root.locator(".part").select_option("far")
    expect(root.locator(".note")).to_have_text("No arrows: far part (> 5 Å) is zero on every atom.")
    root.locator(".part").select_option("total")
    expect(root.locator(".legend-title").first).to_be_visible()
    expect(root.locator(".note")).to_be_hidden()
