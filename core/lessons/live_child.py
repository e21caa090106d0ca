"""The process that trains one tiny network for page 7 (core.lessons.live): `python -m core.lessons.live_child FOLDER`.

It speaks as core.jobs.child does: the request is a line of JSON on stdin, each line of stdout an answer.
"""

import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from core.jobs.child import attempt, begin


def main(folder: Path) -> int:
    request, say = begin()
    # What is written goes with the folder of the parent, however this ends.
    tempfile.tempdir = str(folder)
    started = time.monotonic()

    # Loading takes seconds, and these count.
    from core.lessons.training import train

    def work() -> None:
        left = float(request["seconds"]) - (time.monotonic() - started)
        trained = train(request["kind"], request["structures"], lambda metrics: say({"metrics": metrics}), left)
        say({"result": asdict(trained)})

    attempt(work, say, "training")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
