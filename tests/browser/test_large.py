"""A large structure in the app: how far it is can be seen, other pages do not end it, and it can be given up: its
process ends."""

import time

import numpy as np
import psutil
import pytest
from playwright.sync_api import Page, expect

from core.lessons.reach import row_of_waters
from tests.browser.conftest import wait_for_picture
from tests.processes import predicting
from tests.running_app import PATIENCE_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHEETS = 9
ASK = "Predict them"


def waters(sheets: int) -> bytes:
    """A crystal of waters, 3.5 angstrom apart: 243 atoms a sheet."""
    row = row_of_waters()
    shifts = [(0.0, 3.5 * line, 0.0) for line in range(9)]
    sheet = np.concatenate([row.positions_angstrom + shift for shift in shifts])
    block = np.concatenate([sheet + (3.5 * number, 0.0, 0.0) for number in range(sheets)])
    symbols = row.symbols * 9 * sheets
    lines = [f"{symbol} {x:.4f} {y:.4f} {z:.4f}" for symbol, (x, y, z) in zip(symbols, block.tolist(), strict=True)]
    return "\n".join([str(len(lines)), "waters", *lines, ""]).encode()


def predictions() -> list[psutil.Process]:
    """The processes of this test's server that predict; there is one soon."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := predicting():
            return found
        time.sleep(0.2)
    return []


def open_file(page: Page, content: bytes) -> None:
    page.get_by_role("radio", name="File", exact=True).click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "waters.xyz", "mimeType": "text/plain", "buffer": content}
    )


def begun(page: Page) -> None:
    """Until it is predicted. A machine that is busy expects it to take long, and asks first."""
    ask, cancel = (page.get_by_role("button", name=name, exact=True) for name in (ASK, "Cancel"))
    expect(ask.or_(cancel)).to_be_visible()
    if ask.is_visible():
        ask.click()
    expect(cancel).to_be_visible()


def test_other_pages_do_not_end_it_and_it_can_be_given_up(explore: Page) -> None:
    open_file(explore, waters(SHEETS))
    cancel = explore.get_by_role("button", name="Cancel", exact=True)
    bar = explore.get_by_role("progressbar")
    begun(explore)
    expect(bar).to_be_visible()
    [process] = predictions()
    explore.get_by_role("link", name="About").click()
    expect(explore.get_by_role("heading", name="Model cards")).to_be_visible()
    explore.get_by_role("link", name="Explore").click()
    expect(cancel).to_be_visible()
    assert process.is_running()
    cancel.click()
    expect(cancel).to_be_hidden()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.is_running():
        assert time.monotonic() < deadline
        explore.wait_for_timeout(200)
    wait_for_picture(explore)
    # What was there before is there still, and nothing failed.
    expect(explore.get_by_text("H₁₆O₈, 24 atoms")).to_be_visible()
    assert explore.get_by_test_id("stAlertContentError").count() == 0
    open_file(explore, waters(3))
    drawn, ask = (
        explore.locator(f".rhoscope[data-drawn][data-atoms='{3 * 243}']"),
        explore.get_by_role("button", name=ASK),
    )
    expect(ask.or_(drawn)).to_be_visible()
    if ask.is_visible():
        ask.click()
    drawn.wait_for()


def test_what_failed_is_told_and_not_begun_again_by_itself(explore: Page) -> None:
    """Its process dies; the visitor is told, and told again who asks for the same, and may try again."""
    # Not the structure of the test before, whose failure would be another's.
    content = waters(SHEETS - 1)
    open_file(explore, content)
    begun(explore)
    [process] = predictions()
    process.kill()
    problem = explore.get_by_test_id("stAlertContentError")
    expect(problem).to_contain_text("ended without a result (exit code -9)")
    explore.reload()
    wait_for_picture(explore)
    open_file(explore, content)
    again = explore.get_by_role("button", name="Try again", exact=True)
    expect(again).to_be_visible()
    expect(explore.get_by_text("could not be predicted at the last attempt")).to_be_visible()
    assert not predicting()
    again.click()
    cancel = explore.get_by_role("button", name="Cancel", exact=True)
    expect(cancel).to_be_visible()
    assert predictions()
    cancel.click()
    expect(cancel).to_be_hidden()
