"""Back and Forward go from structure to structure, and the address bar keeps up with what is shown."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewing import choose_example, wait_for_atoms, wait_for_query, wait_for_rest, wait_until

pytestmark = pytest.mark.browser

# From now on window.asked says of each question to the server about a structure whether it is marked as one of Back.
ASKED = """() => { const send = WebSocket.prototype.send; window.asked = [];
  WebSocket.prototype.send = function (bytes) {
    const text = new TextDecoder("latin1").decode(bytes);
    if (text.includes("example=")) window.asked.push(text.includes("returned="));
    return send.call(this, bytes); }; }"""


def wait_for_structure(page: Page, example: str) -> None:
    """Until the address names it, and no more says that it was gone back to."""
    wait_until(page, f"location.search.includes('example={example}&') && !location.search.includes('returned')")


def test_back_and_forward_go_from_structure_to_structure_and_leave_no_trace_in_the_link(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    choose_example(explore, "Formamide")
    wait_for_query(explore, example="formamide")
    root.locator(".number").fill("0.004")
    root.locator(".number").press("Enter")
    wait_for_query(explore, level="0.004")
    wait_for_rest(explore)
    formamide = explore.url
    choose_example(explore, "Water trimer, a ring")
    wait_for_query(explore, example="water-3")
    wait_for_rest(explore)
    explore.get_by_role("link", name="Compare").click()
    explore.wait_for_selector(".rhoscope[data-drawn] .pane")
    wait_for_query(explore, example="water-3")

    explore.go_back()
    wait_for_atoms(explore, 9)
    expect(explore.get_by_text("H₆O₃, 9 atoms")).to_be_visible()
    wait_for_structure(explore, "water-3")

    for _ in range(2):
        explore.go_back()
        wait_for_atoms(explore, 6)
        expect(explore.get_by_role("radio", name="Formamide", exact=True)).to_be_checked()
        wait_for_structure(explore, "formamide")
        wait_for_rest(explore)
        assert explore.url == formamide
        assert root.get_attribute("data-level") == "0.004"
        explore.go_forward()
        wait_for_atoms(explore, 9)
        wait_for_structure(explore, "water-3")
    # Going back must not make entries of its own: what lay ahead still does.
    explore.go_forward()
    explore.wait_for_selector(".rhoscope[data-drawn] .pane")


@pytest.mark.parametrize("navigation", ["there", "missing"])
def test_back_asks_the_server_once_where_the_browser_lets_it(page: Page, server: str, navigation: str) -> None:
    """Without the Navigation API it is asked twice, and the second question tells that it is one of Back."""
    if navigation == "missing":
        page.add_init_script("delete globalThis.navigation; delete Window.prototype.navigation;")
    page.goto(f"{server}/?example=formamide")
    wait_for_atoms(page, 6)
    assert page.evaluate("'navigation' in globalThis") is (navigation == "there")
    wait_for_rest(page)
    choose_example(page, "Water dimer")
    wait_for_query(page, example="water-2")
    wait_for_rest(page)
    page.evaluate(ASKED)
    page.go_back()
    wait_for_structure(page, "formamide")
    expect(page.get_by_role("radio", name="Formamide", exact=True)).to_be_checked()
    wait_for_rest(page)
    asked = page.evaluate("window.asked")
    assert asked[:2] == [False, True] if navigation == "missing" else asked[0] is True
    assert asked.count(True) == 1


def test_going_back_and_forth_in_haste_ends_where_it_should(page: Page, server: str) -> None:
    page.goto(f"{server}/?example=formamide")
    wait_for_atoms(page, 6)
    wait_for_rest(page)
    choose_example(page, "Water trimer, a ring")
    wait_for_query(page, example="water-3")
    wait_for_rest(page)
    for ways in (("back", "forward", "back"), ("forward", "back", "forward", "back")):
        for way in ways:
            page.evaluate(f"history.{way}()")
            page.wait_for_timeout(60)
        wait_for_atoms(page, 6)
        wait_for_structure(page, "formamide")
        expect(page.get_by_role("radio", name="Formamide", exact=True)).to_be_checked()
    page.go_forward()
    wait_for_atoms(page, 9)
    wait_for_structure(page, "water-3")
