"""The process that does one calculation and nothing else: `python -m core.jobs.child FOLDER` (see core.jobs.runner).

First line of stdin: the request, JSON. stdin then stays open for as long as the answer is wanted: when it ends,
because the parent closed it or died, this process ends at once. Each line of stdout is one JSON object: an SCF
cycle, or a failure. The record goes to FOLDER/record.h5.
"""

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from core.settings import settings

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.density.density import Density


def _end_with_parent() -> None:
    while sys.stdin.readline():
        pass
    os._exit(3)


def _answer_channel() -> IO[str]:
    """Keep the real stdout for answers and send what libraries print to stderr."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return channel


def begin() -> tuple[dict, Callable[[dict], None]]:
    """The request, and what sends an answer. From here on the process yields to others and ends with its parent."""
    os.nice(settings().niceness)
    answers = _answer_channel()
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def say(entry: dict) -> None:
        answers.write(json.dumps(entry) + "\n")
        answers.flush()

    return request, say


def attempt(work: Callable[[], None], say: Callable[[dict], None], noun: str, *, transient: bool = True) -> None:
    """Do `work`; where it fails, say so. noun: what the work is called. transient: whether the same request may end
    otherwise next time, also where the error is none of the data."""
    from core.errors import DataError, RhoscopeError

    try:
        work()
    except RhoscopeError as error:
        permanent = not transient and not isinstance(error, DataError)
        say({"failure": {"message": error.message, "remedy": error.remedy, "permanent": permanent}})
    except MemoryError:
        say({"failure": {"message": f"The {noun} ran out of memory.", "remedy": "Choose a smaller structure."}})
    except Exception as error:
        traceback.print_exc()
        words = f"The {noun} stopped with an unexpected error: {type(error).__name__}: {str(error)[:300]}."
        say({"failure": {"message": words, "remedy": "See the log; if the structure is sound, please report this."}})


def molecule_of(request: dict) -> "Molecule":
    """The one that a request names, as JSON takes it."""
    import numpy as np

    from core.chem.molecule import Molecule

    return Molecule(np.array(request["atomic_numbers"]), np.array(request["positions_angstrom"]), request["charge"])


def _predicted(molecule: "Molecule", notes: dict) -> "Density":
    """The density of the model that the settings, or the structure, choose; named in `notes`."""
    from core.model.checkpoint import load_model, weights_hash
    from core.model.choose import name_for
    from core.model.predict import predict_density

    name = name_for(molecule)
    density = predict_density(molecule, load_model(name))
    notes |= {"start": density.source, "start_weights": weights_hash(name)}
    return density


def main(folder: Path) -> int:
    request, say = begin()

    from dataclasses import asdict

    from core.data.durable import write_records_durably
    from core.reference.calculation import CycleReport, calculate
    from core.reference.level import Level

    def on_cycle(report: CycleReport) -> None:
        say({"cycle": asdict(report)})

    def work() -> None:
        molecule = molecule_of(request)
        notes: dict = {"threads": int(os.environ.get("OMP_NUM_THREADS", "0"))}
        start = _predicted(molecule, notes) if request.get("from_prediction") else None
        record = calculate(
            molecule,
            level=Level(**request["level"]),
            origin="user",
            on_cycle=on_cycle,
            provenance=notes,
            start=start,
            count_default=bool(request.get("count_default")),
        )
        write_records_durably(folder / "record.h5", [record])

    # What a start brought about may not happen without it.
    attempt(work, say, "calculation", transient=bool(request.get("from_prediction")))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
