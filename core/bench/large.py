"""20 001 atoms of liquid water: time, peak memory, and how both grow from 2 685 atoms on; some minutes.

Beside it the estimate that is made before such a prediction starts.
"""

from typing import Any

from core.bench.scaling import exponent, large_water, measure_apart
from core.model.checkpoint import load_model
from core.model.estimate import estimate

WATERS, QUICK_WATERS = (895, 2300, 6667), (100, 300)


def run(quick: bool) -> dict[str, Any]:
    """ours_seconds and peak_memory_gb are those of the largest size. Raises ModelError."""
    model = load_model("water")
    sizes = QUICK_WATERS if quick else WATERS
    expected = estimate(large_water(sizes[-1]), model)
    points = [measure_apart(waters) for waters in sizes]
    largest = points[-1]
    growth, of_cpu = (exponent(points, clock, points[0]["atoms"]) for clock in ("total", "cpu"))
    sentence = "; ".join(
        f"{point['atoms']} atoms {point['seconds']['total']:.0f} s, CPU time {point['seconds']['cpu']:.0f} s, "
        f"{point['peak_memory_gb']:.2f} GB"
        for point in points
    )
    return {
        "name": "large",
        "ours_seconds": largest["seconds"]["total"],
        "peer_seconds": None,
        "ratio": None,
        "error": None,
        "exponent": growth,
        "exponent_of_cpu_time": of_cpu,
        "peak_memory_gb": largest["peak_memory_gb"],
        "estimated_cpu_seconds": expected.total_seconds,
        "points": points,
        "note": f"{sentence}; exponent {growth:.2f}, of CPU time {of_cpu:.2f}",
    }
