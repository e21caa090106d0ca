"""`predict --batch DIR`: every structure of a folder on Dask, a folder of results each; goes on where it was stopped.

A result is finished when its `result.json` is there; it names the file's content, charge, model and preparation, so a
changed file, another model or another choice is calculated anew. With a scheduler of your own the folders must be the
same on all its machines.
"""

import argparse
import hashlib
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import progress, report, to_json
from core.cli.preparing import options_of
from core.errors import RhoscopeError, UsageError

if TYPE_CHECKING:
    from distributed import Client, Future

    from core.chem.prepare import Options

RESULT = "result.json"
# Rises where a result of an older version is not what this one would write: it is made again.
RESULT_VERSION = 2
IN_FLIGHT = 2


@dataclass(frozen=True)
class Task:
    """One file: what to predict, with what, and where the results go (a folder named after the file). options: it is
    completed first, as `prepare` does with these; None: it is taken as it is."""

    path: Path
    charge: int | None
    model: str | None
    folder: Path
    key: str
    options: "Options | None" = None

    @property
    def finished(self) -> bool:
        try:
            return json.loads((self.folder / RESULT).read_text()).get("key") == self.key
        except (OSError, ValueError):
            return False


def tasks_of(
    directory: Path, out: Path, charge: int | None, model: str | None, options: "Options | None" = None
) -> list[Task]:
    """A task for each structure file in `directory`, by name. Raises UsageError where there are none."""
    from core.chem.read import SUFFIXES
    from core.model.choose import weights_key

    suffixes = tuple(f".{suffix.lstrip('.')}" for suffix in SUFFIXES)
    paths = sorted(path for path in directory.glob("*") if path.is_file() and path.name.lower().endswith(suffixes))
    if not paths:
        raise UsageError(
            f"There are no structures in {directory}.", f"Give a folder with files ending in {', '.join(suffixes)}."
        )
    how = f" prepared {json.dumps(asdict(options), sort_keys=True)}" if options else ""
    with_what = f"{RESULT_VERSION} {weights_key(model)} {charge}{how}".encode()
    return [
        Task(path, charge, model, out / path.name, hashlib.sha256(path.read_bytes() + with_what).hexdigest(), options)
        for path in paths
    ]


def attempt(task: Task) -> dict[str, Any]:
    """`predict_file`, or what is wrong with the file: an error that is raised in a worker is printed with its trace."""
    try:
        return predict_file(task)
    except RhoscopeError as error:
        return {"file": task.path.name, "error": error.message, "remedy": error.remedy}


def predict_file(task: Task) -> dict[str, Any]:
    """Read, predict and write one file, in a worker; the summary without the forces. Raises RhoscopeError."""
    import time

    from core.cli.files import write_prediction
    from core.cli.predict import preparation_summary, subject_of, summary, trust_summary
    from core.model.choose import model_for
    from core.model.predict import predict
    from core.model.trust import assess

    started = time.perf_counter()
    subject = subject_of(task.path, charge=task.charge, options=task.options)
    molecule, names = subject.molecule, subject.topology.atom_labels if subject.topology else ()
    read_seconds = time.perf_counter() - started
    model = model_for(molecule, task.model)
    prediction = predict(molecule, model)
    write_prediction(molecule, prediction, task.folder, topology=subject.topology)
    payload = summary(molecule, prediction, read_seconds)
    del payload["forces_mev_per_angstrom"]
    trust = replace(assess(prediction, model, subject.free_ions), names=names)
    payload |= preparation_summary(subject) | {
        "file": task.path.name,
        "outside_domain": trust.reasons(),
        "trust": trust_summary(trust, atoms=False),
    }
    partial = task.folder / (RESULT + ".partial")
    partial.write_text(json.dumps(to_json(payload | {"key": task.key}), indent=1) + "\n")
    partial.replace(task.folder / RESULT)
    return to_json(payload)


def _outcomes(client: "Client", tasks: list[Task]) -> Iterator[tuple[Task, "Future"]]:
    """Each task with its ended future, as they end; only a few are with the scheduler at a time."""
    from distributed import as_completed

    waiting, running = deque(tasks), as_completed()
    task_of: dict[str, Task] = {}

    def submit() -> None:
        task = waiting.popleft()
        future = client.submit(attempt, task, pure=False)
        task_of[future.key] = task
        running.add(future)

    for _ in range(min(len(waiting), IN_FLIGHT * max(1, sum(client.nthreads().values())))):
        submit()
    for future in running:
        yield task_of.pop(future.key), future
        if waiting:
            submit()


def run(args: argparse.Namespace) -> int:
    """0 where every file has its result; 2 where some could not be predicted (each is named with its remedy)."""
    from core.data.cluster import connected

    if args.out is None:
        raise UsageError("A batch needs a folder for its results.", "Add --out DIR.")
    if not args.batch.is_dir():
        raise UsageError(f"{args.batch} is not a folder.", "Give --batch the folder with the structures.")
    options = options_of(args, charge=args.charge, drop_missing="pass") if args.prepare else None
    tasks = tasks_of(args.batch.resolve(), args.out.resolve(), args.charge, args.model, options)
    left = [task for task in tasks if not task.finished]
    done, failed = len(tasks) - len(left), []
    if left:
        args.out.mkdir(parents=True, exist_ok=True)
        with connected(args.scheduler, args.workers, args.out / ".scratch") as client:
            for task, future in _outcomes(client, left):
                answer = future.result()
                if "error" in answer:
                    failed.append(answer)
                else:
                    done += 1
                progress(f"{done + len(failed)} of {len(tasks)}: {task.path.name}")
    payload = {"files": len(tasks), "done": done, "already": len(tasks) - len(left), "failed": failed}
    lines = [f"{done} of {len(tasks)} structures predicted, {payload['already']} of them before; in {args.out}."]
    lines += [f"{row['file']}: {row['error']} {row['remedy']}" for row in failed]
    report(payload, lines, as_json=args.json)
    return 2 if failed else 0
