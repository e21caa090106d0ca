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


def test_one_force_far_larger_than_the_rest_does_not_hide_them(page: Page, server: str) -> None:
    """Of 100, the largest but two is the one that the others are held against; of few, the largest is."""
    page.goto(f"{server}/about")
    read = "async ([url, forces]) => (await import(url)).fullLength(forces)"
    url = f"{server}/{module_url('forces.js')}"

    def full(sizes: list[float]) -> float:
        return float(page.evaluate(read, [url, [x for size in sizes for x in (0.0, 0.0, size)]]))

    assert full([1.0, 2.0, 1000.0]) == 1000.0
    assert full([*range(1, 99), 100.0, 9000.0]) == 2 * 98
    assert full([*range(1, 99), 100.0, 110.0]) == 110.0
    assert full([]) == 0.0 == full([0.0] * 60)
