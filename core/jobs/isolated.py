"""Work on strangers' files, each in a process of its own that is killed at its limits (see core.jobs.zygote).

What comes back is JSON and arrays, checked by whoever asked for it; a process that a file has taken over can lie about
that file and do no more here. It runs as the same user, though: a wall against the system's own users this is not.
"""

import atexit
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import core
from core import errors
from core.errors import (
    ReaderBusyError,
    ReaderCrashError,
    ReaderMemoryError,
    ReaderTimeError,
    RhoscopeError,
    StructureError,
)
from core.jobs.frames import Arrays, FrameError, FrameTimeoutError, receive_frame, send_frame, unpack_arrays
from core.logs import get_logger
from core.settings import settings

ANSWER_LIMIT_BYTES = 256_000_000
START_SECONDS = 120.0
LAST_WORDS_SECONDS = 10.0
# Processor time is limited; the clock, on a machine with other work, only much later.
WALL_PER_CPU = 3.0
# A name of a file and a message, as far as anybody reads.
_NAME_LENGTH, _MESSAGE_LENGTH = 80, 1000
_MOST_NAMES, _MOST_CHAINS, _RESIDUE_NAME = 20, 500, re.compile(r"\S{1,8}")
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")
_THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


# (request, content) -> (JSON types, arrays)
Work = Callable[[dict[str, Any], bytes], tuple[dict[str, Any], Arrays]]


@dataclass(frozen=True)
class ReadLimits:
    """Of one file: processor time, and address space in GB (1e9 bytes; Linux holds a process to it, macOS does not)."""

    cpu_seconds: float
    memory_gb: float


def default_limits() -> ReadLimits:
    return ReadLimits(settings().read_time_limit_seconds, settings().read_memory_gb)


class Isolation:
    """Processes for strangers' files, `at_once` of them at most. `Isolation.shared()` is the one to use."""

    _shared: ClassVar["Isolation | None"] = None
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, at_once: int | None = None) -> None:
        self._places = threading.BoundedSemaphore(at_once or settings().read_workers)
        self._lock = threading.Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready: tuple[socket.socket, socket.socket] | None = None

    @classmethod
    def shared(cls) -> "Isolation":
        """The one of this process, made at the first call."""
        with cls._shared_lock:
            if cls._shared is None:
                cls._shared = cls()
                atexit.register(cls._shared.close)
            return cls._shared

    def warm_up(self) -> None:
        """Have the parsers loaded before the first file comes; returns at once."""

        def work() -> None:
            try:
                self._have_one_ready()
            except ReaderCrashError as error:
                get_logger(__name__).warning("isolation", error=str(error))

        threading.Thread(target=work, name="isolation", daemon=True).start()

    def run(
        self,
        work: Work,
        request: dict[str, Any],
        content: bytes,
        *,
        what: str,
        limits: ReadLimits | None = None,
        answer_limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> tuple[dict[str, Any], Arrays]:
        """Have `work` done on `content`; its answer, to be checked by the caller.

        work: a function of a module, imported by its name in the process. request: JSON types. what: the file's name,
        for messages. Raises ReaderTimeError, ReaderMemoryError,
        ReaderCrashError, ReaderBusyError, and the typed error that the work itself raises.
        """
        limits = limits or default_limits()
        wall_seconds = WALL_PER_CPU * limits.cpu_seconds
        name = f"{what[:_NAME_LENGTH]!r}"
        if not self._places.acquire(timeout=wall_seconds):
            raise ReaderBusyError(
                "Files of other visitors are being read, and none has ended in time.", "Try again in a minute."
            )
        try:
            with self._lock:
                ready, self._ready = self._ready, None
            data, life = ready or self._new_process()
            self._have_one_ready()
            with data, life:
                header = {
                    "work": f"{work.__module__}:{work.__qualname__}",
                    "request": request,
                    "cpu_seconds": int(max(1, limits.cpu_seconds)),
                    "memory_bytes": int(limits.memory_gb * 1e9),
                }
                until = time.monotonic() + wall_seconds
                try:
                    # A process that dies while it is told its work has its last words still.
                    with contextlib.suppress(FrameError):
                        send_frame(data, header, content, until=until)
                    answer, packed = receive_frame(data, limit_bytes=answer_limit_bytes, until=until)
                    return _judged(answer, packed, name, limits)
                except FrameTimeoutError as error:
                    raise _too_long(name, limits) from error
                except FrameError as error:
                    raise _broken(name, limits, _exit_code(life), str(error)) from error
        finally:
            self._places.release()

    def close(self) -> None:
        """End all of it."""
        with self._lock:
            control, zygote, self._control, self._zygote = self._control, self._zygote, None, None
            ready, self._ready = self._ready, None
        ends = [*(ready or ()), *([control] if control else ())]
        for end in ends:
            end.close()
        if zygote is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                zygote.wait(LAST_WORDS_SECONDS)
            zygote.kill()
            zygote.wait()

    def _have_one_ready(self) -> None:
        """The process for the next file, forked while nobody waits for it."""
        with self._lock:
            if self._ready is not None:
                return
        made = self._new_process()
        with self._lock:
            spare, self._ready = self._ready, made
        if spare is not None:
            for end in spare:
                end.close()

    def _new_process(self) -> tuple[socket.socket, socket.socket]:
        """Sockets to a new process: its data, and its life (closing that one kills it)."""
        for last in (False, True):
            control = self._started()
            (data, data_there), (life, life_there) = socket.socketpair(), socket.socketpair()
            with data_there, life_there:
                try:
                    with self._lock:
                        socket.send_fds(control, [b"f"], [data_there.fileno(), life_there.fileno()])
                    return data, life
                except OSError as error:
                    data.close()
                    life.close()
                    self.close()
                    if last:
                        raise ReaderCrashError(
                            "The process that starts the readers of files has ended.", "Try again."
                        ) from error
        raise AssertionError

    def _started(self) -> socket.socket:
        """The way to a zygote that is ready, a new one where there is none or it died."""
        with self._lock:
            if self._control is not None and self._zygote is not None and self._zygote.poll() is None:
                return self._control
            here, there = socket.socketpair()
            with there:
                self._zygote = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-m", "core.jobs.zygote", str(there.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    cwd=Path(core.__file__).parents[1] if core.__file__ else None,
                    env=_environment(),
                    pass_fds=[there.fileno()],
                    start_new_session=True,
                )
            here.settimeout(START_SECONDS)
            try:
                ready = here.recv(1) == b"r"
            except OSError:
                ready = False
            if not ready:
                here.close()
                self._zygote.kill()
                raise ReaderCrashError("The readers of files do not start.", "See the log of the server.")
            here.settimeout(None)
            self._control = here
            return here


