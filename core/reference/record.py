"""Record: everything kept of one DFT calculation, and its place in HDF5.

From the occupied orbitals any density, fit or property can be made again without repeating the calculation.
Schema of a file (`rhoscope-records-1`): group `records/<name>` with datasets `atomic_numbers` (n_atoms) int8,
`positions_angstrom` (n_atoms, 3) float64, `gradient_hartree_per_bohr` (n_atoms, 3) float64 (the gradient; forces
are minus this), `occupied_orbitals` (n_ao, n_occupied) float32 in PySCF's spherical order for
gto.M(basis=orbital_basis), and attributes `charge`, `energy_hartree`, `origin`, `level_json`, `provenance_json`.
Closed shell: density matrix = 2 C C^T.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.errors import DataError
from core.reference.level import Level
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

FORMAT = "rhoscope-records-1"


@dataclass(frozen=True, eq=False)
class Record:
    """One converged calculation.

    gradient_hartree_per_bohr: (n_atoms, 3). occupied_orbitals: (n_ao, n_occupied) float32. origin: which sampler
    made the geometry. provenance: versions, seconds, seeds; whatever JSON can hold.
    """

    name: str
    molecule: Molecule
    level: Level
    energy_hartree: float
    gradient_hartree_per_bohr: NDArray[np.float64]
    occupied_orbitals: NDArray[np.float32]
    origin: str = ""
    provenance: dict = field(default_factory=dict)

    @property
    def forces_hartree_per_bohr(self) -> NDArray[np.float64]:
        return -self.gradient_hartree_per_bohr

    @property
    def forces_mev_per_angstrom(self) -> NDArray[np.float64]:
        return -self.gradient_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def write_record(records: h5py.Group, record: Record) -> None:
    """Add one record to the group `records` of an open file."""
    group = records.create_group(record.name)
    group["atomic_numbers"] = record.molecule.atomic_numbers.astype(np.int8)
    group["positions_angstrom"] = record.molecule.positions_angstrom
    group["gradient_hartree_per_bohr"] = record.gradient_hartree_per_bohr
    group.create_dataset(
        "occupied_orbitals", data=record.occupied_orbitals.astype(np.float32), shuffle=True, compression="gzip"
    )
    group.attrs["charge"] = record.molecule.charge
    group.attrs["energy_hartree"] = record.energy_hartree
    group.attrs["origin"] = record.origin
    group.attrs["level_json"] = json.dumps(record.level.to_json(), sort_keys=True)
    group.attrs["provenance_json"] = json.dumps(record.provenance, sort_keys=True)


def read_record(group: h5py.Group, name: str, file_level: Level) -> Record:
    level = Level(**json.loads(group.attrs["level_json"])) if "level_json" in group.attrs else file_level
    return Record(
        name=name,
        molecule=Molecule(
            group["atomic_numbers"][...], group["positions_angstrom"][...], int(group.attrs["charge"]), name
        ),
        level=level,
        energy_hartree=float(group.attrs["energy_hartree"]),
        gradient_hartree_per_bohr=group["gradient_hartree_per_bohr"][...],
        occupied_orbitals=group["occupied_orbitals"][...],
        origin=str(group.attrs.get("origin", "")),
        provenance=json.loads(group.attrs.get("provenance_json", "{}")),
    )


def _level_of_file(file: h5py.File) -> Level:
    names = {"PySCF default (even-tempered)": "even-tempered"}
    fitting = str(file.attrs.get("density_fitting_basis", Level.density_fitting_basis))
    return Level(
        functional=str(file.attrs.get("functional", Level.functional)),
        orbital_basis=str(file.attrs.get("orbital_basis", Level.orbital_basis)),
        density_fitting_basis=names.get(fitting, fitting),
        xc_grid_level=int(file.attrs.get("xc_grid_level", Level.xc_grid_level)),
        conv_tol=float(file.attrs.get("conv_tol", Level.conv_tol)),
    )


def read_records(path: Path | str) -> Iterator[Record]:
    """All records of one file, in the order of their names.

    Raises DataError where the file is not HDF5 or has no group `records`.
    """
    try:
        with h5py.File(path, "r") as file:
            if "records" not in file:
                raise DataError(f"{path} holds no records.", "Use a file written by `python -m core generate`.")
            level = _level_of_file(file)
            for name in sorted(file["records"]):
                yield read_record(file["records"][name], name, level)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}.", "Is it a complete HDF5 file?") from error


def write_records(path: Path | str, records: list[Record], **attributes: str) -> None:
    """Write a new file at once: to a temporary name, flushed, then renamed. Never overwrites (DataError)."""
    path = Path(path)
    if path.exists():
        raise DataError(f"{path} exists already.", "Shards are immutable: choose another name.")
    partial = path.with_name(path.name + ".partial")
    with h5py.File(partial, "w") as file:
        file.attrs["format"] = FORMAT
        for key, text in attributes.items():
            file.attrs[key] = text
        group = file.create_group("records")
        for record in records:
            write_record(group, record)
    partial.rename(path)
