"""The headers stand on what a browser gets, and neither Streamlit, Plotly, the viewer nor a download is hindered."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from core.view.headers import security_headers
from tests.browser.conftest import wait_for_picture
from tests.browser.viewing import choose_example, wait_for_atoms
from tests.running_app import PATIENCE_SECONDS

pytestmark = pytest.mark.browser

REFUSED = ("Content Security Policy", "Content-Security-Policy", "Refused to", "Permissions-Policy")


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the console says of things that were refused."""
    found: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if any(words in message.text for words in REFUSED):
            found.append(message.text)

    page.on("console", heard)
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (event) => "
        "console.error(`Refused to: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`))"
    )
    yield found


def test_every_page_is_drawn_under_the_policy(page: Page, server: str, complaints: list[str]) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(server)
    wait_for_picture(page)
    page.locator(".rhoscope").get_by_role("button", name="0.002", exact=True).click()
    page.wait_for_selector(".rhoscope[data-level='0.002']")
    # The one example that has no calculation, nor can have one.
    choose_example(page, "Droplet of 30 waters")
    wait_for_atoms(page, 90)
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_text("calculation of this structure takes about")).to_be_visible()
    page.get_by_role("link", name="About").click()
    expect(page.get_by_test_id("stPlotlyChart").first.locator(".main-svg").first).to_be_visible()
    page.get_by_text("The whole card of water").click()
    expect(page.get_by_role("heading", name="Trust")).to_be_visible()
    page.get_by_role("link", name="Explore").click()
    wait_for_atoms(page, 90)
    seen = [answer for answer in answers if answer.url.startswith(server)]
    assert any("/fields/" in answer.url for answer in seen) and any("/static/" in answer.url for answer in seen)
    for answer in seen:
        for name, value in security_headers():
            assert answer.headers.get(name.lower()) == value, (answer.url, name)
    assert complaints == []


def test_the_page_that_is_taken_away_works_still(explore: Page, complaints: list[str], tmp_path: Path) -> None:
    with explore.expect_download() as event:
        explore.locator(".rhoscope .save-html").click()
    path = tmp_path / "view.html"
    event.value.save_as(path)
    explore.goto(path.as_uri())
    wait_for_picture(explore)
    assert complaints == []


def test_a_script_that_gets_into_the_page_does_not_run(page: Page, server: str, complaints: list[str]) -> None:
    """Even where some text were written into the page as markup."""
    page.goto(server)
    wait_for_picture(page)
    markup = '<img src=x onerror="window.ran = 1"><iframe src="https://example.org"></iframe>'
    page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", markup)
    page.evaluate(
        "() => { const script = document.createElement('script'); script.textContent = 'window.ran = 2';"
        " document.body.append(script); setTimeout('window.ran = 3', 0); }"
    )
    assert page.evaluate("fetch('https://example.org/').then(() => 'reached', () => 'refused')") == "refused"
    directives = ("script-src-attr", "script-src-elem", "script-src eval", "frame-src", "connect-src")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(directive in " ".join(complaints) for directive in directives):
        assert time.monotonic() < deadline, complaints
        page.wait_for_timeout(100)
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize(
    "path", ["/", "/compare", "/absent.js", "/assets/x/../../app.py", "/media/absent", "/fields/x"]
)
def test_errors_carry_the_headers_too(server: str, path: str) -> None:
    try:
        answer = urlopen(Request(server + path), timeout=30)  # noqa: S310 - our own server
    except HTTPError as error:
        answer = error
    with answer:
        for name, value in security_headers():
            assert answer.headers[name] == value
