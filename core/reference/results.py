"""DFT results without their geometries: a calculation of a published structure that may not be copied into the project.

Group `results/<content hash of the molecule>` holds `gradient_hartree_per_bohr`, `occupied_orbitals` (as in
`core.reference.record`) and attributes `energy_hartree`, `level_json`, `provenance_json`, `origin`. Whoever has the
geometry gets its record; the file alone says nothing about where the atoms are.
"""

import json
from collections.abc import Iterable
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
    for path in sorted(folder.glob("*.h5")):
        with h5py.File(path, "r") as file:
            group = file.get(f"results/{molecule.content_hash}")
            if group is None or Level(**json.loads(group.attrs["level_json"])) != level:
                continue
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
    return None
