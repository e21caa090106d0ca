"""`predict --batch DIR`: every structure of a folder on Dask, a folder of results each; goes on where it was stopped.

A result is finished when its `result.json` is there; it names the file's content, charge, model and preparation, so a
changed file, another model or another choice is calculated anew. With a scheduler of your own the folders must be the
same on all its machines.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.batch_summary import not_trusted, not_trusted_lines, row_of, summary_csv
from core.cli.batch_task import Failure, Task, attempt
from core.cli.output import progress, report
from core.cli.preparing import options_of
from core.errors import UsageError

if TYPE_CHECKING:
    from core.chem.prepare import Options

# Rises where a result of an older version is not what this one would write: it is made again.
RESULT_VERSION = 4
COMPRESSED = (".gz", ".zip", ".bz2", ".xz", ".zst")


def structure_files(directory: Path) -> tuple[list[Path], list[str]]:
    """The structure files in `directory` by name, and the names of other files; hidden ones are neither. Raises
    UsageError where there are no structures."""
    from core.chem.read import SUFFIXES

    suffixes = tuple(f".{suffix.lstrip('.')}" for suffix in SUFFIXES)
    files = sorted(path for path in directory.glob("*") if path.is_file() and not path.name.startswith("."))
    found = [path for path in files if path.name.lower().endswith(suffixes)]
    others = [path.name for path in files if not path.name.lower().endswith(suffixes)]
    if not found:
        unpack = "; unpack those that are compressed" if any(map(_compressed, others)) else ""
        raise UsageError(
            f"There are no structures in {directory}.",
            f"Give a folder with files ending in {', '.join(suffixes)}{unpack}.",
        )
    return found, others


def skipped_line(names: Sequence[str]) -> str:
    """What is said of files that are no structures."""
    unpack = " Unpack those that are compressed." if any(map(_compressed, names)) else ""
    return f"Passed over, for they do not end as structures do: {', '.join(names)}.{unpack}"


def _compressed(name: str) -> bool:
    return name.lower().endswith(COMPRESSED)


def tasks_of(
    paths: Sequence[Path], out: Path, charge: int | None, model: str | None, options: "Options | None" = None
) -> list[Task]:
    """A task for each of the structure files."""
    from core.model.choose import weights_key

    how = f" prepared {json.dumps(asdict(options), sort_keys=True)}" if options else ""
    with_what = f"{RESULT_VERSION} {weights_key(model)} {charge}{how}".encode()
    tasks = []
    for path in paths:
        content = path.read_bytes()
        key = hashlib.sha256(content + with_what).hexdigest()
        tasks.append(Task(path, charge, model, out / path.name, key, len(content), options))
    return tasks


def predict_all(
    tasks: Sequence[Task], scheduler: str, workers: int, out: Path
) -> tuple[list[dict[str, Any]], list[Failure]]:
    """Rows of the summary, of `tasks` that were predicted, and the failures of the others."""
    from core.cli.batch_expected import Pace, forecast
    from core.cli.batch_queue import answers, workers_of

    rows: list[dict[str, Any]] = []
    failures: list[Failure] = []
    with workers_of(scheduler, workers, out / ".scratch") as client:
        line, work = forecast(client, tasks)
        progress(line)
        pace, work_of = Pace(work), dict(zip(tasks, work, strict=True))
        for task, answer in answers(client, tasks, attempt):
            if isinstance(answer, Failure):
                failures.append(answer)
                said = "failed"
            else:
                rows.append(answer)
                said = f"{answer['atoms']:,} atoms, {answer['seconds']:.1f} s"
            count, left = len(rows) + len(failures), pace.left(work_of[task])
            told = f"; {left}" if left and count < len(tasks) else ""
            progress(f"{count} of {len(tasks)}: {task.path.name}, {said}{told}")
    return rows, failures


def run(args: argparse.Namespace) -> int:
    """0 where every file has its result; 2 where some could not be predicted (each is named with its remedy)."""
    from core.cli.files import write_whole

    if args.out is None:
        raise UsageError("A batch needs a folder for its results.", "Add --out DIR.")
    if not args.batch.is_dir():
        raise UsageError(f"{args.batch} is not a folder.", "Give --batch the folder with the structures.")
    if args.workers < 1:
        raise UsageError("--workers must be above zero.", "For example --workers 2.")
    options = options_of(args, charge=args.charge, drop_missing="pass") if args.prepare else None
    paths, skipped = structure_files(args.batch.resolve())
    if skipped:
        progress(skipped_line(skipped))
    tasks = tasks_of(paths, args.out.resolve(), args.charge, args.model, options)
    results = [(task, task.result) for task in tasks]
    before = [row_of(result) for _, result in results if result is not None]
    left = [task for task, result in results if result is None]
    made, failures = predict_all(left, args.scheduler, args.workers, args.out) if left else ([], [])
    rows = before + made
    [table] = write_whole(args.out, {"summary.csv": lambda path: path.write_text(summary_csv(rows, failures))})
    flagged = not_trusted(rows)
    payload = {
        "files": len(tasks),
        "done": len(rows),
        "already": len(before),
        "failed": [failure.to_dict() for failure in failures],
        "not_trusted": flagged,
        "skipped": skipped,
        "summary": table,
    }
    lines = [f"{len(rows)} of {len(tasks)} structures predicted, {len(before)} of them before; all in {table}."]
    lines += [f"{failure.file}: {failure.message} {failure.remedy}" for failure in failures]
    report(payload, [*lines, *not_trusted_lines(flagged)], as_json=args.json)
    return 2 if failures else 0
