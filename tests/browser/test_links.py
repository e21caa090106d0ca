"""The address bar names what is shown, and a link opened elsewhere shows the same."""

from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.viewing import choose_example, wait_for_atoms

pytestmark = pytest.mark.browser


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlparse(page.url).query).items()}


def test_what_is_chosen_stands_in_the_address_and_opens_elsewhere(explore: Page, chromium: Browser) -> None:
    choose_example(explore, "Water trimer, a ring")
    wait_for_atoms(explore, 9)
    explore.wait_for_url("**?example=water-3")
    explore.locator(".rhoscope").get_by_role("button", name="0.002", exact=True).click()
    explore.wait_for_url("**level=0.002")
    elsewhere = chromium.new_page(viewport={"width": 1280, "height": 900})
    try:
        elsewhere.goto(explore.url)
        wait_for_atoms(elsewhere, 9)
        elsewhere.wait_for_selector(".rhoscope[data-level='0.002']")
        expect(elsewhere.get_by_text("H₆O₃, 9 atoms")).to_be_visible()
        assert query(elsewhere) == {"example": "water-3", "level": "0.002"}
    finally:
        elsewhere.close()


def test_a_smiles_with_its_charge_opens_from_a_link(explore: Page, server: str) -> None:
    explore.goto(f"{server}?smiles=C[NH3%2B]&charge=1")
    wait_for_atoms(explore, 8)
    expect(explore.get_by_role("textbox", name="SMILES")).to_have_value("C[NH3+]")


def test_a_hostile_link_is_text(explore: Page, server: str) -> None:
    explore.on("dialog", lambda dialog: pytest.fail("a script of the address ran"))
    explore.goto(f"{server}?smiles=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(explore.get_by_test_id("stAlertContentError")).to_be_visible()
    # What is shown is the default example still.
    wait_for_atoms(explore, 24)
