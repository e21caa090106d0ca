"""Dask for the generator: a local cluster of single-threaded processes, or a scheduler somewhere else."""

import contextlib
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
from distributed import Client, LocalCluster

from core.errors import UsageError
from core.memory import total_bytes

CONNECT_SECONDS = 20
# Of the machine's memory, what PySCF may take in all workers together: integrals that do not fit go to the disk.
MEMORY_SHARE = 0.5


LOOPBACK = "127.0.0.1:0"


def local_cluster(workers: int, *, processes: bool, **options: Any) -> LocalCluster:
    """Single-threaded workers that nobody outside this machine can see: Dask's web pages are off, ports local.

    processes: a process for each worker, else a thread of this program. Workers that are silent for long are not given
    up, as those of a machine that was asleep: of one that died its nanny knows.
    """
    routes: dict[str, Any] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
    with dask.config.set(routes | {"distributed.scheduler.worker-ttl": None}):
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=processes,
            host="127.0.0.1" if processes else None,
            scheduler_kwargs={"dashboard": False, "dashboard_address": LOOPBACK},
            worker_dashboard_address=LOOPBACK,
            silence_logs=logging.ERROR,
            **options,
        )


@contextlib.contextmanager
def environment_as_it_was() -> Iterator[None]:
    """Dask tells workers of their environment by changing that of the process that starts them, each time."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@contextlib.contextmanager
def connected(scheduler: str, workers: int, scratch: Path) -> Iterator[Client]:
    """A client of `scheduler` (tcp://host:port), or of a new local cluster of `workers` processes where it is empty.

    scratch: directory for the spill files of local workers and of PySCF, emptied before and removed after. Local
    workers end with this process, also when it is killed. Raises UsageError where the scheduler does not answer.
    """
    if scheduler:
        try:
            client = Client(scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"The Dask scheduler at {scheduler} does not answer: {error}.", "Start it with `dask scheduler`."
            ) from error
        with client:
            yield client
        return
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    memory_mb = int(MEMORY_SHARE * total_bytes() / 1e6 / workers)
    # Of workers alone, unless this process was told so, too. That they have one thread each, unless OMP_NUM_THREADS
    # says otherwise, Dask sees to.
    of_pyscf = {"PYSCF_TMPDIR": str(scratch), "PYSCF_MAX_MEMORY": str(memory_mb)}
    told = {name: os.environ.get(name, value) for name, value in of_pyscf.items()}
    try:
        with environment_as_it_was():
            cluster = local_cluster(workers, processes=True, local_directory=str(scratch), env=told)
            with cluster, Client(cluster) as client:
                yield client
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
