"""Processes for strangers' files: what they give, and what stops them, whatever a file makes of its parser."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.errors import ChargeError, ReaderBusyError, ReaderCrashError, ReaderMemoryError, ReaderTimeError
from core.jobs.isolated import Isolation, ReadLimits, Work
from tests.jobs import hostile

# Machines are slow; what is waited for comes or does not.
PATIENCE_SECONDS = 120.0

PLENTY = ReadLimits(60, 2.0)
# One second of processor time, three of the clock.
SHORT = ReadLimits(1, 2.0)
pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Limits of memory hold on Linux only.")


@pytest.fixture(scope="module")
def isolation() -> Iterator[Isolation]:
    made = Isolation(2)
    yield made
    made.close()


def readers(isolation: Isolation) -> int:
    """How many processes it has: the one that forks, and those for files."""
    try:
        return 1 + len(psutil.Process(isolation._zygote.pid).children(recursive=True)) if isolation._zygote else 0
    except psutil.Error:
        return 0


def settled(isolation: Isolation, count: int = 2) -> bool:
    """Whether there are soon no more than the one that forks, and the one that waits for the next file."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while readers(isolation) > count:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_every_file_has_a_process_of_its_own(isolation: Isolation) -> None:
    seen = set()
    for length in (0, 1, 3_000_000):
        content = np.random.default_rng(length).bytes(length)
        answer, arrays = isolation.run(hostile.echo, {}, content, what="a.pdb", limits=PLENTY)
        assert answer["length"] == length and arrays["bytes"].tobytes() == content
        seen.add(answer["pid"])
    assert len(seen) == 3 and os.getpid() not in seen
    assert settled(isolation)


@pytest.mark.parametrize(
    ("work", "request_", "limits", "kind", "words"),
    [
        (hostile.spin, {}, SHORT, ReaderTimeError, "1 s that are allowed"),
        (hostile.sleep, {}, SHORT, ReaderTimeError, "1 s that are allowed"),
        (hostile.hoard, {"bytes": 3_000_000_000}, PLENTY, ReaderMemoryError, "2 GB of memory"),
        (hostile.crash, {}, PLENTY, ReaderCrashError, "broke down"),
        (hostile.abort, {}, PLENTY, ReaderMemoryError, "memory"),
        (hostile.stumble, {}, PLENTY, ReaderCrashError, "broke down"),
        (hostile.recurse, {}, PLENTY, ReaderCrashError, "broke down"),
        (hostile.leave, {}, PLENTY, ReaderCrashError, "broke down"),
        (hostile.refuse, {}, PLENTY, ChargeError, "One electron too many."),
    ],
)
def test_what_goes_wrong_is_a_typed_error_and_the_next_file_is_read(
    isolation: Isolation, work: Work, request_: dict, limits: ReadLimits, kind: type, words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        isolation.run(work, request_, b"x", what="evil<b>.pdb", limits=limits)
    assert caught.value.remedy
    assert work is hostile.refuse or "'evil<b>.pdb'" in caught.value.message
    assert isolation.run(hostile.echo, {}, b"x", what="a.pdb", limits=PLENTY)[0]["length"] == 1
    assert settled(isolation)


@pytest.mark.parametrize(
    "words",
    [
        "", "x", "\xff" * 400, hostile.frame(b"no JSON"), hostile.frame(b"[1]"), hostile.frame(b'{"answer": 3}'),
        hostile.frame(b'{"answer": {}}', b"no arrays"), hostile.frame(b"{}", claimed=10**15),
        hostile.frame(b'{"answer": {}}', claimed=100), hostile.frame(b'{"error": "SystemExit", "message": "m"}'),
        hostile.frame(b'{"error": "os", "message": "m"}'), hostile.frame(b'{"error": {"a": 1}}'),
        hostile.frame(b"[" * 100_000),
        hostile.frame(b'{"trace": "\\u001b[31m"}'),
    ],
)  # fmt: skip
def test_a_process_that_was_taken_over_can_only_fail(isolation: Isolation, words: str) -> None:
    with pytest.raises(ReaderCrashError):
        isolation.run(hostile.take_over, {"words": words}, b"", what="a.pdb", limits=PLENTY)


def test_what_a_file_leaves_behind_is_ended_with_it(isolation: Isolation) -> None:
    answer, _ = isolation.run(hostile.leave_a_child, {}, b"", what="a.pdb", limits=PLENTY)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while psutil.pid_exists(answer["child"]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(answer["child"])


def test_no_secrets_no_torch_no_large_files(
    isolation: Isolation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    fresh = Isolation(1)
    try:
        answer, _ = fresh.run(hostile.surroundings, {}, b"", what="a.pdb", limits=PLENTY)
        assert "AWS_SECRET_ACCESS_KEY" not in answer["environment"] and "PATH" in answer["environment"]
        assert answer["modules"] == []
        assert psutil.Process(fresh._zygote.pid).num_threads() == 1
    finally:
        fresh.close()
    path = tmp_path / "large"
    with pytest.raises(ReaderCrashError):
        isolation.run(hostile.write_much, {"path": str(path)}, b"", what="a.pdb", limits=PLENTY)
    assert path.stat().st_size <= 4_000_000


def test_more_files_than_places_wait_and_in_the_end_say_so(isolation: Isolation) -> None:
    outcomes: list[str] = []

    def read(limits: ReadLimits) -> None:
        try:
            isolation.run(hostile.sleep, {}, b"", what="a.pdb", limits=limits)
        except (ReaderTimeError, ReaderBusyError) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=read, args=(limits,)) for limits in (ReadLimits(6, 2.0), ReadLimits(6, 2.0))]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while isolation._places._value:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    read(SHORT)
    assert outcomes == ["ReaderBusyError"]
    for thread in threads:
        thread.join()
    assert outcomes[1:] == ["ReaderTimeError"] * 2


def test_a_zygote_that_died_is_replaced_and_all_ends_with_the_program(isolation: Isolation) -> None:
    isolation.run(hostile.echo, {}, b"", what="a.pdb", limits=PLENTY)
    isolation._zygote.kill()
    isolation._zygote.wait()
    isolation._ready = None
    assert isolation.run(hostile.echo, {}, b"x", what="a.pdb", limits=PLENTY)[0]["length"] == 1
    deadline = time.monotonic() + PATIENCE_SECONDS
    while readers(isolation) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    processes = [psutil.Process(isolation._zygote.pid), *psutil.Process(isolation._zygote.pid).children()]
    isolation.close()
    assert len(processes) > 1 and not psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)[1]
