"""What several browser tests do: choose an example or a file, and wait until the picture is the new one."""

import time
from pathlib import Path

from playwright.sync_api import Page, expect


def choose_example(page: Page, label: str) -> None:
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name=label, exact=True).click()


def upload(page: Page, path: Path) -> None:
    page.get_by_text("File", exact=True).click()
    expect(page.get_by_test_id("stFileUploaderDropzone")).to_be_visible()
    page.locator("input[type=file]").set_input_files(path)


def view(page: Page) -> list[float]:
    """The camera."""
    return page.locator(".rhoscope").evaluate("root => root.panel.stage.viewer.getView()")


def wait_for_atoms(page: Page, count: int) -> None:
    """Until the picture of a structure of `count` atoms is drawn."""
    page.wait_for_selector(f".rhoscope[data-drawn][data-atoms='{count}']")


def wait_for_view(page: Page, wanted: list[float]) -> None:
    """Until the camera is `wanted`: a rerun may draw the picture anew and put the camera back a moment later."""
    deadline = time.monotonic() + 30.0
    while view(page) != wanted:
        assert time.monotonic() < deadline, f"the camera is {view(page)}, not {wanted}"
        page.wait_for_timeout(100)
