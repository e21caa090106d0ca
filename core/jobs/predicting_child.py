"""The process that makes one large prediction (core.jobs.predictions): `python -m core.jobs.predicting_child FOLDER`.

It speaks as core.jobs.child does; each answer says a step and the share of it that is done.
"""

import sys
import time
import traceback
from pathlib import Path

from core.jobs.child import begin

TELL_SECONDS = 0.2


def main(folder: Path) -> int:
    request, say = begin()

    import numpy as np

    from core.chem.molecule import Molecule
    from core.errors import RhoscopeError
    from core.jobs.predictions import MADE, write_prediction
    from core.model.checkpoint import load_model
    from core.model.predict import predict

    last = 0.0

    def tell(step: str, share: float) -> None:
        nonlocal last
        if time.monotonic() - last > TELL_SECONDS:
            last = time.monotonic()
            say({"step": step, "share": share})

    try:
        molecule = Molecule(
            np.array(request["atomic_numbers"]), np.array(request["positions_angstrom"]), request["charge"]
        )
        prediction = predict(molecule, load_model(request["model"]), progress=tell)
        write_prediction(prediction, folder / MADE, request["key"])
    except RhoscopeError as error:
        say({"failure": {"message": error.message, "remedy": error.remedy}})
    except MemoryError:
        say({"failure": {"message": "The prediction ran out of memory.", "remedy": "Choose a smaller structure."}})
    except Exception as error:
        traceback.print_exc()
        words = f"The prediction stopped with an unexpected error: {type(error).__name__}: {str(error)[:300]}."
        say({"failure": {"message": words, "remedy": "See the log; if the structure is sound, please report this."}})
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
