"""What several browser tests do: choose an example or a file, and wait until the picture is the new one."""

import time
from base64 import b64decode
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

PIXELS = """
async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { width, height } = image;
  const paper = new OffscreenCanvas(width, height).getContext("2d");
  paper.drawImage(image, 0, 0);
  const reader = new FileReader();
  const read = new Promise((done) => { reader.onload = done; });
  reader.readAsDataURL(new Blob([paper.getImageData(0, 0, width, height).data]));
  await read;
  return [width, height, reader.result.split(",")[1]];
}"""


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


def wait_until(page: Page, condition: str, seconds: float = 180.0) -> None:
    """Until `condition`, an expression of JavaScript, holds. Playwright's own waiting evaluates strings in the page,
    which the page's policy forbids."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"still not: {condition}"
        page.wait_for_timeout(100)


def wait_for_view(page: Page, wanted: list[float]) -> None:
    """Until the camera is `wanted`: a rerun may draw the picture anew and put the camera back a moment later."""
    deadline = time.monotonic() + 30.0
    while view(page) != wanted:
        assert time.monotonic() < deadline, f"the camera is {view(page)}, not {wanted}"
        page.wait_for_timeout(100)


def pixels(page: Page, url: str) -> np.ndarray:
    """(height, width, 4), red to alpha, of the image at `url`, as the browser decodes it."""
    width, height, content = page.evaluate(PIXELS, url)
    return np.frombuffer(b64decode(content), np.uint8).reshape(height, width, 4).astype(int)
