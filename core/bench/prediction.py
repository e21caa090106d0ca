"""A whole prediction, coefficients and forces, against the DFT calculation of the same cluster, gradient included."""

from typing import Any

from core.bench.timing import best_of
from core.chem.examples import example
from core.model.predict import load_model, predict
from core.reference.calculation import calculate


def run(quick: bool) -> dict[str, Any]:
    """ratio: time of the DFT over ours. error: mean force component error, meV/angstrom."""
    molecule = example("water-2" if quick else "water-6")
    model = load_model("water")
    predict(molecule, model)
    ours, prediction = best_of(3, lambda: predict(molecule, model))
    theirs, record = best_of(1, lambda: calculate(molecule))
    error = abs(prediction.forces_mev_per_angstrom - record.forces_mev_per_angstrom).mean()
    return {
        "name": "prediction",
        "ours_seconds": ours,
        "peer_seconds": theirs,
        "ratio": theirs / ours,
        "error": float(error),
        "note": f"{len(molecule) // 3} waters; {record.level.label} with its gradient, PySCF; error is the mean force "
        "component, prediction against DFT, meV/angstrom",
    }
