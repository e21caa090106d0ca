"""A running app and a Chromium to look at it with. Waiting is generous, as machines are slow; asserting is not."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.archive import archive_of
from tests.browser.viewing import SIZE
from tests.running_app import PATIENCE_SECONDS, running_app

# WebGL by SwiftShader, the page itself not: put together by SwiftShader, an idle page takes half a core.
# No name but localhost leads anywhere; requests stopped by a route instead would be kept from Chromium's cache, too.
ARGUMENTS = [
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing", "--no-sandbox",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
]  # fmt: skip

# What the open pages have said on their consoles.
SAID: dict[Page, list[str]] = {}
# Whether the server works, what the viewer draws, and the words on the page.
STATE = """() => [document.querySelector("[data-test-script-state]")?.dataset.testScriptState,
  JSON.stringify({ ...document.querySelector(".rhoscope")?.dataset }), document.body.innerText.slice(0, 1500)
].join("\\n")"""

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With a failure comes what the pages show and have said."""
    report = yield
    if report.failed:
        for page, said in SAID.items():
            try:
                state = page.evaluate(STATE)
            except Error as error:
                state = f"It does not answer: {error}"
            report.sections.append((f"page {page.url}", "\n".join([state, *said[-30:]])))
    return report


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and folder of a stand-in for the PDB: what is put into the folder can be fetched."""
    folder = tmp_path_factory.mktemp("archive")
    with archive_of(folder) as address:
        yield address, folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, archive: tuple[str, Path]) -> Iterator[str]:
    """Address of the app, with a data directory of its own. It makes nothing before it is asked: most of what it makes
    at its start, three quarters of a minute of a core, no test looks at."""
    data, log = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("server") / "log.txt"
    options = {"RHOSCOPE_PDB_URL": archive[0], "RHOSCOPE_FETCH_RETRIES": "0", "RHOSCOPE_WARM_UP": "0"}
    # Of test_large.py, and of no other.
    options["RHOSCOPE_PREDICTION_APART_FROM_ATOMS"] = "1000"
    # A busy machine expects long calculations: none is to be refused for it.
    options["RHOSCOPE_DFT_TIME_LIMIT_SECONDS"] = "86400"
    with running_app(data, log, **options) as (address, _):
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cached(chromium: Browser) -> Iterator[BrowserContext]:
    """The context of all pages of the fixture `page`, for the sake of what it has in its cache: the app's own files.
    One empty page of it stays open, as Chromium would make a window anew for the next one."""
    context = chromium.new_context(viewport=SIZE)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    context.new_page()
    yield context
    context.close()


@contextmanager
def new_visitor(cached: BrowserContext, server: str) -> Iterator[Page]:
    """A page of its own, 1400 x 900, of a visitor who was never here: no cookie, nothing stored, nothing allowed."""
    page = cached.new_page()
    said = SAID.setdefault(page, [])
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    yield page
    del SAID[page]
    empty, *opened = cached.pages
    for other in opened:
        other.close()
    cached.clear_permissions()
    devtools = cached.new_cdp_session(empty)
    devtools.send("Storage.clearDataForOrigin", {"origin": server, "storageTypes": "all"})
    devtools.detach()


@pytest.fixture
def page(cached: BrowserContext, server: str) -> Iterator[Page]:
    with new_visitor(cached, server) as page:
        yield page


@pytest.fixture
def first_visit(chromium: Browser) -> Iterator[Page]:
    """A page whose browser has nothing in its cache."""
    context = chromium.new_context(viewport=SIZE)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    yield context.new_page()
    context.close()


@pytest.fixture
def explore(page: Page, server: str) -> Page:
    """The Explore page with its first picture drawn."""
    page.goto(server)
    wait_for_picture(page)
    return page


def wait_for_picture(page: Page) -> None:
    page.wait_for_selector(".rhoscope[data-drawn]")
