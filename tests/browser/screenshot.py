"""The picture of the README, from a running app: `python -m tests.browser.screenshot http://localhost:8501`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, PATIENCE_SECONDS, chromium_path, wait_for_picture

TARGET = Path(__file__).resolve().parents[2] / "docs" / "explore.png"


def main(address: str) -> None:
    """Write docs/explore.png: Explore with the default example, 1400 x 920."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 920})
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.goto(address)
        wait_for_picture(page)
        page.wait_for_timeout(2000)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
