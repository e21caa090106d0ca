"""Calculations of several visitors: queue, live cycles, limits, cancel, and what a restart of the server leaves."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from core.view.visitor import COOKIE
from tests.browser.conftest import wait_for_picture
from tests.browser.test_compare import compare
from tests.processes import calculations
from tests.running_app import PATIENCE_SECONDS, running_app

pytestmark = pytest.mark.browser

RUN = "Run the DFT calculation"


@pytest.fixture
def another(chromium: Browser, server: str) -> Iterator[Page]:
    """Another visitor: a browser with cookies of its own."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(server)
    wait_for_picture(page)
    yield page
    context.close()


@contextmanager
def held(process: psutil.Process) -> Iterator[None]:
    """Stopped where it is, a calculation does not end before it is cancelled, and leaves the machine to the pages."""
    process.suspend()
    try:
        yield
    finally:
        if process.is_running():
            process.resume()


def choose_and_compare(page: Page, example: str, formula: str) -> None:
    page.get_by_role("link", name="Explore").click()
    wait_for_picture(page)
    compare(page, example, formula)


def calculate_here(page: Page) -> None:
    """In place of the calculation that came with the program."""
    page.get_by_role("button", name="Calculate it here").click()


@pytest.mark.slow
def test_several_visitors_share_the_machine(explore: Page, another: Page) -> None:
    anna, bert = explore, another
    cookies = [{c["name"]: c for c in page.context.cookies()}[COOKIE] for page in (anna, bert)]
    assert cookies[0]["value"] != cookies[1]["value"] and all(cookie["httpOnly"] for cookie in cookies)
    compare(anna, "Water trimer, a ring", "H₆O₃, 9 atoms")
    calculate_here(anna)
    anna.get_by_role("button", name=RUN).click()
    # Before the first cycle come grid and integrals, at a low priority.
    expect(anna.get_by_test_id("stPlotlyChart").first).to_be_visible(timeout=600_000)
    expect(anna.get_by_text(re.compile(r"SCF cycle \d+:"))).to_be_visible()
    [process] = calculations()
    with held(process):
        # Who looks at the same structure sees it too, and cannot end it.
        compare(bert, "Water trimer, a ring", "H₆O₃, 9 atoms")
        calculate_here(bert)
        expect(bert.get_by_text("Another visitor asked for this calculation")).to_be_visible()
        assert bert.get_by_role("button", name="Cancel").count() == 0
        queue = {
            "Water dimer": "H₄O₂, 6 atoms",
            "Water pentamer": "H₁₀O₅, 15 atoms",
            "Water hexamer": "H₁₂O₆, 18 atoms",
        }
        for place, (example, formula) in enumerate(queue.items(), 1):
            choose_and_compare(bert, example, formula)
            calculate_here(bert)
            bert.get_by_role("button", name=RUN).click()
            expect(bert.get_by_text(f"Waiting, number {place} in the queue.").first).to_be_visible()
        choose_and_compare(bert, "Adenine", "C₅H₅N₅, 15 atoms")
        calculate_here(bert)
        bert.get_by_role("button", name=RUN).click()
        expect(bert.get_by_test_id("stAlertContentError")).to_contain_text("one visitor may have 3")
        bert.get_by_text("Your other calculations: 3 running or waiting").click()
        bert.get_by_role("button", name="Cancel").nth(1).click()
        expect(bert.get_by_text("Your other calculations: 2 running or waiting")).to_be_visible()
    # The one that runs is really ended, and the next begins.
    assert process.is_running()
    anna.get_by_role("button", name="Cancel").click()
    expect(anna.get_by_test_id("stAlertContentInfo")).to_contain_text("Cancelled")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.is_running():
        assert time.monotonic() < deadline
        anna.wait_for_timeout(200)
    while not (running := calculations()):
        assert time.monotonic() < deadline
        anna.wait_for_timeout(200)
    # Nothing of all this is left for the tests that come after.
    with held(running[0]):
        for left in (2, 1):
            label = bert.get_by_text(f"Your other calculations: {left} running or waiting")
            label.click()
            bert.get_by_role("button", name="Cancel").last.click()
            expect(label).to_have_count(0)


@pytest.mark.slow
def test_a_failure_is_there_after_a_restart(page: Page, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    options = {"RHOSCOPE_DFT_MEMORY_GB": "0.05", "RHOSCOPE_WARM_UP": "0"}
    with running_app(tmp_path / "data", tmp_path / "log", **options) as (address, process):
        page.goto(f"{address}/compare?smiles=C")
        page.get_by_role("button", name=RUN).click()
        expect(page.get_by_test_id("stAlertContentError")).to_contain_text("passed the memory limit")
        process.kill()
    with running_app(tmp_path / "data", tmp_path / "log", **options) as (address, _):
        page.goto(f"{address}/compare?smiles=C")
        expect(page.get_by_test_id("stAlertContentError")).to_contain_text("passed the memory limit")
        expect(page.get_by_role("button", name="Run it again")).to_be_visible()
