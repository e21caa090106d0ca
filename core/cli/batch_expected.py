"""How long a batch will take and how much memory: from some of its structures before it starts, then from its pace.

Structures that are to be prepared have as many atoms as the preparation gives them: of those nothing is said before.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import psutil

from core.cli.batch_task import Task
from core.duration import duration
from core.errors import RhoscopeError

if TYPE_CHECKING:
    from distributed import Client

# So many are read, from the largest file to the smallest; of the others, seconds go with the size of the file.
SAMPLE = 9
# Of the files of a small structure, on one thread; and the size of a PDB file that takes as long.
WRITING_SECONDS, WRITING_BYTES = 0.4, 6000
# Of the work, before the pace says anything.
TELLING_SHARE = 0.05


@dataclass(frozen=True)
class Expected:
    """Of one structure. memory_bytes: without what the worker holds already, process_bytes, which grows with what it
    has done before; slowness: of its machine, as `machine_slowness` has it."""

    atoms: int
    seconds: float
    memory_bytes: float
    process_bytes: float
    slowness: float = 1.0


def expect(task: Task, *, measured: bool = False) -> Expected | None:
    """In a worker; None for a file without a prediction, which says why at its turn. measured: with the slowness, where
    the structure is large."""
    from core.cli.bar import FROM_ATOMS
    from core.cli.predict import subject_of
    from core.model.choose import model_for
    from core.model.estimate import estimate, machine_slowness

    try:
        molecule = subject_of(task.path, charge=task.charge, options=task.options).molecule
        model = model_for(molecule, task.model)
        found = estimate(molecule, model, with_picture=True, base_bytes=0.0).without("levels")
        slowness = machine_slowness(molecule, model) if measured and len(molecule) >= FROM_ATOMS else 1.0
    except RhoscopeError:
        return None
    holds = float(psutil.Process().memory_info().rss)
    return Expected(len(molecule), found.total_seconds, found.memory_bytes, holds, slowness)


def forecast(client: "Client", tasks: Sequence[Task]) -> tuple[str, list[float]]:
    """A line: how many structures, how long for all, and the memory of the largest, also of as many as run at once; and
    how much work each is, in seconds or, where they are not known, in bytes."""
    together = min(len(tasks), max(1, sum(client.nthreads().values())))
    several = f"{len(tasks)} structures" if len(tasks) > 1 else "1 structure"
    which = f"{several} to predict, {together} at a time"
    if any(task.options is not None for task in tasks):
        line = f"{which}: each is prepared first, so how long it takes is told when some are there."
        return line, _work_by_size(tasks)
    by_size = sorted(tasks, key=lambda task: task.size_bytes, reverse=True)
    places = np.unique(np.linspace(0, len(tasks) - 1, min(SAMPLE, len(tasks))).round().astype(int)).tolist()
    futures = [client.submit(expect, by_size[place], measured=place == 0, pure=False) for place in places]
    answers = [None if future.exception() else future.result() for future in futures]
    known = [(by_size[place], found) for place, found in zip(places, answers, strict=True) if found]
    if not known:
        return f"{which}: how long it takes is told when some are there.", _work_by_size(tasks)
    slowness = max(found.slowness for _, found in known)
    sizes = [task.size_bytes for task, _ in reversed(known)]
    seconds = [slowness * found.seconds + WRITING_SECONDS for _, found in reversed(known)]
    work = np.interp([task.size_bytes for task in tasks], sizes, seconds)
    lasting = max(float(work.sum()) / together, float(work.max()))
    largest, needed = max(known, key=lambda pair: pair[1].memory_bytes)
    gigabytes = (needed.memory_bytes + max(found.process_bytes for _, found in known)) / 1e9
    at_once = f" ({together * gigabytes:.1f} GB if {together} such run at once)" if together > 1 else ""
    line = (
        f"{which}: about {duration(lasting)} in all. The largest, {largest.path.name}, has {needed.atoms:,} atoms and "
        f"needs {gigabytes:.1f} GB{at_once}."
    )
    return line, work.tolist()


def _work_by_size(tasks: Sequence[Task]) -> list[float]:
    return [float(task.size_bytes + WRITING_BYTES) for task in tasks]


class Pace:
    """How much longer a batch takes, by the work that is done. work: of each structure, in any unit."""

    def __init__(self, work: Sequence[float], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._started = clock, clock()
        self._total, self._done = sum(work), 0.0

    def left(self, work: float) -> str:
        """In words, now that a structure of so much work is done; empty while too little is done to tell."""
        self._done += work
        if self._done < TELLING_SHARE * self._total:
            return ""
        return f"about {duration((self._clock() - self._started) * (self._total / self._done - 1))} left"
