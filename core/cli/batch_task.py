"""One structure of a batch, as a worker predicts it: its folder of results, and what is said where it fails."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import to_json
from core.errors import PredictionError, RhoscopeError
from core.memory import free_bytes

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.chem.prepare import Options
    from core.model.checkpoint import TrainedModel

RESULT = "result.json"
LESS_MEMORY = (
    "Give fewer --workers, fewer chains (--prepare --chains A), or a machine with more memory: the same command "
    "goes on with what is left."
)


class MemoryShortageError(PredictionError):
    """A prediction that was not begun, because there is not the memory for it."""


@dataclass(frozen=True)
class Task:
    """One file: what to predict, with what, and where the results go (a folder named after the file).
    options: it is completed first, as `prepare` does with these; None: it is taken as it is."""

    path: Path
    charge: int | None
    model: str | None
    folder: Path
    key: str
    size_bytes: int
    options: "Options | None" = None

    @property
    def result(self) -> dict[str, Any] | None:
        """What `result.json` holds; None where it is not there or of another file, model or choice."""
        try:
            found = json.loads((self.folder / RESULT).read_text())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and found.get("key") == self.key else None


@dataclass(frozen=True)
class Failure:
    """Why a file has no result. for_memory: it may have one when nothing else runs."""

    file: str
    message: str
    remedy: str
    for_memory: bool = False

    def to_dict(self) -> dict[str, str]:
        return {"file": self.file, "error": self.message, "remedy": self.remedy}


def attempt(task: Task) -> dict[str, Any] | Failure:
    """`predict_file`, or what is wrong with the file: an error that is raised in a worker is printed with its trace."""
    try:
        return predict_file(task)
    except RhoscopeError as error:
        return Failure(task.path.name, error.message, error.remedy, isinstance(error, MemoryShortageError))


def predict_file(task: Task) -> dict[str, Any]:
    """Read, predict and write one file, in a worker; its row of the summary. Raises RhoscopeError."""
    import time

    from core.cli.batch_summary import row_of
    from core.cli.files import write_prediction
    from core.cli.predict import preparation_summary, subject_of, summary, trust_summary
    from core.model.choose import model_for
    from core.model.net_force import net_force
    from core.model.predict import predict
    from core.model.trust import assess

    started = time.perf_counter()
    subject = subject_of(task.path, charge=task.charge, options=task.options)
    molecule, names = subject.molecule, subject.topology.atom_labels if subject.topology else ()
    read_seconds = time.perf_counter() - started
    model = model_for(molecule, task.model)
    require_memory(molecule, model)
    prediction = predict(molecule, model)
    trust = replace(assess(prediction, model, subject.free_ions), names=names)
    write_prediction(molecule, prediction, task.folder, topology=subject.topology, trust=trust)
    payload = summary(molecule, prediction, read_seconds)
    del payload["forces_mev_per_angstrom"]
    payload |= preparation_summary(subject) | {
        "file": task.path.name,
        "outside_domain": trust.reasons(),
        "trust": trust_summary(trust, net_force(prediction, trust)),
        "key": task.key,
    }
    result = to_json(payload)
    partial = task.folder / (RESULT + ".partial")
    partial.write_text(json.dumps(result, indent=1) + "\n")
    partial.replace(task.folder / RESULT)
    return row_of(result)


def require_memory(molecule: "Molecule", model: "TrainedModel") -> None:
    """Raises MemoryShortageError where the prediction needs more than there is for this process."""
    from core.model.estimate import estimate

    needed, there = estimate(molecule, model).memory_bytes, allowed_bytes()
    if needed > there:
        raise MemoryShortageError(
            f"{len(molecule):,} atoms need {needed / 1e9:.1f} GB of memory; there are {there / 1e9:.1f} GB for them.",
            LESS_MEMORY,
        )


def allowed_bytes() -> float:
    """What this process may hold: what it has and what is free, or less where Dask ends a worker at less."""
    import dask
    import psutil
    from distributed import get_worker

    there = free_bytes() + psutil.Process().memory_info().rss
    try:
        limit = get_worker().memory_manager.memory_limit
    except ValueError:
        return there
    share = dask.config.get("distributed.worker.memory.terminate")
    return min(there, share * limit) if limit and share else there
