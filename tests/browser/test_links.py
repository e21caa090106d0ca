"""The address bar holds what is shown and how, and a link opened elsewhere shows the same picture."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.viewing import (
    choose_example,
    elsewhere,
    picture,
    query,
    upload,
    view,
    wait_for_atoms,
    wait_for_query,
    wait_for_rest,
    wait_until,
)
from tests.chem.test_subject import WATERS

pytestmark = pytest.mark.browser


def test_a_link_opened_elsewhere_shows_the_same_picture(explore: Page, chromium: Browser) -> None:
    choose_example(explore, "Water trimer, a ring")
    wait_for_atoms(explore, 9)
    wait_for_query(explore, example="water-3")
    # The camera is told when somebody has moved it, and what stands as it begins is not told.
    assert set(query(explore)) == {"example", "model", "level"}
    root = explore.locator(".rhoscope")
    root.get_by_role("button", name="0.002", exact=True).click()
    root.locator(".show-arrows").uncheck()
    root.locator(".opacity").fill("0.35")
    root.locator(".length").fill("0.5")
    root.locator(".canvas").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "+"):
        explore.keyboard.press(key)
    wait_for_query(explore, level="0.002", forces="off", opacity="0.35", arrows="0.5")
    wait_for_rest(explore)
    assert len(query(explore)["view"]) < 80 and len(explore.url) < 300
    other = elsewhere(chromium, explore.url)
    try:
        wait_for_atoms(other, 9)
        expect(other.get_by_text("H₆O₃, 9 atoms")).to_be_visible()
        wait_for_rest(other)
        assert query(other) == query(explore)
        assert view(other) == pytest.approx(view(explore), abs=6e-4)
        assert other.locator(".rhoscope").get_attribute("data-level") == "0.002"
        difference = np.abs(picture(other) - picture(explore)).sum(-1)
        assert (difference > 30).mean() < 2e-3
        # It would not be, were the camera another.
        other.locator(".rhoscope .home").click()
        assert (np.abs(picture(other) - picture(explore)).sum(-1) > 30).mean() > 0.05
    finally:
        other.close()


def test_turning_writes_the_address_at_rest_and_tells_the_server_nothing(explore: Page) -> None:
    explore.wait_for_timeout(2000)
    explore.evaluate(
        """() => { const send = WebSocket.prototype.send; window.frames_sent = 0;
        WebSocket.prototype.send = function (...all) { window.frames_sent += 1; return send.apply(this, all); };
        const replace = history.replaceState; window.written = 0; window.entries = history.length;
        history.replaceState = function (...all) { window.written += 1; return replace.apply(this, all); }; }"""
    )
    box = explore.locator(".rhoscope .canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 60
    explore.mouse.move(x, y)
    explore.mouse.down()
    for step in range(12):
        explore.mouse.move(x + 6 * step, y + 2 * step)
        explore.evaluate("new Promise((done) => requestAnimationFrame(done))")
    written_while_moving = explore.evaluate("window.written")
    explore.mouse.up()
    wait_for_rest(explore)
    assert "view" in query(explore)
    assert written_while_moving == 0 and 1 <= explore.evaluate("window.written") <= 2
    assert explore.evaluate("window.frames_sent") == 0
    assert explore.evaluate("history.length === window.entries")


def test_camera_and_level_go_along_to_other_pages_and_into_their_links(explore: Page, chromium: Browser) -> None:
    choose_example(explore, "Formamide")
    wait_for_query(explore, example="formamide")
    wait_for_atoms(explore, 6)
    root = explore.locator(".rhoscope")
    root.locator(".canvas").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        explore.keyboard.press(key)
    root.locator(".number").fill("0.004")
    root.locator(".number").press("Enter")
    wait_for_query(explore, level="0.004")
    wait_for_rest(explore)
    turned = query(explore)["view"]
    explore.get_by_role("link", name="Compare").click()
    explore.wait_for_selector(".rhoscope[data-drawn] .pane")
    wait_for_query(explore, level="0.004")
    wait_for_rest(explore)
    assert query(explore)["view"].split("_")[4:] == turned.split("_")[4:]
    other = elsewhere(chromium, explore.url)
    try:
        other.wait_for_selector(".rhoscope[data-drawn] .pane")
        quaternion = other.locator(".rhoscope").evaluate("root => root.panel.stages[0].viewer.getView().slice(4)")
        assert quaternion == pytest.approx([float(x) for x in turned.split("_")[4:]], abs=1e-3)
    finally:
        other.close()
    # Chosen there, it holds here.
    root.locator(".of-densities .number").fill("0.008")
    root.locator(".of-densities .number").press("Enter")
    explore.get_by_role("link", name="Explore").click()
    wait_for_atoms(explore, 6)
    wait_for_query(explore, level="0.008")


def test_colours_and_pages_are_in_it(explore: Page, chromium: Browser) -> None:
    choose_example(explore, "Water dimer")
    wait_for_atoms(explore, 6)
    root = explore.locator(".rhoscope")
    root.locator(".show-potential").check()
    explore.wait_for_selector(".rhoscope[data-colored='true']")
    root.locator(".range-value").fill("25")
    root.locator(".range-value").press("Enter")
    root.locator(".number").fill("0.004")
    root.locator(".number").press("Enter")
    root.locator(".coloring").select_option("error")
    wait_for_query(explore, potential="on", range="25", level="0.004", atoms="error")
    address = explore.url
    # Another page has an address of its own, and on the way back everything is as it was.
    explore.get_by_role("link", name="About").click()
    expect(explore.get_by_role("heading", name="Method")).to_be_visible()
    assert query(explore) == {}
    explore.get_by_role("link", name="Explore").click()
    wait_for_atoms(explore, 6)
    wait_for_query(explore, example="water-2", potential="on", range="25", level="0.004")
    expect(explore.get_by_role("radio", name="Water dimer", exact=True)).to_be_checked()
    other = elsewhere(chromium, address)
    try:
        wait_for_atoms(other, 6)
        other.wait_for_selector(".rhoscope[data-colored='true']")
        wait_for_query(other, potential="on", range="25", level="0.004", atoms="error")
        assert other.locator(".rhoscope .range-low").inner_text() == "−25"
        expect(other.locator(".rhoscope .colors")).to_contain_text("outside the domain")
        assert other.url == address
    finally:
        other.close()


def test_what_is_made_on_demand_and_a_slice_are_in_it(page: Page, server: str) -> None:
    page.goto(f"{server}/?example=water-1&formation=on&lobes=0.01&slice=0_0.6_0.8_0.4&level=0.05")
    wait_for_atoms(page, 3)
    page.wait_for_selector(".rhoscope[data-shown='formation'][data-slice='0.400']")
    root = page.locator(".rhoscope")
    assert root.get_attribute("data-level") == "0.01"
    assert root.evaluate("root => root.panel.slice.plane.normal") == pytest.approx([0.0, 0.6, 0.8], abs=1e-3)
    wait_for_query(page, formation="on", lobes="0.01", slice="0_0.6_0.8_0.4", level="0.05")
    root.locator(".slice-normals").get_by_role("button", name="x", exact=True).click()
    root.get_by_role("radio", name="Density").check()
    wait_until(page, "/slice=x_/.test(location.search) && !/formation|lobes/.test(location.search)")
    assert root.get_attribute("data-level") == "0.05"


def test_what_makes_no_sense_is_left_out_with_a_word(page: Page, server: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a script of the address ran"))
    hostile = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
    bad = f"opacity=7&level=nan&view=1_2_3&arrows={hostile}&density=maybe&{hostile}=1&atoms={hostile}&forces=off"
    bad += "&formation=maybe&slice=up_1"
    page.goto(f"{server}/?example=water-1&{bad}&range={'9' * 300}")
    wait_for_atoms(page, 3)
    note = page.locator(".rhoscope .link-note")
    odd = (
        "opacity=7",
        "level=nan",
        "view=1_2_3",
        "arrows=<img",
        "density=maybe",
        "<img src",
        "formation=maybe",
        "slice=up_1",
    )
    for name in (*odd, "atoms=<img"):
        expect(note).to_contain_text(name)
    assert page.locator("img[src=x]").count() == 0
    wait_for_rest(page)
    assert set(query(page)) == {"example", "model", "level", "forces"}
    assert page.locator(".rhoscope .opacity").input_value() == "0.6"


def test_a_link_of_another_model_says_so(page: Page, server: str) -> None:
    page.goto(f"{server}/?example=water-1&model=01234567")
    wait_for_atoms(page, 3)
    expect(page.get_by_test_id("stAlertContentInfo")).to_contain_text("another model (01234567)")
    wait_for_rest(page)
    assert query(page)["model"] != "01234567"
    choose_example(page, "Water dimer")
    wait_for_atoms(page, 6)
    expect(page.get_by_test_id("stAlertContentInfo")).to_have_count(0)


def test_copy_link_says_that_it_did(explore: Page) -> None:
    explore.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explore.locator(".rhoscope").get_by_role("button", name="Copy link").click()
    expect(explore.locator(".rhoscope .link-note")).to_have_text("Link copied. ")
    assert explore.evaluate("navigator.clipboard.readText()") == explore.url
    assert query(explore)["example"] == "water-8"


def test_a_file_of_ones_own_opens_on_the_same_server(explore: Page, chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "mine.xyz"
    path.write_text("3\nmy <b>own</b> water\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n")
    upload(explore, path)
    wait_for_atoms(explore, 3)
    wait_until(explore, "location.search.includes('structure=')")
    explore.locator(".rhoscope").get_by_role("button", name="Copy link").click()
    expect(explore.locator(".rhoscope .link-note")).to_contain_text("on this server only")
    other = elsewhere(chromium, explore.url)
    try:
        wait_for_atoms(other, 3)
        expect(other.get_by_text("my <b>own</b> water", exact=True)).to_be_visible()
        wait_for_rest(other)
        assert query(other)["structure"] == query(explore)["structure"]
    finally:
        other.close()


def test_a_file_that_is_not_there_says_what_to_do(page: Page, server: str) -> None:
    page.goto(f"{server}/?structure={'0' * 32}&level=0.02")
    alert = page.get_by_test_id("stAlertContentError")
    expect(alert).to_contain_text("not kept on this server")
    expect(alert).to_contain_text("open it under File")
    wait_for_atoms(page, 24)
    wait_for_rest(page)
    assert query(page) == {"structure": "0" * 32, "level": "0.02"}


def test_a_link_that_failed_stays_so_that_it_can_be_tried_again(
    page: Page, server: str, archive: tuple[str, Path]
) -> None:
    page.goto(f"{server}/?id=9TRY&forces=off&molecule=cartoon")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("9try")
    wait_for_atoms(page, 24)
    wait_for_rest(page)
    assert {"id": "9TRY", "forces": "off", "molecule": "cartoon"}.items() <= query(page).items()
    (archive[1] / "9try.pdb").write_text(WATERS)
    page.reload()
    wait_for_atoms(page, 6)
    # Another failure is not of the link: the address is that of what is shown.
    page.get_by_label("Id of PDB, AlphaFold DB or PubChem").fill("8nix")
    page.get_by_label("Id of PDB, AlphaFold DB or PubChem").press("Enter")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("8nix")
    wait_for_query(page, id="9TRY")


def test_a_smiles_with_its_charge_opens_from_a_link(explore: Page, server: str) -> None:
    explore.goto(f"{server}?smiles=C[NH3%2B]&charge=1")
    wait_for_atoms(explore, 8)
    expect(explore.get_by_role("textbox", name="SMILES")).to_have_value("C[NH3+]")
    wait_for_query(explore, smiles="C[NH3+]", charge="1")


def test_a_hostile_link_is_text(explore: Page, server: str) -> None:
    explore.on("dialog", lambda dialog: pytest.fail("a script of the address ran"))
    explore.goto(f"{server}?smiles=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(explore.get_by_test_id("stAlertContentError")).to_be_visible()
    # What is shown is the default example still.
    wait_for_atoms(explore, 24)


def test_compare_has_a_link_too(page: Page, server: str, chromium: Browser) -> None:
    """At another level of theory: before there is a result, and with its pictures."""
    page.goto(f"{server}/compare?smiles=C&functional=PBE&basis=pcseg-1&opacity=0.3&pane=<b>")
    expect(page.get_by_text("A PBE/pcseg-1 calculation of this structure")).to_be_visible()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    wait_for_query(page, smiles="C", functional="PBE", basis="pcseg-1")
    page.get_by_role("button", name="Run the DFT calculation").click()
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='5'] .pane")
    root = page.locator(".rhoscope")
    # What the link said of the picture holds for it now.
    expect(root.locator(".opacity")).to_have_value("0.3")
    expect(root.locator(".link-note")).to_contain_text("pane=<b>")
    root.locator(".of-densities .number").fill("0.05")
    root.locator(".of-densities .number").press("Enter")
    root.locator(".of-difference .number").fill("0.003")
    root.locator(".of-difference .number").press("Enter")
    root.locator(".canvas").nth(1).focus()
    for key in ("ArrowLeft", "ArrowUp", "-"):
        page.keyboard.press(key)
    wait_for_query(page, level="0.05", difference="0.003", opacity="0.3", functional="PBE", basis="pcseg-1")
    wait_for_rest(page)
    views = "root => root.panel.stages.map((stage) => stage.viewer.getView())"
    other = elsewhere(chromium, page.url)
    try:
        other.wait_for_selector(".rhoscope[data-drawn][data-atoms='5'] .pane")
        wait_for_rest(other)
        assert query(other) == query(page)
        for mine, theirs in zip(root.evaluate(views), other.locator(".rhoscope").evaluate(views), strict=True):
            assert theirs == pytest.approx(mine, abs=6e-4)
    finally:
        other.close()
