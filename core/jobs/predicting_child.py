"""The process that makes one large prediction (core.jobs.predictions): `python -m core.jobs.predicting_child FOLDER`.

It speaks as core.jobs.child does; each answer says a step and the share of it that is done.
"""

import sys
import time
from pathlib import Path

from core.jobs.child import attempt, begin, molecule_of

CHILD = "core.jobs.predicting_child"
# What it leaves in its folder.
MADE = "prediction.safetensors"
TELL_SECONDS = 0.2


def at_home(request: dict) -> dict:
    """A request with its model, given by name, as a path on this machine: the child is at home elsewhere."""
    from core.model.checkpoint import model_folder

    return {**request, "model": str(model_folder(request["model"]).resolve())}


def main(folder: Path) -> int:
    request, say = begin()

    from core.jobs.prediction_files import write_prediction
    from core.model.checkpoint import load_model
    from core.model.predict import predict

    last = 0.0

    def tell(step: str, share: float) -> None:
        nonlocal last
        if time.monotonic() - last > TELL_SECONDS:
            last = time.monotonic()
            say({"step": step, "share": share})

    def work() -> None:
        prediction = predict(molecule_of(request), load_model(request["model"]), progress=tell)
        write_prediction(prediction, folder / MADE, request["key"])

    attempt(work, say, "prediction")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
