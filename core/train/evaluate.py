"""Errors of a model on a set of structures: per structure, by size, and their means."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.chem.molecule import Molecule
from core.chem.read import read_structure
from core.data.dataset import load_dataset
from core.density.density import Density
from core.errors import DataError
from core.jobs.store import ResultStore
from core.model.checkpoint import TrainedModel
from core.model.predict import predict
from core.reference.calculation import calculate
from core.reference.record import Record
from core.reference.results import find_result
from core.settings import settings
from core.train.by_environment import AtomErrors
from core.train.crowding import CrowdedErrors, by_crowding
from core.train.metrics import Comparison, compare_with_reference
from core.train.targets import fitted_coefficients


@dataclass(frozen=True)
class StructureErrors:
    """One structure of a set. crowding, of_atoms: its force errors, atom by atom. seconds: prediction, and its DFT
    calculation where that is known."""

    name: str
    atoms: int
    charge: int
    comparison: Comparison
    crowding: CrowdedErrors
    of_atoms: AtomErrors
    seconds_predict: float
    seconds_dft: float | None

    def to_json(self) -> dict:
        return {
            "name": self.name,
            "atoms": self.atoms,
            "charge": self.charge,
            **self.comparison.to_json(),
            "seconds": {"predict": self.seconds_predict, "dft": self.seconds_dft},
        }


def read_frames(path: Path) -> list[Molecule]:
    """Every structure of an XYZ file, one after another; `name=` and `charge=` of the comment lines are kept."""
    lines = path.read_text().splitlines()
    molecules, start = [], 0
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        try:
            count = int(lines[start])
        except ValueError:
            raise DataError(f"Line {start + 1} of {path} is no number of atoms.", "Give XYZ frames.") from None
        frame = "\n".join(lines[start : start + count + 2]) + "\n"
        molecules.append(read_structure(frame.encode(), "frame.xyz"))
        start += count + 2
    if not molecules:
        raise DataError(f"There is no structure in {path}.", "Give XYZ frames.")
    return molecules


def records_of_set(
    path: Path, *, on_calculation: Callable[[Molecule], None] | None = None, calculate_missing: bool = True
) -> Iterator[Record]:
    """Records of an HDF5 file or folder; for an XYZ file the calculations: stored, shipped, or else made now, or left
    out where they are not to be made."""
    if path.suffix != ".xyz":
        yield from load_dataset(path)
        return
    store = ResultStore()
    for molecule in read_frames(path):
        record = store.get(molecule) or find_result(molecule)
        if record is None and not calculate_missing:
            continue
        if record is None:
            if on_calculation is not None:
                on_calculation(molecule)
            record = calculate(molecule, name=molecule.title.split()[0] if molecule.title else "")
            store.put(record)
        yield record


def evaluate(model: TrainedModel, records: Iterable[Record]) -> Iterator[StructureErrors]:
    """Errors of one structure after another. Raises UnsupportedElementError."""
    for record in records:
        prediction = predict(record.molecule, model)
        fitted = Density(
            record.molecule,
            model.basis,
            fitted_coefficients(record, model.basis, settings().data_dir / "fits"),
            "fit",
        )
        comparison = compare_with_reference(prediction, record, model=model, fitted=fitted)
        seconds = record.provenance.get("seconds")
        name = record.molecule.title.split()[0] if record.molecule.title else record.name
        off = prediction.forces_hartree_per_bohr - record.forces_hartree_per_bohr
        yield StructureErrors(
            name,
            len(record.molecule),
            record.molecule.charge,
            comparison,
            CrowdedErrors.of(record.molecule, off),
            AtomErrors.of(name, record.molecule, off),
            round(sum(prediction.seconds.values()), 4),
            None if seconds is None else float(seconds),
        )


MEANS = ("eps_ks", "eps_floor", "eps_sad", "force_mae_mev_per_angstrom", "dipole_error_md", "equivariance_residual")


def summarise_errors(errors: list[StructureErrors], atoms_per_unit: int = 1) -> dict:
    """Means over all structures, by size (number of atoms divided by `atoms_per_unit`: 3 for molecules of water) and,
    where some are charged, of the neutral and of the charged; every structure weighs the same in these. By crowding:
    means over atoms."""
    if not errors:
        raise DataError("There is nothing to summarise.", "Give a set with at least one structure.")

    def means(chosen: list[StructureErrors]) -> dict:
        row: dict = {"structures": len(chosen)}
        for name in MEANS:
            values = [getattr(e.comparison, name) for e in chosen]
            row[name] = (
                float(np.mean([v for v in values if v is not None])) if any(v is not None for v in values) else None
            )
        row["force_max_mev_per_angstrom"] = max(e.comparison.force_max_mev_per_angstrom for e in chosen)
        return row

    sizes = sorted({e.atoms // atoms_per_unit for e in errors})
    charged = [e for e in errors if e.charge]
    neutral = [e for e in errors if not e.charge]
    by_charge = {"neutral": means(neutral), "charged": means(charged)} if charged and neutral else {}
    return {
        **means(errors),
        "size_unit": "atoms" if atoms_per_unit == 1 else "molecules",
        "by_charge": by_charge,
        "by_crowding": by_crowding([e.crowding for e in errors]),
        "by_size": {str(n): means([e for e in errors if e.atoms // atoms_per_unit == n]) for n in sizes},
    }
