"""The process that has all parsers loaded and forks one process for each file: `python -m core.jobs.zygote SOCKET`.

It never looks at a file itself. It has one thread and no torch, so that forking is safe, and costs milliseconds where
a new interpreter with RDKit and gemmi costs seconds. Nothing of one visitor's file is left for the next.

On SOCKET come pairs of sockets: one goes to the new process, which takes a frame from it and answers with one
(core.jobs.frames); on the other the exit code of that process is sent when it ends, and where the other side closes it
the process is killed. When SOCKET is closed, everything ends.
"""

import contextlib
import gc
import importlib
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

# Imported, and warm_up of each called, before the first file comes; others are imported when they are asked for.
LOADED = ("core.jobs.reading", "core.jobs.reading_result")
# The dictionary of components keeps small files; nothing else is written.
LARGEST_FILE_BYTES = 4_000_000
OPEN_FILES = 128
REQUEST_LIMIT_BYTES = 2_000_000_000
TRACE_LENGTH = 4000


def main(descriptor: int) -> None:
    control = socket.socket(fileno=descriptor)
    for module in LOADED:
        importlib.import_module(module).warm_up()
    # What is here now is here for good: the collector of a new process need not touch, and thereby copy, any of it.
    gc.collect()
    gc.freeze()
    wake, waker = socket.socketpair()
    for end in (wake, waker):
        end.setblocking(False)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ, "control")
        selector.register(wake, selectors.EVENT_READ, "wake")
        control.sendall(b"r")
        while True:
            for key, _ in selector.select():
                if key.data == "wake":
                    with contextlib.suppress(BlockingIOError):
                        wake.recv(4096)
                    _reap(children, selector)
                elif key.data == "control":
                    message, descriptors, _, _ = socket.recv_fds(control, 1, 2)
                    if not message or len(descriptors) != 2:
                        _end(children)
                    _fork(descriptors, children, selector, (control, wake, waker))
                elif key.data in children:
                    # Nobody wants the answer any more. The exit code follows when it is reaped.
                    selector.unregister(key.fileobj)
                    _kill(key.data)


def _fork(
    descriptors: list[int],
    children: dict[int, socket.socket],
    selector: selectors.BaseSelector,
    own: tuple[socket.socket, ...],
) -> None:
    data, life = (socket.socket(fileno=descriptor) for descriptor in descriptors)
    child = os.fork()
    if child == 0:
        try:
            for end in (*own, *children.values(), life):
                end.close()
            selector.close()
            _work(data)
        finally:
            os._exit(1)
    data.close()
    children[child] = life
    selector.register(life, selectors.EVENT_READ, child)


def _reap(children: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    while children:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return
        # What it started ends with it; until it is reaped, its number and its group are nobody else's.
        child = ended.si_pid
        _kill(child)
        _, status = os.waitpid(child, 0)
        life = children.pop(child)
        with contextlib.suppress(KeyError):
            selector.unregister(life)
        with contextlib.suppress(OSError):
            life.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "little", signed=True))
        life.close()


def _kill(child: int) -> None:
    """It is not reaped yet, so the number is its own still; with what it may have started."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)


def _end(children: dict[int, socket.socket]) -> NoReturn:
    for child in children:
        _kill(child)
    os._exit(0)


def _work(data: socket.socket) -> NoReturn:
    """In the new process: take the request, do it within its limits, answer."""
    from core.jobs.frames import pack_arrays, receive_frame, send_frame

    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    header, content = receive_frame(data, limit_bytes=REQUEST_LIMIT_BYTES, until=None)
    _set_limits(int(header["cpu_seconds"]), int(header["memory_bytes"]))
    try:
        module, _, function = header["work"].partition(":")
        answer, arrays = getattr(importlib.import_module(module), function)(header["request"], content)
        send_frame(data, {"answer": answer}, pack_arrays(arrays), until=None)
    except MemoryError:
        send_frame(data, {"memory": True}, b"", until=None)
    except Exception as error:
        send_frame(data, _told(error), b"", until=None)
    os._exit(0)


def _set_limits(cpu_seconds: int, memory_bytes: int) -> None:
    # At the first limit comes SIGXCPU, which says why; at the second SIGKILL, which cannot be ignored.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, LARGEST_FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        # No process may be started (the superuser may nonetheless).
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def _told(error: Exception) -> dict[str, Any]:
    """A typed error by its name, message and remedy; of any other what the log should hold."""
    from core.errors import RhoscopeError, StructureError

    if isinstance(error, RhoscopeError):
        told: dict[str, Any] = {"error": type(error).__name__, "message": error.message, "remedy": error.remedy}
        if isinstance(error, StructureError):
            told |= {"without": error.without, "smiles": error.smiles, "chains": error.chains}
        return told
    return {"trace": "".join(traceback.format_exception(error))[-TRACE_LENGTH:]}


if __name__ == "__main__":
    main(int(sys.argv[1]))
