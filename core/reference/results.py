"""DFT results without their geometries: a calculation of a published structure that may not be copied into the project.

Group `results/<content hash of the molecule>` holds `gradient_hartree_per_bohr`, `occupied_orbitals` (as in
`core.reference.record`) and attributes `energy_hartree`, `level_json`, `provenance_json`, `origin`. Whoever has the
geometry gets its record; the file alone says nothing about where the atoms are.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np

from core.chem.molecule import Molecule
from core.errors import DataError
from core.gaussian.basis import ASSETS
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.record import Record

FORMAT = "rhoscope-results-1"
SHIPPED = ASSETS / "datasets" / "bench"


def write_results(path: Path | str, records: Iterable[Record]) -> int:
    """Write a new file of results; returns how many. Never overwrites (DataError)."""
    path = Path(path)
    if path.exists():
        raise DataError(f"{path} exists already.", "Choose another name.")
    partial, count = path.with_name(path.name + ".partial"), 0
    with h5py.File(partial, "w") as file:
        file.attrs["format"] = FORMAT
        for record in records:
            group = file.create_group(f"results/{record.molecule.content_hash}")
            group["gradient_hartree_per_bohr"] = record.gradient_hartree_per_bohr
            group.create_dataset(
                "occupied_orbitals", data=record.occupied_orbitals.astype(np.float32), shuffle=True, compression="gzip"
            )
            group.attrs["energy_hartree"] = record.energy_hartree
            group.attrs["origin"] = record.origin
            group.attrs["level_json"] = json.dumps(record.level.to_json(), sort_keys=True)
            group.attrs["provenance_json"] = json.dumps(record.provenance, sort_keys=True)
            count += 1
    partial.rename(path)
    return count


def find_result(molecule: Molecule, level: Level = DEFAULT_LEVEL, folder: Path = SHIPPED) -> Record | None:
    """The record of exactly this structure at this level, from the files of `folder`; None where there is none."""
    files = tuple((path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.h5")))
    path = _places(files).get((molecule.content_hash, level))
    if path is None:
        return None
    with h5py.File(path, "r") as file:
        group = file[f"results/{molecule.content_hash}"]
        return Record(
            name=molecule.title.split()[0] if molecule.title else molecule.content_hash[:16],
            molecule=molecule,
            level=level,
            energy_hartree=float(group.attrs["energy_hartree"]),
            gradient_hartree_per_bohr=group["gradient_hartree_per_bohr"][...],
            occupied_orbitals=group["occupied_orbitals"][...],
            origin=str(group.attrs["origin"]),
            provenance=json.loads(group.attrs["provenance_json"]),
        )


@lru_cache(maxsize=8)
def _places(files: tuple[tuple[Path, int], ...]) -> dict[tuple[str, Level], Path]:
    """By content hash and level: the first of `files` that holds the result. With each file, when it was written."""
    places: dict[tuple[str, Level], Path] = {}
    for path, _ in files:
        with h5py.File(path, "r") as file:
            for content_hash, group in file.get("results", {}).items():
                places.setdefault((content_hash, Level(**json.loads(group.attrs["level_json"]))), path)
    return places
