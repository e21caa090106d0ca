"""Error against amount of training data, for the network, its scalar version, and a plain one with random rotations."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.errors import DataError
from core.train.config import TrainingConfig
from core.train.loop import Trainer
from core.train.run import prepare

KINDS = ("equivariant", "scalar", "plain")


def config_of_kind(config: TrainingConfig, kind: str) -> TrainingConfig:
    """`config` with the network of one of KINDS. Raises DataError for another.

    scalar: messages of l = 0 only; its last round still reads directions, because coefficients of l > 0 are asked for.
    plain: as many channels times degrees as the equivariant one, random rotations in training and testing.
    """
    if kind == "equivariant":
        return config
    if kind == "scalar":
        return replace(config, network=replace(config.network, l_max=0))
    if kind == "plain":
        return replace(config, network=replace(config.network, kind="plain"))
    raise DataError(f"There is no network of kind {kind!r}.", f"Choose from {', '.join(KINDS)}.")


def slope(numbers: list[int], errors: list[float]) -> float:
    """d log(error) / d log(number), least squares; nan below two points."""
    if len(numbers) < 2:
        return float("nan")
    return float(np.polyfit(np.log(numbers), np.log(errors), 1)[0])


def learning_curve(
    config: TrainingConfig, folder: Path, out: Path, sizes: list[str], kinds: list[str], *, progress: bool = True
) -> dict:
    """Train every kind on every size with the same steps and seed; larger sets contain the smaller ones.

    Runs that are finished in `out` are not repeated. Writes and returns curve.json: runs, slopes, note.
    """
    runs = []
    for kind in kinds:
        for size in sizes:
            limit = 0 if size == "all" else int(size)
            run_config = replace(config_of_kind(config, kind), limit=limit)
            place = out / f"{kind}-{size}"
            done = place / "result.json"
            if not done.exists():
                prepared = prepare(run_config, folder, progress=progress)
                trainer = Trainer(prepared.network, run_config, place, tuple(sorted(prepared.coordinates.elements)))
                trainer.resume()
                trainer.run(prepared.train, prepared.heldout, progress=progress)
                errors = trainer.averaged_errors(prepared.heldout)
                result = {
                    "kind": kind,
                    "structures": len(prepared.train),
                    "heldout_loss": errors.loss,
                    "heldout_force_mae_mev_per_angstrom": errors.force_mae_mev_per_angstrom,
                    "seconds": round(trainer.seconds, 1),
                    "parameters": sum(p.numel() for p in prepared.network.parameters()),
                    "steps": run_config.steps,
                }
                done.write_text(json.dumps(result) + "\n")
            runs.append(json.loads(done.read_text()))
    slopes = {}
    for kind in kinds:
        own = [run for run in runs if run["kind"] == kind]
        numbers = [run["structures"] for run in own]
        slopes[kind] = {
            "loss": slope(numbers, [run["heldout_loss"] for run in own]),
            "force": slope(numbers, [run["heldout_force_mae_mev_per_angstrom"] for run in own]),
        }
    note = (
        f"Every run: {config.steps} steps of {config.batch} structures, seed {config.seed}, one held-out set. The loss "
        "is the quadratic density and force error of training; scalar messages carry l = 0 only; the plain network "
        "sees random rotations."
    )
    curve = {"runs": runs, "slopes": slopes, "note": note}
    (out / "curve.json").write_text(json.dumps(curve, indent=1) + "\n")
    return curve
