"""The Dask tasks: progress goes to the client as events, a cancellation comes as a Dask Event."""

import time
from collections.abc import Callable

from distributed import Event, get_worker

from core.jobs.runner import Limits, run_child
from core.jobs.status import Failure
from core.reference.calculation import CycleReport
from core.reference.record import Record

ASK_SECONDS = 0.5


def run_job(token: str, topic: str, request: dict, limits: Limits) -> Record | Failure | None:
    """Run one calculation on this worker; None where it was cancelled. `token` names this attempt."""
    tell, cancelled = teller(token, topic), asker(token)

    def on_cycle(report: CycleReport) -> None:
        tell({"cycle": [report.cycle, report.energy_hartree, report.energy_change_hartree, report.seconds]})

    if cancelled():
        return None
    tell({"started": True})
    return run_child(request, limits, on_cycle=on_cycle, cancelled=cancelled)


def teller(token: str, topic: str) -> Callable[[dict], None]:
    """What sends news of the attempt `token` from this worker."""
    worker = get_worker()
    return lambda news: worker.log_event(topic, {"token": token, **news})


def released() -> Callable[[], bool]:
    """Whether the task that runs here is wanted no more: its client let it go, or is lost. Dask tells a running task
    nothing of that, but its worker knows."""
    worker = get_worker()
    key = worker.get_current_task()

    def gone() -> bool:
        state = worker.state.tasks.get(key)
        return state is None or state.state == "cancelled"

    return gone


def asker(token: str) -> Callable[[], bool]:
    """Whether the attempt `token` is to stop, or is wanted no more; the scheduler is asked twice a second at most."""
    stop, gone = Event(token), released()
    asked = 0.0
    stopped = False

    def cancelled() -> bool:
        nonlocal asked, stopped
        if not stopped and not gone() and time.monotonic() - asked > ASK_SECONDS:
            stopped, asked = bool(stop.is_set()), time.monotonic()
        return stopped or gone()

    return cancelled
