"""Fits the laws of `core.model.estimate` to runs of this machine: `python -m core.bench.laws`, some minutes.

Balls of water of several sizes, and the same ones thinned to a third of their molecules, so that atoms and edges tell
their costs apart. Time is that of the process on one thread, which other work on the machine changes least. Factors
are not negative and make the relative errors least. `python -m core.bench.laws WATERS KEPT` measures one.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from scipy.optimize import nnls

from core.bench.scaling import large_water, peak_memory_gb
from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.model.checkpoint import load_model
from core.model.estimate import work_of
from core.model.predict import predict, predict_density

# Waters of the ball, and which share of them is kept.
RUNS = ((20, 1.0), (60, 1.0), (200, 1.0), (500, 1.0), (1200, 1.0), (400, 0.33), (2000, 0.33))


def structure(waters: int, kept: float) -> Molecule:
    """A ball of liquid water, from which molecules are taken out at random."""
    whole = large_water(waters)
    chosen = np.flatnonzero(np.random.default_rng(0).uniform(size=waters) < kept)
    atoms = (3 * chosen[:, None] + np.arange(3)).reshape(-1)
    return Molecule(whole.atomic_numbers[atoms], whole.positions_angstrom[atoms])


def measure(waters: int, kept: float) -> dict[str, Any]:
    """Seconds of the process and bytes beyond those before, in this process, beside the work."""
    torch.set_num_threads(1)
    model, molecule = load_model("water"), structure(waters, kept)
    predict(structure(20, 1.0), model)
    before = psutil.Process().memory_info().rss
    started = time.process_time()
    density: Density = predict_density(molecule, model)
    between = time.process_time()
    hellmann_feynman_forces(density)
    ended = time.process_time()
    memory = peak_memory_gb() * 1e9 - before
    density_on_grid(density, UniformGrid.around(molecule))
    grid_ended = time.process_time()
    enclosed_curve(density)
    levels_ended = time.process_time()
    work = work_of(molecule, model)
    return {
        "atoms": work.atoms,
        "coefficients": [between - started, *work.of_coefficients()],
        "forces": [ended - between, *work.of_forces()],
        "grid": [grid_ended - ended, *work.of_picture()],
        "levels": [levels_ended - grid_ended, *work.of_picture()],
        "memory": [memory - work.kept_bytes, *work.of_memory()],
    }


def fitted(rows: list[list[float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors, not negative, of the laws whose rows are [measured, amounts...]; and law over measured of each row."""
    measured, amounts = np.array(rows)[:, 0], np.array(rows)[:, 1:]
    scale = np.linalg.norm(amounts / measured[:, None], axis=0)
    factors = nnls(amounts / measured[:, None] / scale, np.ones(len(measured)))[0] / scale
    return factors, amounts @ factors / measured


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds and bytes of a prediction, as laws.")
    parser.add_argument("waters", type=int, nargs="?")
    parser.add_argument("kept", type=float, nargs="?", default=1.0)
    arguments = parser.parse_args()
    if arguments.waters:
        print(json.dumps(measure(arguments.waters, arguments.kept)))
        return
    rows = []
    for run in RUNS:
        command = [sys.executable, "-m", "core.bench.laws", *map(str, run)]
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(run, json.dumps(rows[-1]), flush=True)
    for law in ("coefficients", "forces", "grid", "levels", "memory"):
        factors, ratios = fitted([row[law] for row in rows])
        print(law, [float(f"{factor:.3g}") for factor in factors], "law / measured", ratios.round(2).tolist())


if __name__ == "__main__":
    main()
