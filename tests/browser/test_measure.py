"""Picking atoms by click and by tap: distance, angle and dihedral are as RDKit has them, and nothing else moves."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from rdkit import Chem
from rdkit.Chem.rdMolTransforms import GetAngleDeg, GetBondLength, GetDihedralDeg

from core.chem.examples import example
from tests.browser.conftest import PATIENCE_SECONDS
from tests.browser.viewing import choose_example, count_frames_sent, open_example, place_of, view, wait_for_atoms

pytestmark = pytest.mark.browser


def conformer(key: str) -> Chem.Conformer:
    """The example as RDKit has it, without bonds."""
    positions = example(key).positions_angstrom
    made = Chem.Conformer(len(positions))
    for index, position in enumerate(positions.tolist()):
        made.SetAtomPosition(index, position)
    return made


DIMER = conformer("water-2")


@pytest.fixture
def dimer(page: Page, server: str) -> Page:
    open_example(page, server, "water-2", 6)
    page.wait_for_timeout(1500)
    return page


def click(page: Page, atom: int) -> None:
    x, y = place_of(page, atom)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.up()


def number_in(text: str) -> float:
    found = re.search(r": ([−\d.]+)", text)
    assert found, text
    return float(found[1].replace("−", "-"))


def test_two_three_and_four_atoms(dimer: Page) -> None:
    root, note = dimer.locator(".rhoscope"), dimer.locator(".rhoscope .note")
    assert note.get_attribute("role") == "status"
    count_frames_sent(dimer)
    camera = view(dimer)
    written = "root => root.panel.stage.viewer.labels.map((label) => label.text)"

    click(dimer, 0)
    expect(note).to_contain_text("Atom 1, O: force")
    expect(note).to_contain_text("picked")
    click(dimer, 3)
    expect(note).to_contain_text("Distance O1 – O4: ")
    assert number_in(note.inner_text()) == pytest.approx(GetBondLength(DIMER, 0, 3), abs=0.0006)
    assert root.evaluate(written) == [f"{GetBondLength(DIMER, 0, 3):.3f} Å"]
    click(dimer, 4)
    expect(note).to_contain_text("Angle O1 – O4 – H5: ")
    assert number_in(note.inner_text()) == pytest.approx(GetAngleDeg(DIMER, 0, 3, 4), abs=0.051)
    click(dimer, 2)
    expect(note).to_contain_text("Dihedral O1 – O4 – H5 – H3: ")
    turned = number_in(note.inner_text()) - GetDihedralDeg(DIMER, 0, 3, 4, 2)
    assert (turned + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=0.051)
    assert len(root.evaluate(written)) == 1 and root.evaluate(written)[0].endswith("°")

    assert root.get_attribute("data-picked") == "0 3 4 2"
    dimer.keyboard.press("Escape")
    expect(root).to_have_attribute("data-picked", "")
    assert root.evaluate(written) == []
    expect(root.locator(".unpick")).to_be_hidden()
    assert view(dimer) == camera
    assert dimer.evaluate("window.frames_sent") == 0


def test_an_atom_is_let_go_by_another_click_and_a_fifth_begins_anew(dimer: Page) -> None:
    root = dimer.locator(".rhoscope")
    for atom in (0, 3, 4, 3):
        click(dimer, atom)
    expect(root).to_have_attribute("data-picked", "0 4")
    for atom in (3, 2, 0):
        click(dimer, atom)
    expect(root).to_have_attribute("data-picked", "4 3 2")
    click(dimer, 0)
    click(dimer, 1)
    expect(root).to_have_attribute("data-picked", "1")
    root.get_by_role("button", name="Clear selection").click()
    expect(root).to_have_attribute("data-picked", "")


def test_hovering_and_turning_go_on_beside_it(dimer: Page) -> None:
    root, note = dimer.locator(".rhoscope"), dimer.locator(".rhoscope .note")
    click(dimer, 0)
    click(dimer, 3)
    expect(note).to_contain_text("Distance")
    x, y = place_of(dimer, 4)
    dimer.mouse.move(x - 3, y)
    dimer.mouse.move(x, y)
    expect(note).to_contain_text("Atom 5, H: force")
    box = root.locator(".canvas").bounding_box()
    assert box is not None
    corner = box["x"] + 0.9 * box["width"], box["y"] + 0.2 * box["height"]
    dimer.mouse.move(*corner)
    expect(note).to_contain_text("Distance")
    camera = view(dimer)
    dimer.mouse.down()
    dimer.mouse.move(corner[0] - 60, corner[1] + 40, steps=4)
    dimer.mouse.up()
    assert view(dimer) != camera
    assert root.get_attribute("data-picked") == "0 3"
    choose_example(dimer, "Water trimer, a ring")
    wait_for_atoms(dimer, 9)
    expect(root).to_have_attribute("data-picked", "")
    expect(note).to_be_hidden()


def test_a_phone_picks_by_tap(chromium: Browser, server: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=2)
    try:
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        page.goto(server)
        wait_for_atoms(page, 24)
        page.locator(".rhoscope .canvas").scroll_into_view_if_needed()
        page.wait_for_timeout(1500)
        for atom in (0, 3):
            page.touchscreen.tap(*place_of(page, atom))
            page.wait_for_timeout(300)
        expect(page.locator(".rhoscope")).to_have_attribute("data-picked", re.compile(r"^\d+ \d+$"))
        expect(page.locator(".rhoscope .note")).to_contain_text(re.compile(r"Distance \w+ – \w+: \d+\.\d{3} Å"))
    finally:
        context.close()
