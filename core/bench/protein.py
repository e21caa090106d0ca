"""Seconds from a file or an id to all that the app draws of it: `python -m core.bench.protein 1CRN 1A8O`, or files.

Each structure has a process of its own, so that its peak memory is its own. There everything runs twice, and the second
time counts: tables are made, and what was fetched is in the cache, as in a server that is warm. `--save` writes the
results for README.md (`core.cli.readme`).
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.bench.machine import machine
from core.bench.scaling import exponent, peak_memory_gb
from core.chem.prepare import Options
from core.chem.subject import from_file_or_identifier
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.model.choose import model_for
from core.model.predict import predict
from core.settings import settings

STEPS = ("prepared", "coefficients and forces", "grid", "levels")


def measure(structure: str, drop: Sequence[str] = ()) -> dict[str, Any]:
    """Seconds by step and in all, the peak memory of this process so far, GB, and for each atom the net force that was
    taken off, which should be zero. drop: names of residues to leave out where there are such."""
    marks = [time.perf_counter()]
    subject = from_file_or_identifier(structure, Options(drop=tuple(drop), drop_missing="pass"))
    molecule = subject.molecule
    marks.append(time.perf_counter())
    model = model_for(molecule)
    prediction = predict(molecule, model)
    marks.append(time.perf_counter())
    density_on_grid(prediction.density, UniformGrid.around(molecule))
    marks.append(time.perf_counter())
    enclosed_curve(prediction.density)
    marks.append(time.perf_counter())
    seconds = {step: round(after - before, 2) for step, before, after in zip(STEPS, marks[:-1], marks[1:], strict=True)}
    net = float(np.linalg.norm(prediction.net_force_taken_off_mev_per_angstrom))
    name = Path(structure).stem if Path(structure).exists() else structure
    return {
        "structure": name + (f" without {' '.join(drop)}" if subject.report.of("drop") else ""),
        "atoms": len(molecule),
        "model": model.name,
        "seconds": seconds | {"total": round(marks[-1] - marks[0], 2)},
        "peak_memory_gb": round(peak_memory_gb(), 2),
        "net_force_mev_per_angstrom_per_atom": round(net / len(molecule), 1),
    }


def measure_warm(structure: str, drop: Sequence[str] = ()) -> dict[str, Any]:
    """`measure` for the second time."""
    measure(structure, drop)
    return measure(structure, drop)


def measure_apart(structure: str, drop: Sequence[str] = ()) -> dict[str, Any]:
    """`measure_warm` in a fresh process. Raises RuntimeError with what that process said last."""
    options = [word for name in drop for word in ("--drop", name)]
    command = [sys.executable, "-m", "core.bench.protein", "--here", *options, structure]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{structure}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def summary(points: list[dict[str, Any]], before: dict[str, Any]) -> dict[str, Any]:
    """What --save writes: the points by size, the exponent of their seconds (None for one alone), and the machine
    as it was before."""
    points = sorted(points, key=lambda point: point["atoms"])
    return {
        "machine": before,
        "points": points,
        "exponent": exponent(points) if len(points) > 1 else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds from a file or an id to all that is drawn of it.")
    parser.add_argument("structure", nargs="+", help="PDB or mmCIF files, or ids")
    parser.add_argument("--drop", action="append", default=[], metavar="NAME", help="residues to leave out, if any")
    parser.add_argument("--here", action="store_true", help="in this process, not one for each")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the results, as JSON")
    args = parser.parse_args()
    settings().apply_threads()
    before, points = machine(), []
    for structure in args.structure:
        points.append((measure_warm if args.here else measure_apart)(structure, args.drop))
        print(json.dumps(points[-1]), flush=True)
    if args.save:
        args.save.write_text(json.dumps(summary(points, before), indent=1) + "\n")


if __name__ == "__main__":
    main()
