"""What all tables and all lines on durations have in common."""

import csv
import io

import pytest

from core.csv_text import csv_of, csv_text
from core.duration import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "1 second"),
        (1.6, "2 seconds"),
        (119.0, "119 seconds"),
        (600.0, "10 minutes"),
        (7200.0, "2 hours"),
        (8000.0, "2.2 hours"),
        (9000.0, "2.5 hours"),
        (36000.0, "10 hours"),
    ],
)
def test_durations_are_rounded_as_one_says_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@sum", "=cmd|' /C calc'!A0"])
def test_text_cannot_act_as_a_formula(text: str) -> None:
    assert list(csv.reader(io.StringIO(csv_text(["a"], [[text]])))) == [["a"], [f"'{text}"]]


def test_numbers_of_residues_and_numbers_stay_as_they_are() -> None:
    text = csv_text(["number", "force"], [["-5", -1.25], ["-5A", None]])
    assert text == "number,force\n-5,-1.25\n-5A,\n"


def test_what_has_commas_quotes_and_lines_is_read_back() -> None:
    odd = ["a,b", 'say "so"', "two\nlines"]
    assert list(csv.reader(io.StringIO(csv_text(odd, [odd])))) == [odd, odd]


def test_a_table_by_its_columns_has_six_decimals() -> None:
    assert csv_of({"atom": [1, 2], "x": [0.5, None]}) == "atom,x\n1,0.500000\n2,\n"
    with pytest.raises(ValueError, match="shorter"):
        csv_of({"atom": [1, 2], "x": [0.5]})
