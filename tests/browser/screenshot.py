"""The pictures of the README, from a running app: `python -m tests.browser.screenshot http://localhost:8501`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, PATIENCE_SECONDS, chromium_path

DOCS = Path(__file__).resolve().parents[2] / "docs"
HELIX = "?example=helix-18&level=0.002&potential=on&opacity=0.75&forces=off"
# File -> what the address asks for, and what the page has when that is drawn.
PICTURES = {
    "explore.png": ("", ".rhoscope[data-drawn]"),
    "helix.png": (HELIX, ".rhoscope[data-drawn][data-colored='true']"),
}


def main(address: str) -> None:
    """Write docs/explore.png and docs/helix.png: Explore with the default example and with the helix, 1400 x 920."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        for name, (query, drawn) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1400, "height": 920})
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
            page.goto(f"{address}/{query}")
            page.wait_for_selector(drawn)
            page.wait_for_timeout(4000)
            page.screenshot(path=DOCS / name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
