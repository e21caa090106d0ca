"""Sample structures and calculate them, on Dask, until the time is up or somebody says stop.

Blocks of the stream are sampled and structures calculated on the workers; this process keeps the books and writes
each finished record at once (core.data.shards). What a kill -9 loses is the calculations in flight.
"""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from distributed import Client, Future, KilledWorker

from core.chem.molecule import Molecule
from core.data.shards import ShardFolder
from core.data.stream import Sample, Stream
from core.errors import CalculationError, RhoscopeError, SettingsError
from core.logs import get_logger
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.record import Record
from core.settings import settings

POLL_SECONDS = 0.5
RECONNECT_SECONDS = 60.0
# So many calculations in a row that the machine fails end a run; a structure that it fails so often waits for another.
MOST_MACHINE_FAILURES = 3


@dataclass(frozen=True)
class Plan:
    """What to make. limit: stop after so many new records (None: no limit)."""

    stream: Stream
    seconds: float = 3600.0
    limit: int | None = None
    level: Level = DEFAULT_LEVEL


@dataclass
class Tally:
    """What one run has done so far."""

    made: int = 0
    duplicates: int = 0
    rejected: int = 0
    running: int = 0
    waiting: int = 0
    seconds: float = 0.0
    last: str = ""

    def line(self, total: int) -> str:
        rate = 3600 * self.made / self.seconds if self.seconds else 0.0
        clock = time.strftime("%H:%M:%S", time.gmtime(self.seconds))
        return (
            f"{clock}  {self.made} new, {total} in all, {rate:.0f}/h, {self.running} running, {self.waiting} waiting, "
            f"{self.rejected} rejected, {self.duplicates} duplicates  {self.last}"
        )


def _sample(stream: Stream, block: int) -> list[Sample]:
    settings().apply_niceness()
    return stream.sample(block)


def formula(molecule: Molecule) -> str:
    """Hill formula with the charge: C2H3O2-, C10H10N4."""
    charge = "+-"[molecule.charge < 0] + (str(abs(molecule.charge)) if abs(molecule.charge) > 1 else "")
    counts = molecule.element_counts.items()
    return "".join(f"{s}{n if n > 1 else ''}" for s, n in counts) + (charge if molecule.charge else "")


@dataclass(frozen=True)
class _Failed:
    """Why a structure has no record. Returned, as Dask prints the trace of what is raised. of_machine: whether the
    structure has no part in it."""

    reason: str
    message: str
    of_machine: bool


def _calculate(sample: Sample, level: Level) -> Record | _Failed:
    from pyscf import lib

    from core.reference.calculation import calculate

    try:
        settings().apply_niceness()
        lib.num_threads(1)
        return calculate(
            sample.molecule,
            level=level,
            name=sample.identity.replace("/", "-"),
            origin=sample.origin,
            provenance=sample.notes | {"threads": 1},
        )
    except (OSError, MemoryError, SettingsError) as error:
        return _Failed(type(error).__name__, str(error) or type(error).__name__, of_machine=True)
    except RhoscopeError as error:
        return _Failed(type(error).__name__, str(error), of_machine=False)
    except RuntimeError as error:
        # What HDF5 says of a disk that is full.
        if "errno = " not in str(error):
            raise
        return _Failed(type(error).__name__, str(error), of_machine=True)


