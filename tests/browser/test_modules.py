"""Modules of the viewer that need no picture, each against what it is to give."""

import pytest
from playwright.sync_api import Page

from core.view.assets import module_url

pytestmark = pytest.mark.browser

TYPED = [
    ("0.002", 0.002), ("0,002", 0.002), (" 1,5 ", 1.5), ("1,152", 1152), ("12,345,678.5", 12345678.5), ("-3", -3),
    ("−3.5", -3.5), ("2e-4", 2e-4), ("0,125", 0.125), ("", None), ("  ", None), ("abc", None), ("1,2,3", None),
]  # fmt: skip


def test_numbers_as_people_type_them(page: Page, server: str) -> None:
    page.goto(f"{server}/about")
    read = "async ([url, texts]) => (({ numberIn }) => texts.map((value) => numberIn({ value })))(await import(url))"
    url = f"{server}/{module_url('numbers.js')}"
    assert page.evaluate(read, [url, [text for text, _ in TYPED]]) == [value for _, value in TYPED]
