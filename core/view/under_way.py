"""What stands on a page while something is computed: what it is; of results that all visitors share also how long it
takes, and how many others are computed first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.elements.lib.mutable_status_container import StatusContainer

from core.view.kept import Waiting
from core.view.words import seconds


@contextmanager
def told_while(words: str) -> Iterator[Callable[[str], None]]:
    """A line with `words`, which goes when the block has ended; what is yielded changes them."""
    place = st.empty()
    try:
        with place.status(words) as status:
            yield lambda text: status.update(label=text)
    finally:
        place.empty()


def told_of(what: str, last_seconds: float | None, before: int) -> str:
    """The words. last_seconds: of the computation before this one, of the same kind; before: how many come first."""
    took = "a few seconds" if last_seconds is None else f"last time {seconds(last_seconds)}"
    queue = "" if not before else f" · {before} other{'s' * (before > 1)} before it in the queue"
    return f"{what} · {took}{queue}"


@contextmanager
def under_way(what: str, last_seconds: float | None, *, brief: bool = False) -> Iterator[Waiting]:
    """What `core.view.kept.Kept.make` is to tell its waiting, shown here until the block ends. A result that is there
    shows nothing. brief: nor does one that is computed at once, as it takes no time to speak of."""
    place = st.empty()
    status: StatusContainer | None = None

    def waiting(before: int) -> None:
        nonlocal status
        if brief and not before and status is None:
            return
        label = told_of(what, last_seconds, before)
        if status is None:
            status = place.status(label)
        else:
            status.update(label=label)

    try:
        yield waiting
    finally:
        place.empty()
