"""Force-exact fits of calculations, made once: kept in a cache, and those of the shipped data sets shipped beside them.

The fits of all that `bio` learned from take 75 minutes of one core. `assets/datasets/fits-<basis>.safetensors` has them
(coefficients, float32, which moves forces by less than 0.1 meV/angstrom), written by `python -m core.train.fits`: a
training begins without. Evaluation makes its own.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from tqdm import tqdm

from core.errors import DataError
from core.gaussian.basis import ASSETS, DEFAULT_BASIS, AuxiliaryBasis
from core.logs import get_logger
from core.reference.fit import REGULARISATION, fit
from core.reference.record import Record, read_records
from core.settings import settings

FORMAT = "rhoscope-fits-1"
DATASETS = ASSETS / "datasets"
FOR_TESTS = ("heldout", "fresh", "large", "small-cutouts", "dna-large")
log = get_logger(__name__)


def fitted_coefficients(record: Record, basis: AuxiliaryBasis, cache: Path | None = None) -> NDArray[np.float64]:
    """Coefficients of the force-exact fit; kept in `cache` under the hashes of structure, level and basis."""
    if cache is None:
        return fit(record, basis).coefficients
    path = cache / f"{_key(record)}-{basis.content_hash[:12]}-{REGULARISATION:g}.npy"
    if path.exists():
        return np.load(path)
    coefficients = fit(record, basis).coefficients
    cache.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npy")
    np.save(partial, coefficients)
    partial.replace(path)
    return coefficients


class ShippedFits:
    """The fits in a file; none where it is missing, or of another basis or fit, or damaged (the log says so)."""

    def __init__(self, path: Path, basis: AuxiliaryBasis) -> None:
        self._path, self._known = path, frozenset[str]()
        if not path.exists():
            return
        try:
            with safe_open(path, framework="numpy") as file:
                if (file.metadata() or {}) == _header(basis):
                    self._known = frozenset(file.keys())
                else:
                    log.warning("fits of another kind", path=str(path))
        except (SafetensorError, OSError) as error:
            log.warning("fits cannot be read", path=str(path), error=str(error))

    def __len__(self) -> int:
        return len(self._known)

    def of(self, record: Record) -> NDArray[np.float64] | None:
        """(n_functions,) coefficients, None where they are not there."""
        if _key(record) not in self._known:
            return None
        with safe_open(self._path, framework="numpy") as file:
            return file.get_tensor(_key(record)).astype(np.float64)


def shipped_fits(basis: AuxiliaryBasis) -> ShippedFits:
    """Those beside the data sets."""
    if basis.content_hash not in _shipped:
        _shipped[basis.content_hash] = ShippedFits(DATASETS / f"fits-{basis.name}.safetensors", basis)
    return _shipped[basis.content_hash]


_shipped: dict[str, ShippedFits] = {}


def training_coefficients(record: Record, basis: AuxiliaryBasis, cache: Path) -> NDArray[np.float64]:
    """Shipped, or out of `cache`, or made anew and put there."""
    known = shipped_fits(basis).of(record)
    return fitted_coefficients(record, basis, cache) if known is None else known


def training_files() -> list[Path]:
    """The shipped files of records that are not for testing; those of `paired`, of first stages, are left out."""
    return [
        path
        for folder in ("fragments", "water")
        for path in sorted((DATASETS / folder).glob("*.h5"))
        if not path.name.startswith(FOR_TESTS)
    ]


def write_fits(path: Path, records: list[Record], basis: AuxiliaryBasis, cache: Path) -> None:
    """Write the fits of `records`, from `cache` where they are there. Raises DataError where the disk is full."""
    bar = tqdm(records, desc="fits", unit="structure")
    tensors = {_key(record): fitted_coefficients(record, basis, cache).astype(np.float32) for record in bar}
    partial = path.with_suffix(".partial")
    try:
        save_file(tensors, partial, _header(basis))
    except (SafetensorError, OSError) as error:
        raise DataError(f"{path} cannot be written: {error}.", "Make room on the disk.") from error
    partial.replace(path)


def _key(record: Record) -> str:
    return f"{record.molecule.content_hash[:24]}-{record.level.label.replace('/', '_')}"


def _header(basis: AuxiliaryBasis) -> dict[str, str]:
    return {"format": FORMAT, "basis": basis.content_hash, "regularisation": f"{REGULARISATION:g}"}


def main() -> None:
    """Of all shipped calculations that are not for testing alone."""
    parser = argparse.ArgumentParser(description="Fits of the shipped training data.")
    parser.add_argument("--basis", default=DEFAULT_BASIS)
    basis = AuxiliaryBasis.load(parser.parse_args().basis)
    # File by file: one structure may be there at two levels.
    records = [record for path in training_files() for record in read_records(path)]
    write_fits(DATASETS / f"fits-{basis.name}.safetensors", records, basis, settings().data_dir / "fits")


if __name__ == "__main__":
    main()
