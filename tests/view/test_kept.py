"""Results are made once, the last few are kept, and a failure is not."""

import threading

import pytest

from core.view.kept import Kept


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
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(60)
        return "b"

    thread = threading.Thread(target=lambda: kept.make("b", slow))
    thread.start()
    assert begun.wait(60)
    assert kept.make("a", lambda: "made anew") == "a" and kept.get("b") is None
    go_on.set()
    thread.join()
    assert kept.get("b") == "b"


def test_asking_is_using() -> None:
    kept: Kept[str] = Kept(2)
    for key in ("a", "b"):
        kept.make(key, lambda key=key: key)  # type: ignore[misc]
    assert kept.get("a") == "a"
    kept.make("c", lambda: "c")
    assert kept.get("a") == "a" and kept.get("b") is None
