"""Time and memory of a prediction against size: balls cut from OpenMM's box of liquid water, up to all 895 of it.

Each size runs in a process of its own, so that its peak memory is its own. The exponent is the slope of log time
against log atoms from 300 atoms on.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import openmm.app

from core.chem.molecule import Molecule
from core.chem.read import read_structure
from core.model.predict import load_model, predict
from core.settings import settings

# Edge of OpenMM's box, as its file says.
BOX_ANGSTROM = 30.0
WATERS = (33, 100, 200, 400, 895)
REPEATS = {33: 5, 100: 5, 200: 4, 400: 3, 895: 2}
EXPONENT_FROM_ATOMS = 300


def liquid_water(waters: int) -> Molecule:
    """The `waters` molecules nearest to the centre of OpenMM's tip3p.pdb (895 molecules)."""
    whole = read_structure(Path(openmm.app.__file__).parent / "data" / "tip3p.pdb")
    positions = whole.positions_angstrom.reshape(-1, 3, 3)
    distance = np.linalg.norm(positions[:, 0] - positions[:, 0].mean(axis=0), axis=1)
    chosen = np.sort(np.argsort(distance, kind="stable")[:waters])
    return Molecule(np.tile([8, 1, 1], len(chosen)), positions[chosen].reshape(-1, 3), 0, f"{waters} waters")


def large_water(waters: int) -> Molecule:
    """As `liquid_water`, cut from 27 copies of that periodic box, up to 24 165 molecules; they fit at its faces."""
    whole = read_structure(Path(openmm.app.__file__).parent / "data" / "tip3p.pdb")
    one = whole.positions_angstrom.reshape(-1, 3, 3)
    shifts = BOX_ANGSTROM * np.array([[i, j, k] for i in range(-1, 2) for j in range(-1, 2) for k in range(-1, 2)])
    positions = (shifts[:, None, None, None] + one).reshape(-1, 3, 3)
    distance = np.linalg.norm(positions[:, 0] - one[:, 0].mean(axis=0), axis=1)
    chosen = np.sort(np.argsort(distance, kind="stable")[:waters])
    return Molecule(np.tile([8, 1, 1], len(chosen)), positions[chosen].reshape(-1, 3), 0, f"{waters} waters")


def peak_memory_gb() -> float:
    """Largest resident memory of this process so far, 1e9 bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # getrusage would report the parent's peak here: Linux keeps it over the start of a new program.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e9
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9


def measure(waters: int) -> dict[str, Any]:
    """One size, in this process: atoms, peak memory, and the best of REPEATS, in seconds.

    seconds: of coefficients, forces and both (total), wall clock; cpu is that of all threads together, which a busy
    machine changes less.
    """
    settings().apply_threads()
    model = load_model("water")
    predict(liquid_water(2), model)
    molecule = liquid_water(waters) if waters <= WATERS[-1] else large_water(waters)
    fastest: dict[str, float] = {}
    least_cpu = float("inf")
    for _ in range(REPEATS.get(waters, 1)):
        started, cpu_started = time.perf_counter(), time.process_time()
        prediction = predict(molecule, model)
        total, cpu = time.perf_counter() - started, time.process_time() - cpu_started
        if not fastest or total < fastest["total"]:
            fastest = prediction.seconds | {"total": total}
        least_cpu = min(least_cpu, cpu)
    net = np.linalg.norm(prediction.net_force_taken_off_mev_per_angstrom)
    return {
        "atoms": len(molecule),
        "seconds": fastest | {"cpu": least_cpu},
        "peak_memory_gb": peak_memory_gb(),
        "net_force_taken_off_mev_per_angstrom": float(net),
    }


def measure_apart(waters: int) -> dict[str, Any]:
    """`measure` in a fresh process."""
    command = [sys.executable, "-m", "core.bench.scaling", str(waters)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{waters} waters: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def exponent(points: list[dict[str, Any]], clock: str = "total", from_atoms: int = EXPONENT_FROM_ATOMS) -> float:
    """Slope of log seconds against log atoms, least squares, from `from_atoms` on. clock: "total" or "cpu"."""
    large = [point for point in points if point["atoms"] >= from_atoms]
    atoms = np.log([point["atoms"] for point in large])
    seconds = np.log([point["seconds"][clock] for point in large])
    return float(np.polyfit(atoms, seconds, 1)[0])


def run(quick: bool) -> dict[str, Any]:
    """ours_seconds and peak_memory_gb are those of the largest size; points holds every size. Raises ModelError."""
    load_model("water")
    points = [measure_apart(waters) for waters in (WATERS[:3] if quick else WATERS)]
    largest = points[-1]
    return {
        "name": "scaling",
        "ours_seconds": largest["seconds"]["total"],
        "peer_seconds": None,
        "ratio": None,
        "error": None,
        "exponent": exponent(points),
        "exponent_of_cpu_time": exponent(points, "cpu"),
        "peak_memory_gb": largest["peak_memory_gb"],
        "points": points,
        "note": "; ".join(
            f"{point['atoms']} atoms {point['seconds']['total']:.2f} s, {point['peak_memory_gb']:.2f} GB"
            for point in points
        )
        + f"; exponent {exponent(points):.2f}, of CPU time {exponent(points, 'cpu'):.2f}",
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time and memory of one prediction.")
    parser.add_argument("waters", type=int)
    print(json.dumps(measure(parser.parse_args().waters)))
