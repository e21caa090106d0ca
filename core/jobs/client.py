"""The Compare page's way to DFT: one computation for identical requests, progress, cancel, results kept on disk.

Jobs run on Dask: a scheduler of one's own by RHOSCOPE_SCHEDULER, else one inside this process whose worker threads
start each calculation as a process (core.jobs.runner). No signal handlers, no main thread needed: it may be used
from any thread, a Streamlit script among them.
"""

import atexit
import os
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from core.chem.molecule import Molecule
from core.jobs.runner import Limits
from core.jobs.status import Failure, JobStatus, State, key_of
from core.jobs.store import ResultStore
from core.jobs.task import run_job
from core.jobs.timing import SHORTEST_SECONDS, basis_functions, law_seconds, machine_scale
from core.jobs.visitors import Admission, Visitor, limits_of_settings
from core.logs import get_logger
from core.reference.calculation import CycleReport
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.record import Record
from core.settings import settings

CALIBRATION_RECORDS = 15
# Jobs that have ended, whose results or failures the store has: the last so many are remembered.
REMEMBERED = 200
LOST = Failure(
    "This calculation is not running here: the program was started anew while it ran, or it was never asked for.",
    "Start it again; what was finished before is kept.",
)


def default_limits() -> Limits:
    """From the settings; without RHOSCOPE_THREADS a local job leaves one core to the rest of the program."""
    chosen = settings()
    spare = max(1, (os.cpu_count() or 1) - 1)
    threads = chosen.threads or max(1, spare // chosen.dft_workers)
    return Limits(chosen.dft_time_limit_seconds, chosen.dft_memory_gb, threads)


@dataclass
class _Job:
    """askers: who wants it, each with what they call it."""

    key: str
    token: str
    number: int
    future: Any = None
    state: State = "queued"
    stopping: bool = False
    started: float = 0.0
    ended: float = 0.0
    cycles: list[CycleReport] = field(default_factory=list)
    message: str = ""
    remedy: str = ""
    askers: dict[Visitor, str] = field(default_factory=dict)

    @property
    def unfinished(self) -> bool:
        return self.state in ("queued", "running")


class JobClient:
    """Jobs of this process. `JobClient.shared()` is the one to use; instances of one's own are for tests."""

    _shared: ClassVar["JobClient | None"] = None
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        store: ResultStore | None = None,
        *,
        limits: Limits | None = None,
        workers: int | None = None,
        scheduler: str | None = None,
    ) -> None:
        self.store = store or ResultStore()
        self.limits = limits or default_limits()
        self._workers = workers or settings().dft_workers
        self._scheduler = settings().scheduler if scheduler is None else scheduler
        self._topic = f"rhoscope-jobs-{uuid.uuid4().hex}"
        self._lock = threading.RLock()
        self._jobs: dict[str, _Job] = {}
        self._submitted = 0
        self._client: Any = None
        self._cluster: Any = None
        self._scales: dict[Level, float] = {}
        self.admission = Admission(limits_of_settings())

    @classmethod
    def shared(cls) -> "JobClient":
        """The one of this process, made at the first call."""
        with cls._shared_lock:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    def submit_reference(
        self,
        molecule: Molecule,
        level: Level = DEFAULT_LEVEL,
        *,
        from_prediction: bool = False,
        count_default: bool = False,
        visitor: Visitor | None = None,
    ) -> str:
        """Ask for a calculation and get its job id, which depends on structure and level only.

        from_prediction: the SCF begins with the density that the model of this structure predicts, in place of PySCF's
        own guess; count_default: see `core.reference.calculation.calculate`. They change the way, not the result.
        A result that is there, a job that runs, and a failure that would only repeat itself are not computed again.
        visitor: who asks; without one there are no limits to how much is asked for (core.jobs.visitors).
        Raises UnsupportedElementError where the orbital basis does not know an element, TooManyJobsError.
        """
        basis_functions(molecule, level)
        key = key_of(molecule, level)
        askers = {visitor: f"{molecule.title or 'Untitled'}, {level.label}"} if visitor else {}
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.unfinished and not job.stopping:
                job.askers |= askers
                return key
            if self.store.get_by_key(key) is not None:
                return key
            failure = self.store.failure(key)
            if failure is not None and failure.permanent:
                return key
            if visitor is not None:
                self.admission.admit(visitor, [job.askers.keys() for job in self._jobs.values() if job.unfinished])
            self.store.forget_failure(key)
            self._submitted += 1
            job = _Job(key, f"rhoscope-{key}-{uuid.uuid4().hex}", self._submitted, askers=askers)
            self._remember(job)
            request = {
                "atomic_numbers": molecule.atomic_numbers.tolist(),
                "positions_angstrom": molecule.positions_angstrom.tolist(),
                "charge": molecule.charge,
                "level": level.to_json(),
                "from_prediction": from_prediction,
                "count_default": count_default,
            }
            job.future = self._dask().submit(
                run_job, job.token, self._topic, request, self.limits, key=job.token, pure=False, retries=0
            )
        # Not a callback of the future: Dask would run it in a pool that complains when the program ends.
        threading.Thread(target=self._finished, args=(job,), daemon=True).start()
        return key

    def status(self, job_id: str) -> JobStatus:
        """Where a job stands. A job of an earlier process is known by what the store kept of it."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None:
                return self._describe(job)
        record = self.store.get_by_key(job_id)
        if record is not None:
            seconds = float(record.provenance.get("seconds", 0.0))
            return JobStatus(job_id, "done", elapsed_seconds=seconds, message="Taken from the store.")
        failure = self.store.failure(job_id) or LOST
        return JobStatus(job_id, "failed", 0, list(failure.cycles), 0.0, failure.message, failure.remedy)

    def unfinished(self, visitor: Visitor) -> list[tuple[str, JobStatus]]:
        """The jobs of a visitor that wait or run, each with what the visitor calls it: title and level, as text."""
        with self._lock:
            jobs = [job for job in self._jobs.values() if job.unfinished and visitor in job.askers]
            return [(job.askers[visitor], self._describe(job)) for job in jobs]

    def asked(self, job_id: str, visitor: Visitor) -> bool:
        """Whether this visitor wants the job."""
        with self._lock:
            job = self._jobs.get(job_id)
            return job is not None and visitor in job.askers

    def cancel(self, job_id: str, visitor: Visitor | None = None) -> None:
        """Stop a job: a queued one at once, a running one within about a second, its process killed.

        visitor: who wants it no more; it is stopped when nobody else does, and never by one who did not ask for it.
        """
        from distributed import Event

        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or not job.unfinished:
                return
            if visitor is not None:
                if job.askers.pop(visitor, None) is None or job.askers:
                    return
            job.stopping = True
            client, future, queued = self._dask(), job.future, job.state == "queued"
        Event(job.token, client=client).set()
        if queued and future is not None:
            future.cancel()
            with self._lock:
                self._end(job, "cancelled", "Cancelled before it started.")

    def result(self, job_id: str) -> Record | None:
        """The record of a job that is done, else None."""
        return self.store.get_by_key(job_id)

    def estimate_seconds(self, molecule: Molecule, level: Level = DEFAULT_LEVEL) -> float:
        """Expected wall time of the calculation itself, without the queue (see core.jobs.timing)."""
        functions = basis_functions(molecule, level)
        scale = self._scales.get(level)
        if scale is None:
            recent = self.store.recent(CALIBRATION_RECORDS)
            scale = self._scales[level] = machine_scale([r for r in recent if r.level == level] or recent)
        return max(SHORTEST_SECONDS, scale * law_seconds(functions, self.limits.threads))

    def close(self) -> None:
        """Stop all jobs and the local cluster."""
        for key in list(self._jobs):
            self.cancel(key)
        with self._lock:
            client, cluster, self._client, self._cluster = self._client, self._cluster, None, None
        for part in (client, cluster):
            if part is not None:
                part.close()

    def _remember(self, job: _Job) -> None:
        self._jobs.pop(job.key, None)
        self._jobs[job.key] = job
        ended = [key for key, other in self._jobs.items() if not other.unfinished]
        for key in ended[:-REMEMBERED]:
            del self._jobs[key]

    def _dask(self) -> Any:
        if self._client is None:
            from distributed import Client

            from core.data.cluster import local_cluster

            if self._scheduler:
                self._client = Client(self._scheduler, set_as_default=False, name="rhoscope")
            else:
                # The workers are threads of this program: Dask would measure all its memory and pause the jobs.
                self._cluster = local_cluster(self._workers, processes=False, memory_limit=0)
                self._client = Client(self._cluster, set_as_default=False)
            self._client.subscribe_topic(self._topic, self._heard)
            atexit.register(self._leave)
        return self._client

    def _leave(self) -> None:
        """The program ends: what Dask drops from now on was not a failure."""
        for job in self._jobs.values():
            job.stopping = True

    def _heard(self, event: tuple[float, dict]) -> None:
        _, news = event
        with self._lock:
            job = next((job for job in self._jobs.values() if job.token == news["token"]), None)
            if job is None or not job.unfinished:
                return
            if "started" in news:
                job.state, job.started = "running", time.monotonic()
            if "cycle" in news:
                job.cycles.append(CycleReport(*news["cycle"]))

    def _finished(self, job: _Job) -> None:
        """Wait for the end of a job and keep what came of it."""
        try:
            outcome = self._outcome(job)
            if isinstance(outcome, Record):
                self.store.put(outcome)
                with self._lock:
                    self._scales.clear()
                    self._end(job, "done", "Done.")
            elif outcome is None:
                with self._lock:
                    self._end(job, "cancelled", "Cancelled; its process was stopped.")
            else:
                self._failed(job, outcome)
        except Exception as error:
            get_logger(__name__).exception("a finished job could not be kept", job=job.key)
            with self._lock:
                self._end(job, "failed", f"The result could not be kept: {error}.")
                job.remedy = "Is the disk full? See RHOSCOPE_DATA_DIR."
        finally:
            job.future = None

    def _outcome(self, job: _Job) -> Record | Failure | None:
        try:
            return job.future.result()
        except Exception as error:
            if job.stopping:
                return None
            get_logger(__name__).warning("worker lost", job=job.key, error=repr(error))
            return Failure(f"The worker of this calculation was lost ({type(error).__name__}).", "Start it again.")

    def _failed(self, job: _Job, failure: Failure) -> None:
        with self._lock:
            failure = replace(failure, cycles=tuple(job.cycles))
            self._end(job, "failed", failure.message)
            job.remedy = failure.remedy
        self.store.put_failure(job.key, failure)

    def _end(self, job: _Job, state: State, message: str) -> None:
        if job.unfinished:
            job.state, job.message, job.ended = state, message, time.monotonic()

    def _describe(self, job: _Job) -> JobStatus:
        position = 0
        message = job.message
        if job.state == "queued":
            before = [j for j in self._jobs.values() if j.state == "queued" and j.number <= job.number]
            position, message = len(before), f"Waiting, number {len(before)} in the queue."
        elif job.state == "running":
            message = "Stopping." if job.stopping else _stage(job)
        elapsed = (job.ended or time.monotonic()) - job.started if job.started else 0.0
        return JobStatus(job.key, job.state, position, list(job.cycles), elapsed, message, job.remedy)


def _stage(job: _Job) -> str:
    if not job.cycles:
        return "Preparing: grid and integrals."
    last = job.cycles[-1]
    return f"SCF cycle {last.cycle}: energy {last.energy_hartree:.6f} hartree; the forces come after the last cycle."
