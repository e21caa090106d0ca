"""A training that a person starts: it runs to its end, is shared, waits its turn, and stops when nobody wants it."""

import time
from dataclasses import replace

import pytest

from core.errors import LessonError
from core.jobs.status import Failure
from core.lessons.live import LIMITS, LiveTraining
from core.lessons.training import END_SECONDS, train
from tests.processes import running

PATIENCE_SECONDS = 300.0


def wait(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_it_learns_and_is_shared():
    # However busy the machine is.
    training = LiveTraining(replace(LIMITS, seconds=2 * PATIENCE_SECONDS), longest_seconds=PATIENCE_SECONDS)
    run = training.ask("scalar", 4, "one")
    assert training.ask("scalar", 4, "another") is run
    wait(lambda: run.finished, "a training to end")
    assert run.state == "done", run.problem
    assert run.share == 1.0 and len(run.steps) == 20
    assert run.force_errors_mev_per_angstrom[-1] < 0.7 * run.force_errors_mev_per_angstrom[0]
    assert run.residual is not None and run.residual < 1e-4
    assert training.ask("scalar", 4, "late") is run and training.found("scalar", 4) is run


def test_a_training_stops_when_its_time_is_up_and_what_was_learned_is_the_result():
    """The two seconds at its end are kept for the last evaluation, and loading the waters takes some."""
    shares: list[float] = []
    started = time.monotonic()
    trained = train("plain", 24, lambda metrics: shares.append(metrics["share"]), seconds=END_SECONDS + 4.0)
    assert trained.share == shares[-1] and 0.0 < trained.share < 1.0
    assert time.monotonic() - started < 60.0
    assert trained.force_error_mev_per_angstrom > 0.0 and 1e-4 < trained.residual < 1.0


def test_a_live_training_has_a_minute_and_says_how_far_it_came(monkeypatch):
    requests: list[dict] = []

    def half_way(module, request, limits, *, on_answer, cancelled):
        requests.append(request)
        on_answer(
            {"metrics": {"share": 0.5, "step": 600, "seconds": 58.0, "heldout_force_mae_mev_per_angstrom": 400.0}}
        )
        on_answer({"result": {"residual": 0.1, "seconds": 58.0, "parameters": 65_563}})

    monkeypatch.setattr("core.lessons.live.follow_child", half_way)
    run = LiveTraining().ask("plain", 24, "one")
    wait(lambda: run.finished, "a training to end")
    assert requests == [{"kind": "plain", "structures": 24, "seconds": 60.0}]
    assert (run.state, run.share, run.residual) == ("done", 0.5, 0.1)


@pytest.mark.parametrize("with_result", [True, False])
def test_a_process_that_ends_badly_has_failed_unless_its_result_is_there(monkeypatch, with_result):
    """As one that is slow to leave on a busy machine and is ended."""

    def ends_badly(module, request, limits, *, on_answer, cancelled):
        if with_result:
            on_answer({"result": {"residual": 1e-7, "seconds": 9.0, "parameters": 26_559}})
        return Failure("It ended without a result.", "See the log.")

    monkeypatch.setattr("core.lessons.live.follow_child", ends_badly)
    run = LiveTraining().ask("scalar", 4, "one")
    wait(lambda: run.finished, "a training to end")
    assert (run.state, run.problem) == (("done", "") if with_result else ("failed", "It ended without a result."))


def test_it_waits_and_stops():
    training = LiveTraining()
    first, second = training.ask("plain", 8, "one"), training.ask("l1", 4, "two")
    wait(lambda: first.state == "running" and running("core.lessons.live_child"), "a training to begin")
    assert (second.state, training.position(second)) == ("waiting", 1)
    training.ask("plain", 8, "two")
    training.stop(first, "one")
    assert not first.finished
    training.stop(second, "two")
    training.stop(first, "two")
    wait(lambda: not running("core.lessons.live_child"), "its process to end")
    assert (first.state, second.state) == ("stopped", "stopped")
    assert second.steps == []
    again = training.ask("l1", 4, "two")
    assert again is not second
    training.stop(again, "two")
    wait(lambda: not running("core.lessons.live_child"), "its process to end")


def test_what_there_is_not_to_ask_for():
    with pytest.raises(LessonError, match="no such training"):
        LiveTraining().ask("equivariant", 100_000, "one")
