"""The process that trains one tiny network for page 7 (core.lessons.live): `python -m core.lessons.live_child FOLDER`.

It speaks as core.jobs.child does: the request is a line of JSON on stdin, each line of stdout an answer.
"""

import sys
import tempfile
import time
import traceback
from dataclasses import asdict
from pathlib import Path

from core.jobs.child import begin


def main(folder: Path) -> int:
    request, say = begin()
    # What is written goes with the folder of the parent, however this ends.
    tempfile.tempdir = str(folder)
    started = time.monotonic()

    # Loading takes seconds, and these count.
    from core.errors import RhoscopeError
    from core.lessons.training import train

    try:
        left = float(request["seconds"]) - (time.monotonic() - started)
        trained = train(request["kind"], request["structures"], lambda metrics: say({"metrics": metrics}), left)
        say({"result": asdict(trained)})
    except RhoscopeError as error:
        say({"failure": {"message": error.message, "remedy": error.remedy}})
    except Exception as error:
        traceback.print_exc()
        say({"failure": {"message": f"The training stopped: {type(error).__name__}.", "remedy": "See the log."}})
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
