"""Large predictions, each in a process of its own, on this machine or on those of a Dask scheduler.

A process can be ended at any moment, its memory is measured, and what happens to it happens to nobody else.
"""

import contextlib
import os
from pathlib import Path

import psutil

from core.chem.molecule import Molecule
from core.errors import PredictionError
from core.jobs.predicting_child import CHILD, MADE, at_home
from core.jobs.prediction_files import DAMAGED, PredictionStore, read_prediction
from core.jobs.runner import Limits, follow_child
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


def allowed_bytes(free_bytes: float) -> float:
    """What a prediction may take of memory. free_bytes: of this machine, to which what runs now is added, as it ends
    before another is begun."""
    chosen = settings()
    allowed = 1e9 * chosen.prediction_memory_gb
    return allowed if chosen.scheduler else min(free_bytes + _running_bytes(), allowed)


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

    progress: as of `core.model.predict.predict`, and "queued" while a scheduler has no machine free; called four times
    a second or more often, and what it raises ends the process, and is raised. Raises ModelError, and PredictionError
    where the process ends without a prediction, which the store keeps.
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
    scheduler = settings().scheduler
    told = ("queued" if scheduler else "coefficients", 0.0)

    def heard(answer: dict) -> None:
        nonlocal told
        told = str(answer["step"]), float(answer["share"])

    def unwanted() -> bool:
        progress(*told)
        return False

    made: list[Prediction] = []

    def collect(folder: Path) -> None:
        try:
            made.append(read_prediction(folder / MADE, path.stem, molecule, model))
        except (OSError, *DAMAGED) as error:
            get_logger(__name__).error("prediction cannot be read", error=str(error))
            return
        store.keep(folder / MADE, path)

    allowed = limits or default_limits()
    if scheduler:
        # Dask takes its time to be imported.
        from core.jobs.elsewhere import follow_elsewhere

        failure = follow_elsewhere(
            scheduler, request, weights_hash(model), allowed, on_answer=heard, cancelled=unwanted, collect=collect
        )
    else:
        failure = follow_child(CHILD, at_home(request), allowed, on_answer=heard, cancelled=unwanted, collect=collect)
    if failure is not None:
        store.keep_failure(failure, path)
        raise PredictionError(failure.message, failure.remedy)
    if not made:
        raise PredictionError("The prediction was made and could not be read.", "Is the disk full? See the log.")
    return made[0]
