"""Records from elsewhere into shards: checked, their provenance kept, no structure twice."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import h5py
import numpy as np

from core.data.dataset import record_files
from core.data.shards import ShardFolder, identity_of
from core.errors import DataError
from core.reference.record import Record, read_records


@dataclass
class Imported:
    """What an import did; refused: one sentence for each record that was left out because it is wrong."""

    imported: int = 0
    duplicates: int = 0
    refused: list[str] = field(default_factory=list)
    shards: list[Path] = field(default_factory=list)


def fault(record: Record) -> str:
    """What is wrong with a record, or nothing: shapes, finite numbers, electron pairs, the sum of the forces.

    The forces add up to zero in exact arithmetic; the quadrature grid leaves a little.
    """
    atoms = len(record.molecule)
    gradient, orbitals = record.gradient_hartree_per_bohr, record.occupied_orbitals
    if gradient.shape != (atoms, 3):
        return f"the gradient has shape {gradient.shape} for {atoms} atoms"
    if 2 * orbitals.shape[1] != record.molecule.electrons:
        return f"{orbitals.shape[1]} orbitals for {record.molecule.electrons} electrons"
    if not (np.isfinite(gradient).all() and np.isfinite(orbitals).all() and np.isfinite(record.energy_hartree)):
        return "it holds numbers that are not finite"
    if np.abs(gradient.sum(0)).max() > 1e-3 * atoms:
        return f"the forces add up to {np.abs(gradient.sum(0)).max():.1e} hartree/bohr"
    return ""


def import_records(
    files: Iterable[Path], directory: Path, *, prefix: str = "shard", match: str = "", pack: bool = True
) -> Imported:
    """Bring every record of `files` (or of the folders among them) into the shards of `directory`.

    match: take only identities that begin so. The name of the source file joins the provenance of records that
    have none. Raises DataError where a file cannot be read; a record that is wrong is refused and named.
    """
    done = Imported()
    folder = ShardFolder(directory, prefix=prefix)
    try:
        for path in record_files(files):
            source = _source(path)
            for record in read_records(path):
                if not identity_of(record).startswith(match):
                    continue
                if wrong := fault(record):
                    done.refused.append(f"{path.name}, {record.name}: {wrong}.")
                elif folder.add(_with_source(record, source)):
                    done.imported += 1
                else:
                    done.duplicates += 1
        if pack:
            done.shards = folder.pack(everything=True)
    finally:
        folder.close()
    return done


def _source(path: Path) -> dict:
    """The file's name and what its attributes say of its origin; the level of theory has its own place in a record."""
    try:
        with h5py.File(path, "r") as file:
            words = {key: str(file.attrs[key]) for key in ("sampler", "pyscf_version", "ao_order") if key in file.attrs}
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}.", "Is it a complete HDF5 file?") from error
    return {"imported_from": path.name} | words


def _with_source(record: Record, source: dict) -> Record:
    if record.provenance:
        return record
    stem = Path(source["imported_from"]).stem
    return replace(record, provenance=source | {"identity": f"{stem}/{record.name}"})
