"""The process that trains one tiny network for page 7 (core.lessons.live): `python -m core.lessons.live_child FOLDER`.

It speaks as core.jobs.child does: the request is a line of JSON on stdin, each line of stdout an answer.
"""

import sys
import traceback
from dataclasses import replace
from pathlib import Path

from core.jobs.child import begin


def main(folder: Path) -> int:
    request, say = begin()

    from core.errors import RhoscopeError
    from core.lessons.live import CONFIG
    from core.train.config import TrainingConfig
    from core.train.curve import config_of_kind, residual_of
    from core.train.loop import Trainer
    from core.train.run import prepare

    try:
        config = config_of_kind(TrainingConfig.load(CONFIG), request["kind"])
        config = replace(config, limit=request["structures"], evaluate_every=config.steps // 20)
        prepared = prepare(config, CONFIG.parent, progress=False)
        trainer = Trainer(prepared.trained, config, folder, tuple(sorted(prepared.coordinates.elements)))
        trainer.run(
            prepared.train,
            prepared.heldout,
            progress=False,
            on_metrics=lambda metrics: say({"metrics": {**metrics, "share": metrics["step"] / config.steps}}),
        )
        trainer.use_averaged()
        molecules = [record.molecule for record in prepared.records[:3]]
        residual = residual_of(prepared.network.eval(), molecules, prepared.coordinates)
        parameters = sum(p.numel() for p in prepared.network.parameters())
        say({"result": {"residual": residual, "parameters": parameters, "seconds": trainer.seconds}})
    except RhoscopeError as error:
        say({"failure": {"message": error.message, "remedy": error.remedy}})
    except Exception as error:
        traceback.print_exc()
        say({"failure": {"message": f"The training stopped: {type(error).__name__}.", "remedy": "See the log."}})
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