class Generator:
    """One run of one plan into one folder. `stop()` may be called from a signal handler."""

    def __init__(self, plan: Plan, folder: ShardFolder, client: Client) -> None:
        self.plan, self.folder, self.client = plan, folder, client
        self.tally = Tally()
        self._stopped = False
        self._next_block = 0
        self._exhausted = False
        self._waiting: deque[Sample] = deque()
        self._sampling: tuple[Future, int] | None = None
        self._running: dict[Future, Sample] = {}
        self._machine_failures = 0
        self._machine_problem = ""
        self._failed_here: Counter[str] = Counter()
        self._slots = 1
        self._log = get_logger(__name__)

    def stop(self) -> None:
        """Drop what is in flight and leave `run` within about a second."""
        self._stopped = True

    def run(self, on_progress: Callable[[Tally], None] | None = None) -> Tally:
        """Work until the time, the limit, the end of the stream or `stop`; but for `stop`, calculations in flight are
        let finish. Raises CalculationError where the machine fails them one after another (a full disk), or the
        scheduler is gone; what was finished is in the folder."""
        started = time.monotonic()
        while not self._stopped:
            self.tally.seconds = time.monotonic() - started
            closing = self.tally.seconds >= self.plan.seconds or self._limit_reached() or self._nothing_left()
            if closing and not self._running:
                break
            self._check_scheduler()
            if not closing:
                self._submit()
            self._collect()
            self._require_machine()
            self.folder.pack()
            self.tally.running = min(len(self._running), self._slots)
            self.tally.waiting = len(self._waiting) + len(self._running) - self.tally.running
            if on_progress is not None:
                on_progress(self.tally)
        self.client.cancel([*self._running, *([self._sampling[0]] if self._sampling else [])])
        self.folder.pack(everything=True)
        return self.tally

    def _check_scheduler(self) -> None:
        deadline = time.monotonic() + RECONNECT_SECONDS
        while self.client.status != "running" and not self._stopped:
            if time.monotonic() > deadline:
                raise CalculationError(
                    "The Dask scheduler is gone.", "What was finished is kept: start again when the scheduler is back."
                )
            time.sleep(POLL_SECONDS)

    def _limit_reached(self) -> bool:
        return self.plan.limit is not None and self.tally.made + len(self._running) >= self.plan.limit

    def _nothing_left(self) -> bool:
        return self._exhausted and not self._waiting and self._sampling is None

    def _submit(self) -> None:
        slots = self._slots = max(1, sum(self.client.nthreads().values()))
        if self._sampling is None and len(self._waiting) < slots and not self._exhausted:
            block = self._unfinished_block()
            if block is not None:
                future = self.client.submit(_sample, self.plan.stream, block, pure=False, priority=10)
                self._sampling = (future, block)
        while self._waiting and len(self._running) < slots + 1 and not self._limit_reached():
            sample = self._waiting.popleft()
            self._running[self.client.submit(_calculate, sample, self.plan.level, pure=False)] = sample

    def _unfinished_block(self) -> int | None:
        """The next block with something to do; None where the stream is over."""
        while True:
            names = self.plan.stream.identities(self._next_block)
            if not names:
                self._exhausted = True
                return None
            if not all(self.folder.settled(name) for name in names):
                break
            self._next_block += 1
        block, self._next_block = self._next_block, self._next_block + 1
        return block

    def _collect(self) -> None:
        deadline = time.monotonic() + POLL_SECONDS
        while not (done := [future for future in self._running if future.done()]):
            if self._stopped or time.monotonic() > deadline or (self._sampling and self._sampling[0].done()):
                break
            time.sleep(0.05)
        for future in done:
            self._keep(self._running.pop(future), future)
        if self._sampling and self._sampling[0].done():
            future, block = self._sampling
            self._sampling = None
            if future.status in ("finished", "error"):
                self._queue(block, future.result())
            else:
                self._next_block, self._exhausted = min(self._next_block, block), False

    def _queue(self, block: int, samples: list[Sample]) -> None:
        drawn = {sample.identity for sample in samples}
        for name in self.plan.stream.identities(block):
            if name not in drawn and not self.folder.settled(name):
                self.folder.reject(
                    name,
                    "not drawn",
                    "The stream left it out: clashing molecules, broken bonds, or others were chosen.",
                )
        for sample in samples:
            if self.folder.settled(sample.identity):
                continue
            if sample.molecule.content_hash in self.folder.hashes:
                self._duplicate(sample)
            else:
                self._waiting.append(sample)

    def _duplicate(self, sample: Sample) -> None:
        self.tally.duplicates += 1
        self.folder.reject(sample.identity, "duplicate", sample.molecule.content_hash)

    def _keep(self, sample: Sample, future: Future) -> None:
        if future.status == "finished":
            answer: Record | _Failed = future.result()
            if isinstance(answer, Record):
                self._add(sample, answer)
            elif answer.of_machine:
                self._blame_machine(answer.message)
                self._try_again(sample, answer.message)
            else:
                self._machine_failures = 0
                self._reject(sample, answer.reason, answer.message, final=True)
        elif future.status == "error":
            error = future.exception()
            # A worker may die of the structure, for want of memory, and of a full disk.
            if isinstance(error, KilledWorker):
                self._blame_machine(str(error))
            self._reject(sample, type(error).__name__, str(error), final=False)
        else:
            self._waiting.appendleft(sample)

    def _add(self, sample: Sample, record: Record) -> None:
        self._machine_failures, self._machine_problem = 0, ""
        if self.folder.add(record):
            self.tally.made += 1
            seconds: Any = record.provenance.get("seconds", 0.0)
            self.tally.last = f"{sample.identity}, {formula(sample.molecule)}, {sample.origin}, {seconds} s"
        else:
            self._duplicate(sample)

    def _reject(self, sample: Sample, reason: str, message: str, *, final: bool) -> None:
        self.folder.reject(sample.identity, reason, message, final=final)
        self.tally.rejected += 1
        self._log.warning("structure failed", identity=sample.identity, error=message, final=final)
        if not self.folder.settled(sample.identity):
            self._waiting.append(sample)

    def _try_again(self, sample: Sample, message: str) -> None:
        """At once, later, and in another run: a stream that a full disk fails is not to be rejected from end to end."""
        self._failed_here[sample.identity] += 1
        times = self._failed_here[sample.identity]
        self._log.warning("machine failed", identity=sample.identity, error=message, times=times)
        if times == 1:
            self._waiting.appendleft(sample)
        elif times < MOST_MACHINE_FAILURES:
            self._waiting.append(sample)

    def _blame_machine(self, message: str) -> None:
        self._machine_failures += 1
        if self._machine_failures >= max(MOST_MACHINE_FAILURES, 2 * self._slots):
            self._machine_problem = message

    def _require_machine(self) -> None:
        if self._machine_problem:
            raise CalculationError(
                f"The machine fails calculations, {self._machine_failures} in a row: {self._machine_problem}.",
                "See to its disk, and to the folder PYSCF_TMPDIR names, and start again: what was finished is kept.",
            )
