"""The stream of water clusters: block b of seed s is always the same 24 structures, in the same order.

A block mixes cuts from a periodic bulk box, hydrogen-bonded clusters annealed in the gas phase, random packings and
a monomer, of 1 to 8 molecules. Blocks are independent, so any number of machines can draw them and a stopped run
continues where it was. Arrays are (n_molecules, 3, 3): molecule, O H H, xyz, in angstrom.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.data.forcefield import WaterDynamics
from core.data.geometry import (
    distort_monomers,
    grow_cluster,
    nearest_cluster,
    random_monomer,
    random_packing,
    without_clashes,
)
from core.data.rotation import random_rotation
from core.data.stream import Sample
from core.errors import DataError

SAMPLER = "water-1"
DEFAULT_SIZES: Mapping[int, float] = {1: 4, 2: 12, 3: 14, 4: 18, 5: 17, 6: 15, 7: 10, 8: 10}
BULK_MOLECULES = 125
BULK_ITEMS, GAS_GROUPS, GAS_ITEMS, PACKED_ITEMS = 8, 4, 3, 3
BLOCK_ITEMS = BULK_ITEMS + GAS_GROUPS * GAS_ITEMS + PACKED_ITEMS + 1
# Each row: share of the structures, sigma of the bond (angstrom), sigma of the angle (degrees) added to the sampled
# geometry; the last covers OH 0.90-1.08 A and HOH 95-115 degrees evenly.
DISTORTIONS = ((0.40, 0.0, 0.0), (0.30, 0.008, 1.2), (0.20, 0.025, 3.5), (0.10, None, None))


def stream_name(seed: int, sizes: Mapping[int, float]) -> str:
    """What the identities of one stream begin with: sampler, weights of the sizes, seed."""
    weights = "default" if dict(sizes) == dict(DEFAULT_SIZES) else ",".join(f"{n}:{w:g}" for n, w in sizes.items())
    return f"{SAMPLER}/{weights}/{seed}"


def identities(seed: int, block: int, sizes: Mapping[int, float] = DEFAULT_SIZES) -> list[str]:
    """Identities of the items of a block, without sampling it."""
    return [f"{stream_name(seed, sizes)}/{block}/{item}" for item in range(BLOCK_ITEMS)]


def _bulk(rng: np.random.Generator, sizes: list[int]) -> list[tuple[NDArray[np.float64], str, dict]]:
    temperature, density = float(rng.uniform(250, 450)), float(rng.uniform(0.85, 1.12))
    edge = (BULK_MOLECULES * 18.0153 / (density * 0.602214)) ** (1 / 3)
    side = round(BULK_MOLECULES ** (1 / 3))
    lattice = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), -1).reshape(-1, 1, 3) * edge / side
    start = lattice + np.stack([random_monomer(rng, 0.0) @ random_rotation(rng).T for _ in range(BULK_MOLECULES)])
    dynamics = WaterDynamics.start(start, temperature, int(rng.integers(2**31)), box_angstrom=edge)
    dynamics.run(2.5)
    found = []
    for size in sizes:
        frame = dynamics.run(0.4)
        grown = bool(rng.random() < 0.4)
        cut = (grow_cluster if grown else nearest_cluster)(frame, edge, size, rng)
        notes = {"temperature_kelvin": round(temperature, 1), "density_g_per_cm3": round(density, 3)}
        found.append((cut, "bulk grown" if grown else "bulk nearest", notes))
    return found


def _gas(rng: np.random.Generator, size: int) -> list[tuple[NDArray[np.float64], str, dict]]:
    """Hot, cold and quenched structure of one annealed cluster; low temperatures hold rings, cages and prisms."""
    wall = 2.2 * size ** (1 / 3) + 0.6
    start = random_packing(size, rng, tightness=1.0)
    dynamics = WaterDynamics.start(start - start[:, 0].mean(0), 350.0, int(rng.integers(2**31)), wall_angstrom=wall)
    hot, cold = float(rng.uniform(150, 320)), float(rng.uniform(40, 150))
    dynamics.run(float(rng.uniform(3, 6)))
    frames = [(dynamics.run(3.0, hot), "gas thermal", {"temperature_kelvin": round(hot, 1)})]
    for temperature in np.linspace(hot, cold, 8):
        dynamics.run(1.5, float(temperature))
    frames.append((dynamics.run(1.0, cold), "gas cold", {"temperature_kelvin": round(cold, 1)}))
    frames.append((dynamics.minimise(), "gas quenched", {"temperature_kelvin": 0.0}))
    return frames


def _distorted(molecules: NDArray[np.float64], rng: np.random.Generator) -> tuple[NDArray[np.float64], str]:
    kind = int(rng.choice(len(DISTORTIONS), p=[row[0] for row in DISTORTIONS]))
    _, bond, angle = DISTORTIONS[kind]
    label = ("none", "small", "zero-point", "wide")[kind]
    return distort_monomers(molecules, bond, angle, rng), label


def sample_block(seed: int, block: int, sizes: Mapping[int, float] = DEFAULT_SIZES) -> list[Sample]:
    """All structures of block `block` of the stream `seed`. Takes about ten seconds on one core.

    sizes: number of molecules -> weight. Molecules come out whole, O H H each, centred on their centroid.
    """
    allowed = sorted(n for n, weight in sizes.items() if weight > 0)
    if not allowed or allowed[0] < 1 or allowed[-1] > 20:
        raise DataError(f"Cluster sizes {dict(sizes)} cannot be sampled.", "Give sizes from 1 to 20, weights above 0.")
    rng = np.random.default_rng([seed, block, 20401])
    larger = [n for n in allowed if n > 1]
    weights = np.array([sizes[n] for n in larger], dtype=float)

    def draw(count: int) -> list[int]:
        return [int(n) for n in rng.choice(larger, size=count, p=weights / weights.sum())] if larger else []

    found: list[tuple[NDArray[np.float64], str, dict]] = []
    if larger:
        found += _bulk(rng, draw(BULK_ITEMS))
        for size in draw(GAS_GROUPS):
            found += _gas(rng, size)
        for size in draw(PACKED_ITEMS):
            tightness = float(rng.uniform(0.85, 1.6))
            found.append(
                (random_packing(size, rng, tightness=tightness), "packing", {"tightness": round(tightness, 3)})
            )
    while len(found) < BLOCK_ITEMS and allowed[0] == 1:
        found.append((random_monomer(rng, 1.0)[None], "monomer", {}))
    samples = []
    order = rng.permutation(len(found))
    for item, index in enumerate(order):
        molecules, origin, notes = found[index]
        if origin != "monomer":
            molecules, label = _distorted(molecules, rng)
            notes = notes | {"distortion": label}
        if not without_clashes(molecules):
            continue
        flat = molecules.reshape(-1, 3)
        positions = np.round((flat - flat.mean(0)) @ random_rotation(rng).T, 6)
        identity = identities(seed, block, sizes)[item]
        notes = notes | {"identity": identity, "seed": seed, "block": block, "sampler": SAMPLER}
        samples.append(Sample(identity, Molecule(np.tile([8, 1, 1], len(molecules)), positions), origin, notes))
    return samples


@dataclass(frozen=True)
class WaterStream:
    """The stream of one seed and one choice of sizes (core.data.stream.Stream)."""

    seed: int = 1
    sizes: Mapping[int, float] = field(default_factory=lambda: dict(DEFAULT_SIZES))

    def identities(self, block: int) -> list[str]:
        return identities(self.seed, block, self.sizes)

    def sample(self, block: int) -> list[Sample]:
        return sample_block(self.seed, block, self.sizes)
