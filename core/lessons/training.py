"""One tiny training of page 7, within a minute: a network of a kind, on few waters (assets/lessons/live.yaml)."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import LessonError
from core.gaussian.basis import ASSETS
from core.lessons.data import KINDS
from core.train.config import TrainingConfig
from core.train.curve import config_of_kind, residual_of
from core.train.loop import Trainer
from core.train.run import prepare

CONFIG = ASSETS / "lessons" / "live.yaml"
SIZES = (4, 8, 24)
LONGEST_SECONDS = 60.0
# Kept of it for the last evaluation and the residual.
END_SECONDS = 2.0
EVALUATIONS = 20
RESIDUAL_MOLECULES = 3


@dataclass(frozen=True)
class Trained:
    """share: of its steps, below 1 where its time was up before. force_error_mev_per_angstrom: mean |component| on
    held-out waters, against the fit. residual: `core.train.curve.residual_of`. seconds: that training took."""

    share: float
    force_error_mev_per_angstrom: float
    residual: float
    parameters: int
    seconds: float


def check_training(kind: str, structures: int) -> None:
    """Raises LessonError for what there is not to train."""
    if kind not in KINDS or structures not in SIZES:
        raise LessonError("There is no such training.", f"Kinds: {', '.join(KINDS)}; sizes: {SIZES}.")


def train(
    kind: str,
    structures: int,
    on_evaluation: Callable[[dict], None] = lambda metrics: None,
    seconds: float = LONGEST_SECONDS,
) -> Trained:
    """Train a network of one of KINDS on one of SIZES, for at most so many seconds from now: then it stops where it is.

    on_evaluation: told, some twenty times, what `Trainer.run` tells, with the share of steps done as `share`. Raises
    LessonError."""
    started = time.monotonic()
    check_training(kind, structures)
    config = config_of_kind(TrainingConfig.load(CONFIG), kind)
    config = replace(config, limit=structures, evaluate_every=config.steps // EVALUATIONS)
    prepared = prepare(config, CONFIG.parent, progress=False)
    evaluations: list[dict] = []

    def told(metrics: dict) -> None:
        evaluations.append({**metrics, "share": metrics["step"] / config.steps})
        on_evaluation(evaluations[-1])

    with tempfile.TemporaryDirectory(prefix="rhoscope-training-") as folder:
        trainer = Trainer(prepared.trained, config, Path(folder), tuple(sorted(prepared.coordinates.elements)))
        left = seconds - END_SECONDS - (time.monotonic() - started)
        trainer.run(prepared.train, prepared.heldout, progress=False, on_metrics=told, longest_seconds=left)
    trainer.use_averaged()
    molecules = [record.molecule for record in prepared.records[:RESIDUAL_MOLECULES]]
    last = evaluations[-1]
    return Trained(
        last["share"],
        last["heldout_force_mae_mev_per_angstrom"],
        residual_of(prepared.network.eval(), molecules, prepared.coordinates),
        sum(p.numel() for p in prepared.network.parameters()),
        trainer.seconds,
    )
