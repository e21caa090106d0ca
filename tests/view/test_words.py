"""Text of other people stays text; numbers and durations are said as people say them."""

import pytest

from core.view.words import about, escaped, seconds, significant


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "**bold**", "[link](javascript:alert(1))", "$x^2$", ":red[text]", ":material/home:"],
)
def test_markdown_has_nothing_to_hold_on_to(hostile: str) -> None:
    shown = escaped(hostile)
    for mark in "<>*[]()$:`#|":
        assert shown.count(mark) == shown.count("\\" + mark)
    assert shown.replace("\\", "") == hostile


def test_line_breaks_cannot_start_a_block() -> None:
    assert escaped("title\n# heading\n\n    code") == r"title \# heading code"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (3e-19, "0"),
        (0.00123, "0.00123"),
        (12.345, "12.3"),
        (123.4, "123"),
        (51873.2, "51,873"),
        (-0.2, "-0.2"),
    ],
)
def test_significant(value: float, text: str) -> None:
    assert significant(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.1234, "0.12"), (6476.0, "6,500"), (51873.2, "52,000")])
def test_about(value: float, text: str) -> None:
    assert about(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.004, "4 ms"), (1.24, "1.2 s"), (45.2, "45 s"), (150, "2 min"), (9000, "2.5 h")]
)
def test_seconds(value: float, text: str) -> None:
    assert seconds(value) == text
