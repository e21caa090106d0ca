"""Large predictions, each in a process of its own, and kept on the disk: they outlive the server that made them.

A process can be ended at any moment, its memory is measured, and what happens to it happens to nobody else.
`<data_dir>/predictions/<first two digits>/<key>.safetensors` (`rhoscope-prediction-1`) holds tensors `coefficients`
(n_functions,), `forces_hartree_per_bohr` (n_atoms, 3) and `invariants` (n_atoms, n), and metadata `format`, `key` and
`seconds`, JSON by step. The ones that were not used for longest go when there is no more room.
"""

import hashlib
import json
import os
import uuid
from pathlib import Path

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import PredictionError
from core.jobs.runner import Limits, follow_child
from core.logs import get_logger
from core.model.checkpoint import load_model, weights_hash
from core.model.predict import Prediction, Progress
from core.settings import settings

FORMAT = "rhoscope-prediction-1"
log = get_logger(__name__)


def is_apart(molecule: Molecule) -> bool:
    """Whether the app predicts this molecule in a process of its own."""
    return len(molecule) >= settings().prediction_apart_from_atoms


def default_limits() -> Limits:
    chosen = settings()
    threads = chosen.threads or os.cpu_count() or 1
    return Limits(chosen.prediction_time_limit_seconds, chosen.prediction_memory_gb, threads, "PREDICTION")


class PredictionStore:
    """At most `limit_bytes` of predictions in `directory`; by default those of the settings."""

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
            prediction = read_prediction(path, molecule, model)
            os.utime(path)
            return prediction
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
            log.warning("damaged prediction removed", path=str(path), error=str(error))
            path.unlink(missing_ok=True)
            return None

    def make_room(self) -> None:
        found = [(path, path.stat()) for path in self.directory.glob("??/*.safetensors")]
        used = sum(status.st_size for _, status in found)
        for path, status in sorted(found, key=lambda entry: entry[1].st_mtime):
            if used <= self._limit_bytes:
                return
            path.unlink(missing_ok=True)
            used -= status.st_size


def write_prediction(prediction: Prediction, path: Path) -> None:
    """Whole or not at all: under another name first, then renamed."""
    known = prediction.invariants
    assert known is not None  # noqa: S101 - a network made it
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.partial")
    tensors: dict[str, NDArray] = {
        "coefficients": prediction.density.coefficients,
        "forces_hartree_per_bohr": prediction.forces_hartree_per_bohr,
        "invariants": known,
    }
    metadata = {"format": FORMAT, "key": path.stem, "seconds": json.dumps(prediction.seconds)}
    try:
        save_file(tensors, partial, metadata)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def read_prediction(path: Path, molecule: Molecule, model: str) -> Prediction:
    """What `write_prediction` wrote of `molecule`. Raises OSError, SafetensorError, KeyError or ValueError."""
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata() or {}
        if metadata.get("format") != FORMAT or metadata.get("key") != path.stem:
            raise ValueError("it is not the prediction that its name says")
        coefficients, forces, invariants = (
            file.get_tensor(name) for name in ("coefficients", "forces_hartree_per_bohr", "invariants")
        )
        seconds = {step: float(spent) for step, spent in json.loads(metadata["seconds"]).items()}
    trained = load_model(model)
    if forces.shape != (len(molecule), 3) or len(invariants) != len(molecule):
        raise ValueError("it is of another number of atoms")
    density = Density(molecule, trained.basis, coefficients, f"model {trained.name}")
    return Prediction(density, forces, seconds, trained.name, invariants)


def predict_apart(
    molecule: Molecule,
    model: str,
    progress: Progress = lambda step, share: None,
    store: PredictionStore | None = None,
    limits: Limits | None = None,
) -> Prediction:
    """The prediction of `molecule` by the model of this name: the one that is kept, or made in a process of its own.

    progress: as of `core.model.predict.predict`; called four times a second or more often, and what it raises ends the
    process, and is raised. Raises ModelError, and PredictionError where the process ends without a prediction.
    """
    store = store or PredictionStore()
    found = store.get(molecule, model)
    if found is not None:
        return found
    path = store.path(molecule, model)
    request = {
        "atomic_numbers": molecule.atomic_numbers.tolist(),
        "positions_angstrom": molecule.positions_angstrom.tolist(),
        "charge": molecule.charge,
        "model": model,
        "path": str(path.resolve()),
    }
    told = ("coefficients", 0.0)

    def heard(answer: dict) -> None:
        nonlocal told
        told = str(answer["step"]), float(answer["share"])
        progress(*told)

    def unwanted() -> bool:
        progress(*told)
        return False

    failure = follow_child(
        "core.jobs.predicting_child", request, limits or default_limits(), on_answer=heard, cancelled=unwanted
    )
    made = None if failure else store.get(molecule, model)
    if made is None:
        raise PredictionError(
            failure.message if failure else "The prediction was made and could not be read.",
            failure.remedy if failure else "Is the disk full? See RHOSCOPE_DATA_DIR.",
        )
    store.make_room()
    return made
