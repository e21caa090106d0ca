"""DFT of published structures whose geometries may not be copied into the project: results alone are kept."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from core.chem.molecule import Molecule
from core.jobs.store import ResultStore
from core.reference.calculation import calculate
from core.reference.record import Record
from core.reference.results import SHIPPED, find_result, write_results
from core.train.evaluate import read_frames


def calculate_published(
    files: Iterable[Path],
    out: Path,
    *,
    seconds: float,
    on_calculation: Callable[[Molecule], None] = lambda molecule: None,
    shipped: Path = SHIPPED,
) -> tuple[int, int]:
    """Calculate the structures of XYZ `files` of which `shipped` has no result, small ones first, and write them to the
    new file `out` (not where there are none). Returns how many were written and how many are still to be done.

    No calculation begins after `seconds`. Those that were made are in the result store too, so that a run that was
    killed goes on where it was. Raises DataError.
    """
    started, done = time.monotonic(), list[Record]()
    missing = [m for path in files for m in read_frames(path) if find_result(m, folder=shipped) is None]
    store = ResultStore()
    for molecule in sorted(missing, key=len):
        record = store.get(molecule)
        if record is None:
            if time.monotonic() - started > seconds:
                continue
            on_calculation(molecule)
            record = calculate(molecule, name=molecule.title.split()[0] if molecule.title else "")
            store.put(record)
        done.append(record)
    return write_results(out, done) if done else 0, len(missing) - len(done)
