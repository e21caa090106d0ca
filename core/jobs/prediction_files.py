"""Large predictions as files, kept on the disk: they outlive the server that made them.

`<data_dir>/predictions/<first two digits>/<key>.safetensors` (`rhoscope-prediction-2`) holds tensors `coefficients`
(n_functions,), `forces_hartree_per_bohr` and `taken_off_hartree_per_bohr` (n_atoms, 3) and `invariants` (n_atoms, n),
and metadata `format`, `key` and `seconds`, JSON by step; `<key>.failed.json` says why the last attempt gave no
prediction. The ones that were not used for longest go when there is no more room.
"""

import contextlib
import hashlib
import json
import os
from datetime import datetime
from pathlib import Path

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import BasisError
from core.jobs.failures import SUFFIX, read_failure, write_failure, written_at
from core.jobs.room import make_room, put_whole
from core.jobs.status import Failure
from core.logs import get_logger
from core.model.checkpoint import load_model, weights_hash
from core.model.predict import Prediction
from core.settings import settings

FORMAT = "rhoscope-prediction-2"
# Raised for a file that is not what it should be.
DAMAGED = (SafetensorError, KeyError, ValueError, TypeError, BasisError)
log = get_logger(__name__)


class PredictionStore:
    """At most `limit_bytes` of predictions in `directory`; by default those of the settings. Where it cannot be written
    nothing is kept, and the log says so."""

    def __init__(self, directory: Path | None = None, limit_bytes: float | None = None) -> None:
        self.directory = directory or settings().data_dir / "predictions"
        self._limit_bytes = settings().kept_predictions_mb * 1e6 if limit_bytes is None else limit_bytes

    def path(self, molecule: Molecule, model: str) -> Path:
        """Where the prediction of `molecule` by the model of this name is, or is to be. Raises ModelError."""
        key = hashlib.sha256(f"{molecule.content_hash} {weights_hash(model)}".encode()).hexdigest()[:40]
        return self.directory / key[:2] / f"{key}.safetensors"

    def has(self, molecule: Molecule, model: str) -> bool:
        return self.path(molecule, model).exists()

    def get(self, molecule: Molecule, model: str) -> Prediction | None:
        """The prediction, None where there is none. A file that is damaged counts as none, and goes."""
        path = self.path(molecule, model)
        try:
            prediction = read_prediction(path, path.stem, molecule, model)
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("prediction cannot be read", path=str(path), error=str(error))
            return None
        except DAMAGED as error:
            log.warning("damaged prediction removed", path=str(path), error=str(error))
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return prediction

    def keep(self, made: Path, path: Path) -> None:
        """Copy the file `made` to `path`, whole or not at all, and make room for it; a failure there is forgotten."""
        try:
            put_whole(made.read_bytes(), path)
            path.with_suffix(SUFFIX).unlink(missing_ok=True)
        except OSError as error:
            log.warning("prediction not kept", path=str(path), error=str(error))
        self.make_room()

    def keep_failure(self, failure: Failure, path: Path) -> None:
        """Keep why there is no prediction at `path`."""
        try:
            write_failure(failure, path.with_suffix(SUFFIX))
        except OSError as error:
            log.warning("failure not kept", path=str(path), error=str(error))

    def failure(self, molecule: Molecule, model: str) -> tuple[Failure, datetime] | None:
        """Why the last attempt gave no prediction and when that was, UTC; None where there was none, or it is there by
        now. Raises ModelError."""
        path = self.path(molecule, model)
        if path.exists():
            return None
        path = path.with_suffix(SUFFIX)
        try:
            found = read_failure(path)
            return None if found is None else (found, written_at(path))
        except OSError as error:
            log.warning("failure cannot be read", path=str(path), error=str(error))
            return None

    def make_room(self) -> None:
        """Take away what was not used for longest, until the rest fits, and what a crash left half written."""
        with contextlib.suppress(OSError):
            make_room(self.directory, self._limit_bytes)


def write_prediction(prediction: Prediction, path: Path, key: str) -> None:
    """key: of the store, which says what it is of."""
    known, taken_off = prediction.invariants, prediction.taken_off_hartree_per_bohr
    assert known is not None and taken_off is not None  # noqa: S101 - a network made it
    tensors: dict[str, NDArray] = {
        "coefficients": prediction.density.coefficients,
        "forces_hartree_per_bohr": prediction.forces_hartree_per_bohr,
        "taken_off_hartree_per_bohr": taken_off,
        "invariants": known,
    }
    save_file(tensors, path, {"format": FORMAT, "key": key, "seconds": json.dumps(prediction.seconds)})


def read_prediction(path: Path, key: str, molecule: Molecule, model: str) -> Prediction:
    """What `write_prediction` wrote of `molecule`. Raises OSError, and one of DAMAGED."""
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata() or {}
        if metadata.get("format") != FORMAT or metadata.get("key") != key:
            raise ValueError("it is not the prediction that its name says")
        coefficients, forces, taken_off, invariants = (
            file.get_tensor(name)
            for name in ("coefficients", "forces_hartree_per_bohr", "taken_off_hartree_per_bohr", "invariants")
        )
        seconds = {step: float(spent) for step, spent in json.loads(metadata["seconds"]).items()}
    trained = load_model(model)
    if {forces.shape, taken_off.shape} != {(len(molecule), 3)} or len(invariants) != len(molecule):
        raise ValueError("it is of another number of atoms")
    density = Density(molecule, trained.basis, coefficients, f"model {trained.name}")
    return Prediction(density, forces, seconds, trained.name, invariants, taken_off)
