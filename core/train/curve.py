"""Error against amount of training data: the network, with messages of fewer degrees, and a plain one."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import nn

from core.chem.molecule import Molecule
from core.data.dataset import load_dataset
from core.density.density import Density
from core.density.rotation import rotate_coefficients
from core.errors import DataError
from core.model.coordinates import OutputCoordinates
from core.model.graph import build_graph
from core.model.network import DensityNetwork
from core.model.plain import RandomlyTurned
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.train.config import TrainingConfig
from core.train.loop import Trainer, predict_batch, species_of
from core.train.loss import flatten_outputs
from core.train.run import prepare
from core.train.targets import Target

KINDS = ("equivariant", "scalar", "l1", "l2", "plain")
_HIGHEST_DEGREE = {"scalar": 0, "l1": 1, "l2": 2}
# A step of the plain network takes about a quarter of the time: it gets four times as many.
PLAIN_STEPS = 4
# Degrees about x, y and z of the pose in which `residual_of` asks again.
ANOTHER_POSE = (70.0, -40.0, 110.0)
ERRORS = {"eps_ks": "eps_ks", "force": "heldout_force_mae_mev_per_angstrom", "loss": "heldout_loss"}


def config_of_kind(config: TrainingConfig, kind: str) -> TrainingConfig:
    """`config` with the network of one of KINDS. Raises DataError for another.

    scalar, l1, l2: messages up to l = 0, 1 or 2; the last round still reads directions of all degrees, because
    coefficients of them are asked for. plain: as many channels times degrees as the equivariant one, random rotations
    in training and testing, PLAIN_STEPS times the steps.
    """
    if kind == "equivariant":
        return config
    if kind in _HIGHEST_DEGREE:
        return replace(config, network=replace(config.network, l_max=_HIGHEST_DEGREE[kind]))
    if kind == "plain":
        return replace(config, network=replace(config.network, kind="plain"), steps=PLAIN_STEPS * config.steps)
    raise DataError(f"There is no network of kind {kind!r}.", f"Choose from {', '.join(KINDS)}.")


def slope(numbers: list[int], errors: list[float]) -> float:
    """d log(error) / d log(number), least squares; nan below two points."""
    if len(numbers) < 2:
        return float("nan")
    return float(np.polyfit(np.log(numbers), np.log(errors), 1)[0])


def density_errors_percent(
    network: nn.Module, targets: Sequence[Target], records: Sequence[Record], coordinates: OutputCoordinates
) -> list[float]:
    """eps_KS of each structure for any network; targets and records in the same order."""
    elements = tuple(sorted(coordinates.elements))
    errors = []
    for target, record in zip(targets, records, strict=True):
        with torch.no_grad():
            [z] = predict_batch(network, [target], elements)
        coefficients = coordinates.to_coefficients(record.molecule.atomic_numbers, z.double().numpy())
        density = Density(record.molecule, coordinates.basis, coefficients)
        errors.append(ReferenceGrid.of(record).error_percent(density))
    return errors


def residual_of(
    network: DensityNetwork | RandomlyTurned, molecules: Sequence[Molecule], coordinates: OutputCoordinates
) -> float:
    """Mean over molecules of how far the density asked for in another pose is from the one carried there: relative L2
    of the coefficients that free atoms do not have."""
    matrix = Rotation.from_euler("xyz", ANOTHER_POSE, degrees=True).as_matrix()
    elements = tuple(sorted(coordinates.elements))
    cutoff_bohr = network.config.graph_cutoff_bohr

    def predicted(molecule: Molecule) -> Density:
        graph = build_graph(molecule, cutoff_bohr)
        with torch.no_grad():
            z = flatten_outputs(network(graph), species_of(graph.atomic_numbers, elements)).double().numpy()
        coefficients = coordinates.to_coefficients(molecule.atomic_numbers, z)
        return Density(molecule, coordinates.basis, coefficients)

    residuals = []
    for molecule in molecules:
        carried = rotate_coefficients(predicted(molecule), matrix)
        again = predicted(carried.molecule)
        off = np.linalg.norm(again.coefficients - carried.coefficients)
        residuals.append(off / np.linalg.norm(carried.coefficients))
    return float(np.mean(residuals))


def run_point(config: TrainingConfig, folder: Path, place: Path, *, progress: bool) -> dict:
    """Train `config` in the folder `place`, resuming what is there; sizes, held-out errors and time."""
    prepared = prepare(config, folder, progress=progress)
    trainer = Trainer(prepared.trained, config, place, tuple(sorted(prepared.coordinates.elements)))
    trainer.resume()
    steps, started = config.steps - trainer.step, time.process_time()
    trainer.run(prepared.train, prepared.heldout, progress=progress)
    cpu_seconds = (time.process_time() - started) / max(1, steps)
    errors = trainer.averaged_errors(prepared.heldout)
    trainer.use_averaged()
    heldout = load_dataset([folder / path for path in config.heldout])
    eps = density_errors_percent(prepared.network.eval(), prepared.heldout, heldout, prepared.coordinates)
    return {
        "structures": len(prepared.train),
        "eps_ks": float(np.mean(eps)),
        "heldout_force_mae_mev_per_angstrom": errors.force_mae_mev_per_angstrom,
        "heldout_loss": errors.loss,
        "residual": residual_of(prepared.network, [record.molecule for record in heldout], prepared.coordinates),
        "seconds": round(trainer.seconds, 1),
        "parameters": sum(p.numel() for p in prepared.network.parameters()),
        "steps": config.steps,
        "cpu_seconds_per_step": round(cpu_seconds, 4),
    }


def learning_curve(
    config: TrainingConfig, folder: Path, out: Path, sizes: list[str], kinds: list[str], *, progress: bool = True
) -> dict:
    """Train every kind on every size with the same seed; larger sets contain the smaller ones.

    Runs that are finished in `out` are not repeated. Writes and returns curve.json: runs, slopes, note.
    """
    runs = []
    for kind in kinds:
        for size in sizes:
            limit = 0 if size == "all" else int(size)
            place = out / f"{kind}-{size}"
            done = place / "result.json"
            if not done.exists():
                point = run_point(replace(config_of_kind(config, kind), limit=limit), folder, place, progress=progress)
                done.write_text(json.dumps({"kind": kind, **point}) + "\n")
            runs.append(json.loads(done.read_text()))
    slopes = {}
    for kind in kinds:
        own = [run for run in runs if run["kind"] == kind]
        numbers = [run["structures"] for run in own]
        slopes[kind] = {name: slope(numbers, [run[key] for run in own]) for name, key in ERRORS.items()}
    note = (
        f"Every run: {config.steps} steps of {config.batch} structures (the plain network {PLAIN_STEPS} times as many, "
        f"which takes about as long), learning rate {config.learning_rate:g}, seed {config.seed}, one held-out set. "
        "Scalar, l1, l2: messages carry degrees up to 0, 1 and 2. Plain: no equivariance, structures shown in random "
        "poses. Force errors are against the force-exact fit. Runs are shorter than that of the shipped "
        "model, and with many structures it is their length that limits them."
    )
    curve = {"runs": runs, "slopes": slopes, "note": note}
    (out / "curve.json").write_text(json.dumps(curve, indent=1) + "\n")
    return curve
