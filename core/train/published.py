"""DFT of published structures whose geometries may not be copied into the project: results alone are kept."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.chem.molecule import Molecule
from core.errors import CalculationError, DataError
from core.jobs.store import ResultStore
from core.reference.calculation import calculate
from core.reference.record import Record
from core.reference.results import SHIPPED, find_result, write_results
from core.train.evaluate import read_frames


@dataclass
class Published:
    """written: results in the new file. left: structures still to be done. failed: a sentence for each of those left
    whose calculation failed."""

    written: int = 0
    left: int = 0
    failed: list[str] = field(default_factory=list)


def calculate_published(
    files: Iterable[Path],
    out: Path,
    *,
    seconds: float,
    on_calculation: Callable[[Molecule], None] = lambda molecule: None,
    shipped: Path = SHIPPED,
) -> Published:
    """Calculate the structures of XYZ `files` of which `shipped` has no result, each once, small ones first, and write
    them to the new file `out` (not where there are none).

    No calculation begins after `seconds`. Those that were made are in the result store too, so that a run that was
    killed goes on where it was. Raises StructureError or DataError for files that cannot be read, DataError where `out`
    is there already or its folder is not.
    """
    if out.exists() or not out.parent.is_dir():
        what = "exists already" if out.exists() else "cannot be written: its folder is not there"
        raise DataError(f"{out} {what}.", "Choose another name.")
    started, done, result = time.monotonic(), list[Record](), Published()
    frames = {molecule.content_hash: molecule for path in files for molecule in read_frames(path)}
    missing = [molecule for molecule in frames.values() if find_result(molecule, folder=shipped) is None]
    store = ResultStore()
    for molecule in sorted(missing, key=len):
        record = store.get(molecule)
        if record is None and time.monotonic() - started <= seconds:
            on_calculation(molecule)
            name = molecule.title.split()[0] if molecule.title else ""
            try:
                record = calculate(molecule, name=name)
                store.put(record)
            except CalculationError as error:
                result.failed.append(f"{name or molecule.content_hash[:16]}: {error}")
        if record is not None:
            done.append(record)
    result.written = write_results(out, done) if done else 0
    result.left = len(missing) - len(done)
    return result
