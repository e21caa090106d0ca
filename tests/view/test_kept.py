"""Results are made once, the last few are kept, and a failure is not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.view.kept import Kept


@contextmanager
def being_made(kept: Kept[str], key: str) -> Iterator[None]:
    """A result of this name that is not made before the block ends."""
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(60)
        return key

    thread = threading.Thread(target=lambda: kept.make(key, slow))
    thread.start()
    assert begun.wait(60)
    try:
        yield
    finally:
        go_on.set()
        thread.join()


def test_made_once() -> None:
    kept: Kept[int] = Kept(2)
    calls: list[int] = []

    def build() -> int:
        calls.append(1)
        return 7

    threads = [threading.Thread(target=lambda: kept.make("a", build)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.get("a") == 7
    assert len(calls) == 1


def test_the_last_used_stay() -> None:
    kept: Kept[str] = Kept(2)
    for key in ("a", "b"):
        kept.make(key, lambda key=key: key)  # type: ignore[misc]
    kept.make("a", lambda: "made anew")
    kept.make("c", lambda: "c")
    assert kept.get("a") == "a"
    assert kept.get("b") is None


def test_a_failure_is_raised_and_not_kept() -> None:
    kept: Kept[int] = Kept(2)

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.make("a", fail)
    assert kept.make("a", lambda: 1) == 1


def test_what_is_there_is_given_while_something_else_is_made() -> None:
    kept: Kept[str] = Kept(2)
    kept.make("a", lambda: "a")
    with being_made(kept, "b"):
        assert kept.make("a", lambda: "made anew") == "a" and kept.get("b") is None
    assert kept.get("b") == "b"


def test_asking_is_using() -> None:
    kept: Kept[str] = Kept(2)
    for key in ("a", "b"):
        kept.make(key, lambda key=key: key)  # type: ignore[misc]
    assert kept.get("a") == "a"
    kept.make("c", lambda: "c")
    assert kept.get("a") == "a" and kept.get("b") is None


def test_who_waits_is_told_how_many_come_first() -> None:
    """One at work, a second result wanted twice, a third: each is told the number of other results, not of people."""
    kept: Kept[str] = Kept(8)
    go_on, orders, order = threading.Event(), threading.Lock(), []
    told: dict[str, list[int]] = {}

    def build(name: str) -> str:
        assert go_on.wait(60)
        with orders:
            order.append(name)
        return name

    def ask(name: str, who: str) -> threading.Thread:
        begun = threading.Event()
        told[who] = []

        def waiting(before: int) -> None:
            told[who].append(before)
            begun.set()

        thread = threading.Thread(target=lambda: kept.make(name, lambda: build(name), waiting))
        thread.start()
        assert begun.wait(60)
        return thread

    threads = [ask("a", "1"), ask("b", "2"), ask("b", "3"), ask("c", "4")]
    assert (told["1"][0], told["2"][0], told["3"][0], told["4"][0]) == (0, 1, 1, 2)
    assert kept.last_seconds is None
    go_on.set()
    for thread in threads:
        thread.join()
    assert order == ["a", "b", "c"]
    assert kept.last_seconds is not None and 0.0 <= kept.last_seconds < 60.0
    # Nobody waits for what is there.
    kept.make("a", lambda: "anew", lambda before: pytest.fail("told of waiting"))


def test_who_goes_away_holds_up_nobody() -> None:
    kept: Kept[str] = Kept(8)

    def leave(before: int) -> None:
        raise KeyboardInterrupt

    with being_made(kept, "a"), pytest.raises(KeyboardInterrupt):
        kept.make("b", lambda: pytest.fail("made for nobody"), leave)
    assert kept.make("c", lambda: "c") == "c" and kept.get("b") is None
