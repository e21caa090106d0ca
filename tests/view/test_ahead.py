"""Work that goes on beside the page: shared, told of, and not lost where a page is run again."""

import threading
import time
from collections.abc import Callable

import pytest

from core.errors import DataError
from core.view.ahead import Ahead, Stopped

PATIENCE_SECONDS = 20


def test_who_leaves_meanwhile_finds_the_work_where_it_is() -> None:
    ahead: Ahead[int] = Ahead()
    begun, release = [], threading.Event()

    def build(tell: Callable[[str], None]) -> int:
        begun.append(1)
        tell("half way")
        assert release.wait(PATIENCE_SECONDS)
        return 7

    class RunAgain(Exception):
        pass

    def leave(words: str) -> None:
        if words == "half way":
            raise RunAgain

    with pytest.raises(RunAgain):
        ahead.wait("one", build, leave)
    told: list[str] = []

    def let_go(words: str) -> None:
        told.append(words)
        release.set()

    assert ahead.wait("one", build, let_go) == 7
    assert told[0] == "half way" and begun == [1]


def test_what_it_raises_is_raised_to_all_who_wait_and_not_kept() -> None:
    ahead: Ahead[int] = Ahead()
    release, begun = threading.Event(), []

    def fail(tell: Callable[[str], None]) -> int:
        begun.append(1)
        tell("failing")
        assert release.wait(PATIENCE_SECONDS)
        raise DataError("no.", "never.")

    caught = []

    def let_go(words: str) -> None:
        if (work := ahead._works.get("one")) and work.waiting == 2:
            release.set()

    def wait() -> None:
        try:
            ahead.wait("one", fail, let_go)
        except DataError as error:
            caught.append(error)

    waiting = [threading.Thread(target=wait) for _ in range(2)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join(PATIENCE_SECONDS)
    assert len(caught) == 2 and begun == [1]
    assert ahead.wait("one", lambda tell: 3, lambda words: None) == 3


def test_a_time_out_within_the_work_is_not_mistaken_for_waiting() -> None:
    def late(tell: Callable[[str], None]) -> int:
        raise TimeoutError("the work's own")

    with pytest.raises(TimeoutError, match="the work's own"):
        Ahead[int]().wait("one", late, lambda words: None)


def test_work_is_stopped_when_nobody_waits_for_it_and_begins_anew() -> None:
    ahead: Ahead[int] = Ahead()
    begun, ended = threading.Event(), threading.Event()

    def endless(tell: Callable[..., None]) -> int:
        begun.set()
        try:
            while True:
                tell("step", 0.5)
                time.sleep(0.01)
        finally:
            ended.set()

    class RunAgain(Exception):
        pass

    stopped_meanwhile: list[bool] = []

    def leave(step: str, share: float) -> None:
        # While somebody waits it is not stopped.
        stopped_meanwhile.append(ahead.stop("one"))
        raise RunAgain

    with pytest.raises(RunAgain):
        ahead.wait("one", endless, leave)
    assert begun.is_set() and not ended.is_set() and stopped_meanwhile == [False]
    assert ahead.stop("one") and ended.wait(PATIENCE_SECONDS)
    assert ahead.wait("one", lambda tell: 3, lambda *told: None) == 3
    assert not ahead.stop("one") and not ahead.stop("another")


def test_what_nobody_waits_for_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead: Ahead[int] = Ahead()
    ended = threading.Event()

    def endless(tell: Callable[..., None]) -> int:
        try:
            while True:
                tell(1)
                time.sleep(0.01)
        finally:
            ended.set()

    class RunAgain(Exception):
        pass

    def leave(step: int) -> None:
        raise RunAgain

    with pytest.raises(RunAgain):
        ahead.wait("one", endless, leave)
    assert not ended.is_set()
    monkeypatch.setattr("core.view.ahead.UNWANTED_SECONDS", 0.3)
    assert ended.wait(PATIENCE_SECONDS)


def test_who_comes_as_it_is_given_up_has_it_begun_anew() -> None:
    begun: list[int] = []

    def build(tell: Callable[..., None]) -> int:
        begun.append(1)
        if len(begun) == 1:
            raise Stopped
        return 3

    assert Ahead[int]().wait("one", build, lambda *told: None) == 3 and len(begun) == 2


def test_results_and_errors_are_not_held() -> None:
    ahead: Ahead[list[int]] = Ahead()
    assert ahead.wait("one", lambda tell: [3], lambda *told: None) == [3]
    assert not ahead._works
