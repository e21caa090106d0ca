"""What a Dask worker does with one job: start a child process, pass its progress on, stop it when it must stop.

The worker itself is a thread; the calculation is a process of its own, so that it can be killed at any moment, its
memory measured, and a crash inside it harms nobody.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

import core
from core.duration import duration
from core.errors import DataError
from core.jobs.status import Failure
from core.logs import get_logger
from core.reference.calculation import CycleReport
from core.reference.record import Record, read_records

POLL_SECONDS = 0.25
LEAVE_SECONDS = 10.0
PYSCF_SHARE_OF_MEMORY = 0.6


@dataclass(frozen=True)
class Limits:
    """Of one job: wall time in seconds, resident memory in GB (1e9 bytes), threads of PySCF and torch. settings: what
    the names of the settings that hold these limits begin with."""

    seconds: float
    memory_gb: float
    threads: int
    settings: str = "DFT"


def run_child(
    request: dict,
    limits: Limits,
    *,
    on_cycle: Callable[[CycleReport], None],
    cancelled: Callable[[], bool],
) -> Record | Failure | None:
    """Run one calculation in a child process: its record, why there is none, or None where it was cancelled.

    request: atomic_numbers, positions_angstrom, charge, level, as JSON takes them. on_cycle is called from this
    thread after each SCF cycle; cancelled is asked about four times a second.
    """

    def on_answer(answer: dict) -> None:
        if "cycle" in answer:
            on_cycle(CycleReport(**answer["cycle"]))

    with tempfile.TemporaryDirectory(prefix="rhoscope-job-") as folder:
        process, failure = _run("core.jobs.child", Path(folder), request, limits, on_answer, cancelled)
        if failure is not None:
            return failure if failure.message else None
        try:
            [record] = read_records(Path(folder, "record.h5"))
            return record
        except (DataError, ValueError):
            return _crash(process.returncode, Path(folder, "stderr"))


def follow_child(
    module: str,
    request: dict,
    limits: Limits,
    *,
    on_answer: Callable[[dict], None],
    cancelled: Callable[[], bool],
    collect: Callable[[Path], None] = lambda folder: None,
) -> Failure | None:
    """Run `module` as a child process that answers by lines of JSON (as core.jobs.child) until it ends: why it did not
    end well, without words where it was cancelled, or None. on_answer is called from this thread; collect, where it
    ended well, with the folder that the child was given, before it goes."""
    with tempfile.TemporaryDirectory(prefix="rhoscope-job-") as folder:
        process, failure = _run(module, Path(folder), request, limits, on_answer, cancelled)
        if failure is None and process.returncode:
            return _crash(process.returncode, Path(folder, "stderr"))
        if failure is None:
            collect(Path(folder))
        return failure


def _run(
    module: str,
    folder: Path,
    request: dict,
    limits: Limits,
    on_answer: Callable[[dict], None],
    cancelled: Callable[[], bool],
) -> tuple[subprocess.Popen[str], Failure | None]:
    """The child, ended and reaped, and why it did not end well."""
    with (folder / "stderr").open("wb") as errors:
        process = _start(module, folder, limits, errors)
    try:
        failure = _follow(process, request, limits, on_answer, cancelled)
    finally:
        _kill(process)
    if failure is not None and failure.message:
        words = {"problem": failure.message, "stderr": _tail(folder / "stderr")}
        get_logger(__name__).warning("calculation failed", module=module, **words)
    return process, failure


def _start(module: str, folder: Path, limits: Limits, errors: IO[bytes]) -> subprocess.Popen[str]:
    environment = os.environ | {
        "OMP_NUM_THREADS": str(limits.threads),
        "OPENBLAS_NUM_THREADS": str(limits.threads),
        "MKL_NUM_THREADS": str(limits.threads),
        "PYSCF_MAX_MEMORY": str(int(PYSCF_SHARE_OF_MEMORY * 1000 * limits.memory_gb)),
        "PYSCF_TMPDIR": str(folder),
    }
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=Path(core.__file__).parents[1] if core.__file__ else None,
        env=environment,
        text=True,
        start_new_session=True,
    )


def _follow(
    process: subprocess.Popen[str],
    request: dict,
    limits: Limits,
    on_answer: Callable[[dict], None],
    cancelled: Callable[[], bool],
) -> Failure | None:
    """None when the child ended by itself without a complaint; a Failure without words when it was cancelled."""
    started = time.monotonic()
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert process.stdin is not None and process.stdout is not None  # noqa: S101
    reader = threading.Thread(target=_read_lines, args=(process.stdout, lines), daemon=True)
    reader.start()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
    failure: Failure | None = None
    while reader.is_alive() or not lines.empty():
        if cancelled():
            return Failure("", "")
        if time.monotonic() - started > limits.seconds:
            return Failure(
                f"The calculation passed the time limit of {duration(limits.seconds)}.",
                f"Choose a smaller structure, or raise RHOSCOPE_{limits.settings}_TIME_LIMIT_SECONDS.",
            )
        if _resident_gb(process.pid) > limits.memory_gb:
            return Failure(
                f"The calculation passed the memory limit of {limits.memory_gb:g} GB.",
                f"Choose a smaller structure, or raise RHOSCOPE_{limits.settings}_MEMORY_GB.",
            )
        try:
            answer = json.loads(lines.get(timeout=POLL_SECONDS))
        except queue.Empty:
            continue
        if "failure" in answer:
            failure = Failure(**answer["failure"])
        else:
            on_answer(answer)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(LEAVE_SECONDS)
    return failure


def _read_lines(stream: IO[str], lines: "queue.SimpleQueue[str]") -> None:
    with contextlib.suppress(ValueError, OSError):
        for line in stream:
            lines.put(line)


def _resident_gb(process_id: int) -> float:
    try:
        return float(psutil.Process(process_id).memory_info().rss) / 1e9
    except psutil.Error:
        return 0.0


def _kill(process: subprocess.Popen[str]) -> None:
    """End the child, whatever it does, and reap it."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _tail(errors: Path) -> str:
    return errors.read_text(encoding="utf-8", errors="replace")[-2000:]


def _crash(exit_code: int | None, errors: Path) -> Failure:
    get_logger(__name__).error("calculation process died", exit_code=exit_code, stderr=_tail(errors))
    return Failure(
        f"The calculation process ended without a result (exit code {exit_code}).",
        "It may have run out of memory: choose a smaller structure, or see the log.",
    )
