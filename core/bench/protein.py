"""Seconds from a file or an id to all that the app draws of it: `python -m core.bench.protein 1CRN`, or a file.

Everything runs twice, and the second time counts: tables are made, and what was fetched is in the cache, as in a server
that is warm.
"""

import argparse
import json
import time

from core.bench.scaling import peak_memory_gb
from core.chem.subject import from_file_or_identifier
from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.model.choose import model_for
from core.model.predict import predict


def measure(structure: str) -> dict:
    """Seconds by step and in all, and the peak memory of this process so far, GB."""
    marks = [time.perf_counter()]
    molecule = from_file_or_identifier(structure).molecule
    marks.append(time.perf_counter())
    prediction = predict(molecule, model_for(molecule))
    marks.append(time.perf_counter())
    density_on_grid(prediction.density, UniformGrid.around(molecule))
    marks.append(time.perf_counter())
    enclosed_curve(prediction.density)
    marks.append(time.perf_counter())
    steps = ("prepared", "coefficients and forces", "grid", "levels")
    seconds = {step: round(after - before, 2) for step, before, after in zip(steps, marks[:-1], marks[1:], strict=True)}
    return {
        "atoms": len(molecule),
        "seconds": seconds,
        "total_seconds": round(marks[-1] - marks[0], 2),
        "peak_memory_gb": round(peak_memory_gb(), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds from a file or an id to all that is drawn of it.")
    parser.add_argument("structure", nargs="+", help="PDB or mmCIF files, or ids")
    for structure in parser.parse_args().structure:
        measure(structure)
        print(json.dumps({"structure": structure, **measure(structure)}), flush=True)


if __name__ == "__main__":
    main()
