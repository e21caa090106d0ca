"""Large predictions, each in a process of its own, on this machine or on those of a Dask scheduler.

A process can be ended at any moment, its memory is measured, and what happens to it happens to nobody else.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil

from core.chem.molecule import Molecule
from core.errors import PredictionError
from core.jobs.predicting_child import CHILD, MADE, at_home
from core.jobs.prediction_files import DAMAGED, PredictionStore, read_prediction
from core.jobs.runner import Limits, follow_child
from core.jobs.status import Failure
from core.logs import get_logger
from core.model.checkpoint import weights_hash
from core.model.predict import Prediction, Progress
from core.settings import settings


def is_apart(molecule: Molecule) -> bool:
    """Whether the app predicts this molecule in a process of its own."""
    return len(molecule) >= settings().prediction_apart_from_atoms


def default_limits() -> Limits:
    chosen = settings()
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    threads = chosen.threads or allowed or 1
    return Limits(chosen.prediction_time_limit_seconds, chosen.prediction_memory_gb, threads, "PREDICTION")


def memory_bytes(free: float) -> float:
    """What a prediction may take of memory, bytes. free: that of this machine, to which what runs now is added, as it
    ends before another is begun."""
    chosen = settings()
    allowed = 1e9 * chosen.prediction_memory_gb
    return allowed if chosen.scheduler else min(free + _running_bytes(), allowed)


def _running_bytes() -> float:
    """Memory of the predictions that are made now by children of this process."""
    found = 0.0
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if CHILD in child.cmdline():
                found += float(child.memory_info().rss)
    return found


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
        "key": path.stem,
    }
    told = ("coefficients", 0.0)

    def heard(answer: dict) -> None:
        nonlocal told
        told = str(answer["step"]), float(answer["share"])

    with tempfile.TemporaryDirectory(prefix="rhoscope-prediction-") as folder:
        file = Path(folder, MADE)
        failure = _make(
            request, weights_hash(model), limits or default_limits(), file, heard, wanted=lambda: progress(*told)
        )
        if failure is not None:
            raise PredictionError(failure.message, failure.remedy)
        try:
            made = read_prediction(file, path.stem, molecule, model)
        except (OSError, *DAMAGED) as error:
            get_logger(__name__).error("prediction cannot be read", error=str(error))
            raise PredictionError(
                "The prediction was made and could not be read.", "Is the disk full? See the log."
            ) from error
        store.keep(file, path)
    return made


def _make(
    request: dict, weights: str, limits: Limits, file: Path, heard: Callable[[dict], None], wanted: Callable[[], None]
) -> Failure | None:
    """Have `file` made, by a child of this process or where the scheduler of the settings says; why it was not."""
    if scheduler := settings().scheduler:
        # Dask takes its time to be imported.
        from core.jobs.elsewhere import predict_on

        made = predict_on(scheduler, request, weights, limits, on_answer=heard, wanted=wanted)
        if isinstance(made, Failure):
            return made
        file.write_bytes(made)
        return None

    def unwanted() -> bool:
        wanted()
        return False

    def collect(folder: Path) -> None:
        shutil.copyfile(folder / MADE, file)

    return follow_child(CHILD, at_home(request), limits, on_answer=heard, cancelled=unwanted, collect=collect)