def _environment() -> dict[str, str]:
    """What a reader needs to know, and nothing else of what this process was told."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(("RHOSCOPE_", "PYTHON", "OPENBLAS_CORETYPE"))
    }
    return own | _THREADS


def _exit_code(life: socket.socket) -> int | None:
    life.settimeout(LAST_WORDS_SECONDS)
    try:
        code = life.recv(4)
    except OSError:
        return None
    return int.from_bytes(code, "little", signed=True) if len(code) == 4 else None


def _judged(answer: dict[str, Any], packed: bytes, name: str, limits: ReadLimits) -> tuple[dict[str, Any], Arrays]:
    """The answer, or the error it tells of. Raises FrameError where it is neither."""
    if isinstance(answer.get("answer"), dict):
        return answer["answer"], unpack_arrays(packed)
    if answer.get("memory"):
        raise _too_much(name, limits)
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]), None)
        message, remedy = (str(answer.get(part, ""))[:_MESSAGE_LENGTH] for part in ("message", "remedy"))
        if isinstance(kind, type) and issubclass(kind, RhoscopeError):
            if issubclass(kind, StructureError):
                found = kind(message, remedy, _names(answer.get("without")), _names(answer.get("smiles")))
                found.chains = _all_names(answer.get("chains"))
                raise found
            raise kind(message, remedy)
        raise FrameError("an error that is none of ours")
    get_logger(__name__).error("a file brought its reader down", file=name, trace=str(answer.get("trace"))[:8000])
    raise _crashed(name)


def _names(told: object) -> tuple[str, ...]:
    """Names of residues, of those an answer tells; the rest is nobody's."""
    given = told if isinstance(told, list) else []
    return tuple(name for name in given[:_MOST_NAMES] if isinstance(name, str) and _RESIDUE_NAME.fullmatch(name))


def _all_names(told: object) -> tuple[str, ...]:
    """Of chains: all that an answer tells, or none where some are not told apart by a name."""
    given = told if isinstance(told, list) else []
    names = tuple(name for name in given[:_MOST_CHAINS] if isinstance(name, str) and _RESIDUE_NAME.fullmatch(name))
    return names if len(set(names)) == len(given) else ()


def _broken(name: str, limits: ReadLimits, exit_code: int | None, reason: str) -> RhoscopeError:
    get_logger(__name__).warning("a reader gave no answer", file=name, exit_code=exit_code, reason=reason)
    if exit_code == -signal.SIGXCPU:
        return _too_long(name, limits)
    # The system's own answer to a lack of memory; C++ libraries abort.
    if exit_code in (-signal.SIGKILL, -signal.SIGABRT):
        return _too_much(name, limits)
    return _crashed(name)


def _too_long(name: str, limits: ReadLimits) -> RhoscopeError:
    return ReaderTimeError(
        f"Reading {name} took longer than the {limits.cpu_seconds:g} s that are allowed.",
        "Give less (a part, a coarser grid), or raise the setting RHOSCOPE_READ_TIME_LIMIT_SECONDS.",
    )


def _too_much(name: str, limits: ReadLimits) -> RhoscopeError:
    return ReaderMemoryError(
        f"Reading {name} needs more than the {limits.memory_gb:g} GB of memory that are allowed.",
        "Give less (a part, a coarser grid), or raise the setting RHOSCOPE_READ_MEMORY_GB.",
    )


def _crashed(name: str) -> RhoscopeError:
    return ReaderCrashError(
        f"{name} could not be read: the program that reads it broke down over it.",
        "Write it again, or in another format; if it is sound, please report this.",
    )
