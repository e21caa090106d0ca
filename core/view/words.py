"""Words on the screen: errors with their remedy, text of other people as text, numbers with their unit."""

import re
import traceback

import streamlit as st

from core.errors import RhoscopeError
from core.logs import get_logger

log = get_logger(__name__)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~^=&@\"'/])")


def escaped(text: str) -> str:
    """`text` so that Markdown, with Streamlit's additions, shows it as it is. Line breaks become spaces."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def show_problem(error: RhoscopeError) -> None:
    """What is wrong and what to do about it; the trace goes to the log."""
    st.error(f"**{escaped(error.message)}**  \n{escaped(error.remedy)}", icon=":material/error:")


def log_problem(error: Exception) -> None:
    """The trace, for whoever runs the server."""
    log.warning("problem", error=str(error), trace="".join(traceback.format_exception(error)))


def significant(value: float, digits: int = 3) -> str:
    """`value` to `digits` significant digits, without an exponent: 0.00123, 12.3, 1,230; below 1e-4 it is 0."""
    if abs(value) < 1e-4:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{float(f'{value:.{digits}g}'):g}"


def about(value: float) -> str:
    """`value` to two significant digits, larger numbers too: 0.12, 12, 120, 1,200."""
    return significant(float(f"{value:.2g}"))


def unbroken(value: str) -> str:
    """A number stays on one line with its unit: no-break spaces, and a word joiner after the slash."""
    return value.replace(" ", "\u00a0").replace("/", "/\u2060")


def seconds(value: float) -> str:
    """A duration as a person says it: 40 ms, 1.2 s, 3 min."""
    if value < 1:
        return f"{1000 * value:.0f} ms"
    if value < 90:
        return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 5400 else f"{value / 3600:.1f} h"
