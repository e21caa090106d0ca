"""The structures of a batch on Dask: a few at a time, the death of a worker told as the failure of its structure."""

import contextlib
import logging
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dask
from distributed import Client, KilledWorker, as_completed
from distributed.client import CancelledError
from distributed.utils import silence_logging_cmgr

from core.cli.batch_task import LESS_MEMORY, Failure, Task
from core.cli.output import progress
from core.data.cluster import connected
from core.logs import get_logger

if TYPE_CHECKING:
    from distributed import Future

Answer = dict[str, Any] | Failure
DIED = "The process that predicted it broke down, most likely for want of memory."


@contextlib.contextmanager
def interrupts_wait() -> Iterator[None]:
    """Ctrl-C waits for its end, and does not reach threads and processes that are started meanwhile, nor those that
    they start. A call of Dask's that is interrupted before it began writes a trace of its own."""
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    # The mask is what they inherit; it does not keep a signal from this thread that another thread takes.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def workers_of(scheduler: str, workers: int, scratch: Path) -> Iterator[Client]:
    """`connected`, but that a structure at which a worker dies is not tried on others, and that Ctrl-C reaches this
    process alone, which then ends the workers."""
    # With the first worker it would be started too, and leave Ctrl-C unblocked for who does so.
    resource_tracker.ensure_running()
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        ending = contextlib.ExitStack()
        try:
            with interrupts_wait():
                client = ending.enter_context(connected(scheduler, workers, scratch))
            with silence_logging_cmgr(logging.CRITICAL):
                yield client
        finally:
            with interrupts_wait():
                ending.close()


def answers(client: Client, tasks: Sequence[Task], work: Callable[[Task], Answer]) -> Iterator[tuple[Task, Answer]]:
    """Each task with its answer, as they end. One that lacked memory while others ran is tried once more, alone."""
    with interrupts_wait():
        threads = sum(client.nthreads().values())
    together, alone = min(len(tasks), max(1, threads)), []
    for task, answer in _answers(client, tasks, work, together):
        if isinstance(answer, Failure) and answer.for_memory and together > 1:
            progress(f"{answer.file}: {answer.message} It is tried again when nothing else runs.")
            alone.append(task)
        else:
            yield task, answer
    yield from _answers(client, alone, work, 1)


def _answers(
    client: Client, tasks: Sequence[Task], work: Callable[[Task], Answer], together: int
) -> Iterator[tuple[Task, Answer]]:
    """Only so many tasks are with the scheduler at a time: all that it gave to a worker are lost with it."""
    waiting, running = deque(tasks), as_completed()
    task_of: dict[str, Task] = {}

    def submit() -> None:
        task = waiting.popleft()
        future = client.submit(work, task, pure=False)
        task_of[future.key] = task
        running.add(future)

    for _ in range(min(len(waiting), together)):
        submit()
    for future in running:
        task = task_of.pop(future.key)
        yield task, _answer(task, future)
        if waiting:
            submit()


def _answer(task: Task, future: "Future") -> Answer:
    try:
        with interrupts_wait():
            return future.result()
    except KilledWorker:
        return Failure(task.path.name, DIED, LESS_MEMORY, for_memory=True)
    except CancelledError:
        raise
    except Exception as error:
        get_logger(__name__).exception("unexpected error", file=task.path.name)
        return Failure(
            task.path.name,
            f"Unexpected error: {type(error).__name__}: {error}.",
            "This is a defect of Rhoscope: please report it with the trace above.",
        )
    finally:
        # Else Dask makes it anew, where the worker that holds it dies.
        future.release()
