"""Trainings of page 7 that a person starts: one at a time, in a process of its own, the same one for all who ask.

There are few to ask for (KINDS times SIZES, one seed each), and what has been trained is kept: thirty people cost no
more than all of them together.
"""

import threading
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from core.jobs.runner import Limits, follow_child
from core.jobs.status import Failure
from core.lessons.training import LONGEST_SECONDS, check_training
from core.logs import get_logger

# A training stops by itself; this ends a process that does not.
LIMITS = Limits(seconds=180.0, memory_gb=3.0, threads=1)
State = Literal["waiting", "running", "done", "stopped", "failed"]


@dataclass
class LiveRun:
    """kind, structures: what is trained on how many. share: of its steps that are done. steps, force_errors: of each
    held-out evaluation so far, against the fit. residual: how far the density in another pose is off, once it is done,
    with a share below 1 where its time was up before its steps.
    problem: why it failed. askers: who want it."""

    kind: str
    structures: int
    state: State = "waiting"
    share: float = 0.0
    steps: list[int] = field(default_factory=list)
    force_errors_mev_per_angstrom: list[float] = field(default_factory=list)
    residual: float | None = None
    seconds: float = 0.0
    parameters: int = 0
    problem: str = ""
    askers: set[str] = field(default_factory=set)

    @property
    def finished(self) -> bool:
        return self.state in ("done", "stopped", "failed")


class LiveTraining:
    """The queue of this process: `LiveTraining.shared()`. Safe to be used from any thread."""

    _shared: ClassVar["LiveTraining | None"] = None
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, limits: Limits = LIMITS, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._limits, self._longest_seconds = limits, longest_seconds
        self._changed = threading.Condition()
        self._runs: dict[tuple[str, int], LiveRun] = {}
        self._queue: list[LiveRun] = []
        self._worker: threading.Thread | None = None

    @classmethod
    def shared(cls) -> "LiveTraining":
        with cls._shared_lock:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    def ask(self, kind: str, structures: int, asker: str) -> LiveRun:
        """The run of this kind and size: begun, waited for or done already. One that was stopped or failed begins anew.

        Raises LessonError for what there is not to ask for."""
        check_training(kind, structures)
        with self._changed:
            run = self._runs.get((kind, structures))
            if run is None or run.state in ("stopped", "failed"):
                run = self._runs[kind, structures] = LiveRun(kind, structures)
                self._queue.append(run)
                if self._worker is None:
                    self._worker = threading.Thread(target=self._work, name="live-training", daemon=True)
                    self._worker.start()
                self._changed.notify_all()
            if not run.finished:
                run.askers.add(asker)
            return run

    def found(self, kind: str, structures: int) -> LiveRun | None:
        """The run, where anyone has asked for it."""
        with self._changed:
            return self._runs.get((kind, structures))

    def under_way(self, kind: str, structures: int) -> bool:
        """Whether this run waits or runs."""
        run = self.found(kind, structures)
        return run is not None and not run.finished

    def position(self, run: LiveRun) -> int:
        """How many are before it, the one that runs included."""
        with self._changed:
            if run not in self._queue:
                return 0
            running = any(other.state == "running" for other in self._runs.values())
            return self._queue.index(run) + running

    def stop(self, run: LiveRun, asker: str) -> None:
        """`asker` wants it no more: it ends when nobody else does."""
        with self._changed:
            run.askers.discard(asker)
            if run.askers or run.finished:
                return
            if run in self._queue:
                self._queue.remove(run)
            run.state = "stopped"
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._queue:
                    self._changed.wait()
                run = self._queue.pop(0)
                run.state = "running"
            try:
                failure = self._train(run)
            except Exception as error:
                # Whatever it was, the next in the queue is not to wait for it.
                get_logger(__name__).exception("a training could not be followed", kind=run.kind)
                failure = Failure(f"The training could not be followed: {type(error).__name__}.", "See the log.")
            with self._changed:
                self._ended(run, failure)

    def _train(self, run: LiveRun) -> Failure | None:
        return follow_child(
            "core.lessons.live_child",
            {"kind": run.kind, "structures": run.structures, "seconds": self._longest_seconds},
            self._limits,
            on_answer=lambda answer: self._heard(run, answer),
            cancelled=lambda: run.state == "stopped",
        )

    def _heard(self, run: LiveRun, answer: dict) -> None:
        with self._changed:
            if "metrics" in answer:
                metrics = answer["metrics"]
                run.share = float(metrics["share"])
                run.steps.append(int(metrics["step"]))
                run.force_errors_mev_per_angstrom.append(float(metrics["heldout_force_mae_mev_per_angstrom"]))
                run.seconds = float(metrics["seconds"])
            if "result" in answer:
                result = answer["result"]
                run.residual, run.seconds = float(result["residual"]), float(result["seconds"])
                run.parameters = int(result["parameters"])

    def _ended(self, run: LiveRun, failure: Failure | None) -> None:
        run.askers.clear()
        if run.state == "stopped":
            return
        # The result is the last that a process says: how it ends after that is of no account.
        if run.residual is not None:
            run.state = "done"
        else:
            run.state = "failed"
            run.problem = failure.message if failure else "The training ended without a result."
