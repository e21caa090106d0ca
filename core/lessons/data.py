"""How much data: the learning curves of small networks, as they stand in the repository.

assets/lessons/how-much-data.json is the `curve.json` of `make curves` (core.train.curve): every run has its seed
and its configuration, and anyone can repeat it.
"""

import json
from dataclasses import dataclass
from functools import cache

from core.gaussian.basis import ASSETS

RUNS = ASSETS / "lessons" / "how-much-data.json"
# What `core.train.curve` calls them, and what they are.
KINDS = {
    "scalar": "l = 0",
    "l1": "up to l = 1",
    "l2": "up to l = 2",
    "equivariant": "up to l = 4, full",
    "plain": "no symmetry, turned at random",
}
MEASURES = {"force": "Force error, meV/Å", "density": "Density error, %"}


@dataclass(frozen=True)
class Point:
    """One run. force_mev_per_angstrom, density_percent: held-out errors. residual: `core.train.curve.residual_of`.
    cpu_seconds: of one core, to train it."""

    kind: str
    structures: int
    force_mev_per_angstrom: float
    density_percent: float
    residual: float
    cpu_seconds: float
    parameters: int


@dataclass(frozen=True)
class Curves:
    """points: of all kinds and sizes. slopes: d log(error) / d log(structures), by kind and by MEASURES. note: how the
    runs were made."""

    points: tuple[Point, ...]
    slopes: dict[str, dict[str, float]]
    note: str

    def of(self, kind: str) -> tuple[Point, ...]:
        return tuple(sorted((p for p in self.points if p.kind == kind), key=lambda point: point.structures))


@cache
def curves() -> Curves:
    content = json.loads(RUNS.read_text(encoding="utf-8"))
    points = tuple(
        Point(
            run["kind"],
            run["structures"],
            run["heldout_force_mae_mev_per_angstrom"],
            run["eps_ks"],
            run["residual"],
            run["cpu_seconds_per_step"] * run["steps"],
            run["parameters"],
        )
        for run in content["runs"]
    )
    slopes = {kind: {"force": own["force"], "density": own["eps_ks"]} for kind, own in content["slopes"].items()}
    return Curves(points, slopes, content["note"])
