"""What several browser tests do: choose an example or a file, and wait until the picture is the new one."""

import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.running_app import PATIENCE_SECONDS

SIZE: ViewportSize = {"width": 1400, "height": 900}

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
    page.get_by_role("radiogroup", name="Example").get_by_role("radio", name=label, exact=True).click()


def open_example(page: Page, server: str, key: str, atoms: int) -> None:
    """The app with this example at once: the default one is not made first."""
    page.goto(f"{server}/?example={key}")
    wait_for_atoms(page, atoms)


def elsewhere(chromium: Browser, address: str) -> Page:
    """The address in another browser, as another visitor."""
    page = chromium.new_page(viewport=SIZE)
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    page.goto(address)
    return page


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


def query(page: Page) -> dict[str, str]:
    """What the address says."""
    return {key: values[0] for key, values in parse_qs(urlparse(page.url).query).items()}


def wait_for_query(page: Page, **wanted: str) -> None:
    """Until the address says all of it."""
    deadline = time.monotonic() + 180.0
    while not wanted.items() <= query(page).items():
        assert time.monotonic() < deadline, f"{query(page)} is not {wanted}"
        page.wait_for_timeout(100)


def wait_for_rest(page: Page) -> None:
    """Until the address is written, which is a moment after the last move."""
    # Behind every timer of the page that writes it, however slow the page is; then Playwright has to hear of it.
    page.evaluate("new Promise((done) => setTimeout(done, 900))")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while page.url != page.evaluate("location.href"):
        assert time.monotonic() < deadline, page.url
        page.wait_for_timeout(50)


def wait_for_view(page: Page, wanted: list[float]) -> None:
    """Until the camera is `wanted`: a rerun may draw the picture anew and put the camera back a moment later."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while view(page) != wanted:
        assert time.monotonic() < deadline, f"the camera is {view(page)}, not {wanted}"
        page.wait_for_timeout(100)


def pixels(page: Page, url: str) -> np.ndarray:
    """(height, width, 4), red to alpha, of the image at `url`, as the browser decodes it."""
    width, height, content = page.evaluate(PIXELS, url)
    return np.frombuffer(b64decode(content), np.uint8).reshape(height, width, 4).astype(int)


def picture(page: Page) -> np.ndarray:
    """(height, width, 4), red to alpha, of what the viewer shows."""
    return pixels(page, page.locator(".rhoscope").evaluate("root => root.panel.stage.picture()"))


def listen_to_note(page: Page) -> None:
    """From now on window.said has all that the note above the picture has said, however short it stood."""
    page.locator(".rhoscope .note").first.evaluate(
        """note => { window.said = [];
        const all = { childList: true, characterData: true, subtree: true };
        new MutationObserver(() => window.said.push(note.textContent)).observe(note, all); }"""
    )


def processor_seconds(page: Page) -> Iterator[float]:
    """Processor time that the page's main thread has spent, at each asking: all of it, scripts, style and drawing."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    while True:
        metrics = session.send("Performance.getMetrics")["metrics"]
        yield next(entry["value"] for entry in metrics if entry["name"] == "TaskDuration")


def milliseconds_of_a_step(page: Page, step: str, *, enough: float) -> float:
    """Processor time of one `step`, a function of the viewer's root and of the share of the way, 0 to 1: the least of
    several runs, as others on a busy machine make it longer and never shorter. One of `enough` or less is the last."""
    spent = processor_seconds(page)
    run = f"(root) => {{ for (let k = 0; k < 10; k++) ({step})(root, k / 10); }}"
    root = page.locator(".rhoscope")
    root.evaluate(run)
    taken = []
    for _ in range(12):
        before = next(spent)
        root.evaluate(run)
        taken.append(1000.0 * (next(spent) - before) / 10)
        if taken[-1] <= enough:
            break
    return min(taken)


def count_frames_sent(page: Page) -> None:
    """From now on window.frames_sent says how many messages the page has sent to the server."""
    page.evaluate(
        """() => { const send = WebSocket.prototype.send; window.frames_sent = 0;
        WebSocket.prototype.send = function (...all) { window.frames_sent += 1; return send.apply(this, all); }; }"""
    )


def place_of(page: Page, atom: int) -> tuple[float, float]:
    """Where an atom (by index) stands in the window, in pixels."""
    x, y = page.locator(".rhoscope").evaluate(
        """(root, index) => { const { viewer, model } = root.panel.stage;
        const at = viewer.modelToScreen(model.selectedAtoms({ index })[0]);
        return [at.x - scrollX, at.y - scrollY]; }""",
        atom,
    )
    return x, y


def save_html(page: Page, path: Path) -> Path:
    """The picture, or the linked ones, as one file at `path`, by its button."""
    with page.expect_download() as waiting:
        page.locator(".rhoscope .save-html").click()
    assert waiting.value.suggested_filename.endswith(".html")
    waiting.value.save_as(path)
    return path


@contextmanager
def opened_alone(page: Page, path: Path) -> Iterator[Page]:
    """A file from the disk in a browser without any network, in which nothing is asked for but what it holds."""
    asked: list[str] = []
    alone = page.context.browser.new_context(offline=True, viewport={"width": 1300, "height": 900})  # type: ignore[union-attr]
    try:
        alone.set_default_timeout(1000 * PATIENCE_SECONDS)
        opened = alone.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(path.as_uri())
        yield opened
        assert asked and all(url.startswith(("file:", "data:", "blob:")) for url in asked)
    finally:
        alone.close()
