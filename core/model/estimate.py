"""Seconds and bytes that a prediction will need, before it starts: laws measured once, scaled to this machine.

Work is counted: multiply-adds of the network for its atoms and edges, pairs of atoms near each other for the forces.
`python -m core.bench.laws` measures the seconds and bytes of each kind and prints the numbers below.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import psutil
from scipy.spatial import cKDTree

from core.chem.molecule import Molecule
from core.duration import duration
from core.model.checkpoint import TrainedModel
from core.model.network import NetworkConfig
from core.model.predict import predict
from core.model.tiles import KEPT_BYTES

# Pairs nearer than this, bohr, are exact in the forces: the switch distances of the shipped basis are 11 to 14.5.
FORCE_REACH_BOHR = 14.0
# Points of the product on the sphere, for each squared degree + 1 (Lebedev's rules take 4/3 (l_max 3/2)^2 of them).
SPHERE_POINTS = 3.0
# Atoms whose prediction tells how fast this machine is.
PROBE_ATOMS = 300


@dataclass(frozen=True)
class Work:
    """atoms, edges (of the graph) and the force pairs, counted; near_, far_ and atom_gmac: 1e9 multiply-adds of the
    network on near edges, far edges and atoms; kept_bytes: geometry of edges that is held."""

    atoms: int
    edges: int
    force_pairs: int
    near_gmac: float
    far_gmac: float
    atom_gmac: float
    kept_bytes: float

    def of_coefficients(self) -> tuple[float, ...]:
        """What SECONDS_OF_COEFFICIENTS multiply."""
        return 1.0, self.near_gmac, self.far_gmac, self.atom_gmac

    def of_forces(self) -> tuple[float, ...]:
        """What SECONDS_OF_FORCES multiply."""
        return 1.0, self.atoms / 1e3, self.force_pairs / 1e6

    def of_picture(self) -> tuple[float, ...]:
        """What SECONDS_OF_GRID and SECONDS_OF_LEVELS multiply. The points of a picture are as many for all structures;
        how many shells reach each of them is not."""
        return 1.0, self.atoms / 1e3

    def of_memory(self) -> tuple[float, ...]:
        """What BYTES multiply; kept_bytes come on top."""
        return 1.0, float(self.atoms), float(self.edges)


# One thread of an AMD EPYC that other programs used too, runs of 180 to 2 685 atoms; near and far edges told apart by a
# profile of the largest. Seconds: at once, per 1e9 multiply-adds on near edges, far edges and atoms.
SECONDS_OF_COEFFICIENTS = (0.03, 0.22, 0.42, 0.34)
# Seconds: at once, per 1 000 atoms, per 1e6 pairs.
SECONDS_OF_FORCES = (0.06, 0.06, 4.9)
# Of the picture in the app, at once and per 1 000 atoms, from 60 to 3 600 of them: density on its grid, electrons
# within each level. Runs are within 1.3 of it, but the grid of 180 atoms takes 1.7 times as long.
SECONDS_OF_GRID = (0.36, 3.4)
SECONDS_OF_LEVELS = (1.3, 0.24)
# Bytes beyond those of the process before it: at once, per atom, per edge; up to 20 001 atoms.
BYTES = (1.6e8, 3e4, 6e1)


@dataclass(frozen=True)
class Estimate:
    """seconds by step ("coefficients", "forces", and of a picture "grid", "levels"); memory_bytes: of the whole process
    at its largest; the picture needs less than the prediction before it."""

    seconds: dict[str, float]
    memory_bytes: float

    def slowed(self, slowness: float) -> "Estimate":
        """On a machine that is slower by this factor."""
        return Estimate({step: slowness * seconds for step, seconds in self.seconds.items()}, self.memory_bytes)

    def without(self, *steps: str) -> "Estimate":
        """Where these steps are done already."""
        left = {step: 0.0 if step in steps else seconds for step, seconds in self.seconds.items()}
        return Estimate(left, self.memory_bytes)

    def share(self, step: str, share: float) -> float:
        """Of the whole, 0 to 1, when `share` of a step is done. Raises ValueError for another step."""
        before = sum(list(self.seconds.values())[: list(self.seconds).index(step)])
        return (before + share * self.seconds[step]) / self.total_seconds

    @property
    def total_seconds(self) -> float:
        return sum(self.seconds.values())

    def __str__(self) -> str:
        return f"about {duration(self.total_seconds)} and {self.memory_bytes / 1e9:.1f} GB"


def edge_multiply_adds(config: NetworkConfig) -> tuple[int, int]:
    """Of all rounds together, for one near edge and for one far edge."""
    hidden, near, far = config.radial_hidden, 0, 0
    for layer in range(config.layers):
        for reached, size, l, channels in (
            ("near", config.radial_size, config.l_max, config.channels),
            ("far", config.far_radial_size, min(config.l_max, config.far_l_max), config.far_channels),
        ):
            if layer == 0 and reached == "near":
                near += hidden * (size + hidden) + channels * ((l + 1) * hidden + (l + 1) ** 2)
            elif layer and channels:
                couplings = [(l + 1 - m) ** 2 for m in range(l + 1)]
                turned = 2 * sum((2 * degree + 1) ** 2 for degree in range(l + 1))
                coupled = 2 * sum(couplings) - couplings[0]
                count = hidden * (size + hidden) + channels * (hidden * sum(couplings) + coupled + turned)
                near, far = (near + count, far) if reached == "near" else (near, far + count)
    return near, far


def atom_multiply_adds(config: NetworkConfig) -> int:
    """Of all rounds together, for one atom: seven linear maps of the channels, and two products on the sphere."""
    rows = (config.l_max + 1) ** 2
    return config.layers * rows * config.channels * round(7 * config.channels + 6 * SPHERE_POINTS * rows)


def work_of(molecule: Molecule, model: TrainedModel) -> Work:
    """Pairs are counted with a k-d tree, not made: 20 000 atoms take about a second and no memory."""
    config = model.network.config
    positions = molecule.positions_bohr
    tree, n = cKDTree(positions), len(molecule)
    reach = (config.cutoff_bohr, config.graph_cutoff_bohr, FORCE_REACH_BOHR)
    near, edges, force_pairs = (int(pairs) - n for pairs in tree.count_neighbors(tree, np.array(reach)))
    kinds = model.network.edge_kinds()
    held = kinds[0].bytes_per_edge() * near + (0 if kinds[1] is None else kinds[1].bytes_per_edge() * edges)
    of_near, of_far = edge_multiply_adds(config)
    return Work(
        n,
        edges,
        force_pairs,
        near * of_near / 1e9,
        edges * of_far / 1e9,
        n * atom_multiply_adds(config) / 1e9,
        float(held) if held <= KEPT_BYTES else 0.0,
    )


def estimate(
    molecule: Molecule,
    model: TrainedModel,
    *,
    slowness: float = 1.0,
    with_picture: bool = False,
    base_bytes: float | None = None,
) -> Estimate:
    """What `predict` of this molecule by this model will need, on the CPU in float32; with_picture: and its picture.

    slowness: of this machine against the one of the laws, from `machine_slowness`. In time of the process on one thread
    the estimate is within a factor of 1.7 at the density of liquids and proteins (20 001 atoms of water: 124 s for
    145 s, 2.67 GB for 2.70 GB). Memory counts what the process holds already; base_bytes: what another one will hold.
    """
    work = work_of(molecule, model)
    seconds = {
        "coefficients": _law(SECONDS_OF_COEFFICIENTS, work.of_coefficients()),
        "forces": _law(SECONDS_OF_FORCES, work.of_forces()),
    }
    if with_picture:
        seconds["grid"] = _law(SECONDS_OF_GRID, work.of_picture())
        seconds["levels"] = _law(SECONDS_OF_LEVELS, work.of_picture())
    base = float(psutil.Process().memory_info().rss) if base_bytes is None else base_bytes
    needed = Estimate(seconds, base + _law(BYTES, work.of_memory()) + work.kept_bytes)
    return needed.slowed(slowness)


def _law(factors: tuple[float, ...], amounts: tuple[float, ...]) -> float:
    return float(np.dot(factors, amounts))


def machine_slowness(
    molecule: Molecule, model: TrainedModel, *, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds that a piece of the molecule takes here and now, over those that the laws say; it takes some seconds.

    The piece is predicted twice, because the first time makes tables; the second counts.
    """
    positions = molecule.positions_angstrom
    nearest = np.argsort(np.linalg.norm(positions - positions[len(positions) // 2], axis=1), kind="stable")
    chosen = np.sort(nearest[:PROBE_ATOMS])
    piece = Molecule(molecule.atomic_numbers[chosen], positions[chosen])
    predict(piece, model)
    started = clock()
    predict(piece, model)
    return (clock() - started) / estimate(piece, model).total_seconds
