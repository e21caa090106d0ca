"""A training that a person starts: it runs to its end, is shared, waits its turn, and stops when nobody wants it."""

import time

import psutil
import pytest

from core.errors import LessonError
from core.lessons.live import LiveTraining

PATIENCE_SECONDS = 300.0


def wait(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def children() -> list[psutil.Process]:
    own = psutil.Process().children(recursive=True)
    return [each for each in own if "core.lessons.live_child" in " ".join(each.cmdline())]


def test_it_learns_and_is_shared():
    training = LiveTraining()
    run = training.ask("scalar", 4, "one")
    assert training.ask("scalar", 4, "another") is run
    wait(lambda: run.finished, "a training to end")
    assert run.state == "done", run.problem
    assert run.share == 1.0 and len(run.steps) == 20
    assert run.force_errors_mev_per_angstrom[-1] < 0.7 * run.force_errors_mev_per_angstrom[0]
    assert run.residual is not None and run.residual < 1e-4
    assert training.ask("scalar", 4, "late") is run and training.found("scalar", 4) is run


def test_it_stops_when_its_time_is_up_and_says_how_far_it_came():
    """A few seconds, of which loading takes some: what has been learned by then is the result."""
    longest_seconds = 6.0
    training = LiveTraining(longest_seconds=longest_seconds)
    run = training.ask("plain", 24, "one")
    wait(lambda: run.finished, "a training to end")
    assert run.state == "done", run.problem
    assert 0.0 < run.share < 1.0
    assert run.seconds < longest_seconds
    assert run.residual is not None and len(run.steps) == len(run.force_errors_mev_per_angstrom) > 0
    wait(lambda: not children(), "its process to end")


def test_it_waits_and_stops():
    training = LiveTraining()
    first, second = training.ask("plain", 8, "one"), training.ask("l1", 4, "two")
    wait(lambda: first.state == "running" and children(), "a training to begin")
    assert (second.state, training.position(second)) == ("waiting", 1)
    training.ask("plain", 8, "two")
    training.stop(first, "one")
    assert not first.finished
    training.stop(second, "two")
    training.stop(first, "two")
    wait(lambda: not children(), "its process to end")
    assert (first.state, second.state) == ("stopped", "stopped")
    assert second.steps == []
    again = training.ask("l1", 4, "two")
    assert again is not second
    training.stop(again, "two")
    wait(lambda: not children(), "its process to end")


def test_what_there_is_not_to_ask_for():
    with pytest.raises(LessonError, match="no such training"):
        LiveTraining().ask("equivariant", 100_000, "one")
