"""The process that makes one large prediction (core.jobs.predictions): `python -m core.jobs.predicting_child FOLDER`.

It speaks as core.jobs.child does; each answer says a step and the share of it that is done.
"""

import sys
import time
from pathlib import Path

from core.jobs.child import attempt, begin, molecule_of

TELL_SECONDS = 0.2


def main(folder: Path) -> int:
    request, say = begin()

    from core.jobs.predictions import MADE, write_prediction
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
