"""A calculation that came with the program is shown at once, can be left for one made here, and taken again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_compare import number, value_in_row

pytestmark = pytest.mark.browser


def test_the_dimer_is_compared_without_a_calculation_and_can_be_calculated(page: Page, server: str) -> None:
    page.goto(f"{server}/compare?example=water-2")
    take = page.get_by_role("button", name="Take the one that came with the program")
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='6'] .pane")
    expect(page.get_by_text("This calculation came with the program")).to_be_visible()
    assert 0.01 < number(value_in_row(page, "Density error ε_KS")) < 1.0
    # How long it took was measured elsewhere.
    expect(page.get_by_text("Reference: PBE0/pcseg-2")).to_be_visible()
    assert page.get_by_text("It took").count() == 0
    # What only a calculation that begins with the prediction can say, and how to come by it.
    expect(page.get_by_role("heading", name="From the predicted density alone")).to_be_visible()
    expect(page.get_by_text("did not begin with the predicted density")).to_contain_text("Calculate it here")
    page.get_by_role("button", name="Calculate it here").click()
    expect(page.get_by_role("button", name="Run the DFT calculation")).to_be_visible()
    expect(page.get_by_text("what the predicted density alone says of energy")).to_be_visible()
    take.click()
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='6'] .pane")
    # It is not there where there is none, nor at another level of theory.
    page.goto(f"{server}/compare?example=water-2&functional=PBE&basis=pcseg-1")
    expect(page.get_by_text("A PBE/pcseg-1 calculation of this structure")).to_be_visible()
    assert take.count() == 0
