"""Text of files that nobody vouches for: decoded, and turned into numbers that are counted and finite."""

import re

import numpy as np
from numpy.typing import NDArray

from core.errors import ResultError

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# A Fortran program that runs out of places for an exponent leaves its letter out: 1.2345678-100.
_NO_LETTER = re.compile(r"(?<=[0-9])([+-][0-9]{3})(?![0-9.])")
_WORDS = 120
LARGEST = 1e30


def text_of(content: bytes) -> str:
    """The content as text. Raises ResultError for what is binary."""
    if _CONTROL.search(content):
        raise ResultError("This is a binary file, not text.", "Was it unpacked, and is its ending the right one?")
    return content.decode("latin-1")


def reals(text: str, count: int | None, what: str) -> NDArray[np.float64]:
    """(count,) numbers of `text`; with None as many as there are. Raises ResultError, naming `what`."""
    for letter in "Dd":
        text = text.replace(letter, "E")
    try:
        values = np.fromstring(text, dtype=np.float64, sep=" ")
    except ValueError:
        try:
            values = np.fromstring(_NO_LETTER.sub(r"E\1", text), dtype=np.float64, sep=" ")
        except ValueError:
            raise ResultError(f"{what} holds something that is not a number.", "The file is damaged.") from None
    if count is not None and values.size != count:
        raise ResultError(
            f"{what} holds {values.size:,} numbers where {count:,} belong.", "The file is cut off or damaged."
        )
    require_sensible(values, what)
    return values


def require_sensible(values: NDArray[np.float64], what: str) -> None:
    """Raises ResultError for numbers that are not finite, or whose products might not be."""
    if not (abs(values) < LARGEST).all():
        raise ResultError(f"{what} holds a number that is not finite, or senseless.", "Run the calculation again.")


def integers(text: str, count: int | None, what: str) -> NDArray[np.int64]:
    """As `reals`, for whole numbers below 2^31."""
    values = reals(text, count, what)
    if (values != np.rint(values)).any() or (abs(values) >= 2**31).any():
        raise ResultError(f"{what} holds something that is not a whole number.", "The file is damaged.")
    return values.astype(np.int64)


def words(text: str) -> str:
    """Untrusted text as one short line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_WORDS]
