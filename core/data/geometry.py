"""Cutting, packing and distorting water molecules. Pure geometry: (n_molecules, 3, 3) arrays, O H H, angstrom."""

import numpy as np
from numpy.typing import NDArray

from core.data.forcefield import ANGLE_DEGREES, BOND_ANGSTROM
from core.data.rotation import random_direction, random_rotation

BOND_RANGE_ANGSTROM = (0.88, 1.10)
ANGLE_RANGE_DEGREES = (92.0, 120.0)
# Shortest distances between atoms of different molecules, angstrom; closer pairs are met in no thermal water.
CLASH_ANGSTROM = {"OO": 2.25, "OH": 1.40, "HH": 1.50}
NEIGHBOUR_ANGSTROM = 3.7

Array = NDArray[np.float64]


def monomer(bonds: tuple[float, float], angle_degrees: float) -> Array:
    """(3, 3): O at the origin, both H in the xy plane, the bisector along y."""
    half = np.deg2rad(angle_degrees) / 2
    return np.array(
        [
            [0.0, 0.0, 0.0],
            [np.sin(half) * bonds[0], np.cos(half) * bonds[0], 0.0],
            [-np.sin(half) * bonds[1], np.cos(half) * bonds[1], 0.0],
        ]
    )


def random_monomer(rng: np.random.Generator, spread: float) -> Array:
    """A monomer whose bonds and angle are drawn evenly; spread 1 covers 0.88-1.10 A and 92-120 degrees, 0 is rest."""
    first, second = BOND_ANGSTROM + spread * (rng.uniform(*BOND_RANGE_ANGSTROM, size=2) - BOND_ANGSTROM)
    angle = ANGLE_DEGREES + spread * (rng.uniform(*ANGLE_RANGE_DEGREES) - ANGLE_DEGREES)
    return monomer((float(first), float(second)), float(angle))


def internal_coordinates(molecules: Array) -> tuple[Array, Array]:
    """Bond lengths (n_molecules, 2) in angstrom and angles (n_molecules,) in degrees."""
    bonds = molecules[:, 1:] - molecules[:, :1]
    lengths = np.linalg.norm(bonds, axis=-1)
    cosine = (bonds[:, 0] * bonds[:, 1]).sum(-1) / lengths.prod(-1)
    return lengths, np.rad2deg(np.arccos(np.clip(cosine, -1, 1)))


def distort_monomers(
    molecules: Array, bond_sigma: float | None, angle_sigma: float | None, rng: np.random.Generator
) -> Array:
    """Change bonds and angles inside each molecule's own plane, oxygen and bisector of the bonds kept.

    Normal deviates of the given widths (angstrom, degrees) are added; None draws OH evenly from 0.90-1.08 A and the
    angle from 95-115 degrees. Results are held to BOND_RANGE_ANGSTROM and ANGLE_RANGE_DEGREES.
    """
    lengths, angles = internal_coordinates(molecules)
    if bond_sigma is None or angle_sigma is None:
        new_lengths, new_angles = rng.uniform(0.90, 1.08, lengths.shape), rng.uniform(95, 115, angles.shape)
    else:
        new_lengths = lengths + bond_sigma * rng.normal(size=lengths.shape)
        new_angles = angles + angle_sigma * rng.normal(size=angles.shape)
    half = np.deg2rad(np.clip(new_angles, *ANGLE_RANGE_DEGREES))[:, None] / 2
    units = (molecules[:, 1:] - molecules[:, :1]) / lengths[..., None]
    along = units.sum(1) / np.linalg.norm(units.sum(1), axis=-1, keepdims=True)
    across = (units[:, 0] - units[:, 1]) / np.linalg.norm(units[:, 0] - units[:, 1], axis=-1, keepdims=True)
    new_lengths = np.clip(new_lengths, *BOND_RANGE_ANGSTROM)[..., None]
    first = np.cos(half) * along + np.sin(half) * across
    second = np.cos(half) * along - np.sin(half) * across
    bonds = np.stack([first, second], axis=1) * new_lengths
    return np.concatenate([molecules[:, :1], molecules[:, :1] + bonds], axis=1)


def without_clashes(molecules: Array) -> bool:
    """Whether every two molecules keep CLASH_ANGSTROM apart."""
    n = len(molecules)
    flat = molecules.reshape(-1, 3)
    distance = np.linalg.norm(flat[:, None] - flat[None], axis=-1)
    owner = np.repeat(np.arange(n), 3)
    oxygen = np.tile([True, False, False], n)
    shortest = np.where(
        oxygen[:, None] & oxygen,
        CLASH_ANGSTROM["OO"],
        np.where(oxygen[:, None] | oxygen, CLASH_ANGSTROM["OH"], CLASH_ANGSTROM["HH"]),
    )
    return bool((distance >= shortest)[owner[:, None] != owner].all())


def _around(frame: Array, box_angstrom: float, centre: Array) -> Array:
    """Whole molecules, each in the periodic image nearest to `centre`, which becomes the origin."""
    shift = box_angstrom * np.round((frame[:, 0] - centre) / box_angstrom)
    return frame - shift[:, None] - centre


def nearest_cluster(frame: Array, box_angstrom: float, size: int, rng: np.random.Generator) -> Array:
    """The `size` molecules nearest to a random point of the box: compact, its surface cut off."""
    moved = _around(frame, box_angstrom, rng.uniform(0, box_angstrom, 3))
    return moved[np.argsort(np.linalg.norm(moved[:, 0], axis=-1))[:size]]


def grow_cluster(frame: Array, box_angstrom: float, size: int, rng: np.random.Generator) -> Array:
    """A random walk over neighbours from a random molecule: chains, branches, open shapes."""
    moved = _around(frame, box_angstrom, frame[rng.integers(len(frame)), 0])
    distance = np.linalg.norm(moved[:, None, 0] - moved[None, :, 0], axis=-1)
    chosen = [int(np.argmin(np.linalg.norm(moved[:, 0], axis=-1)))]
    while len(chosen) < size:
        reach = distance[chosen].min(0)
        reach[chosen] = np.inf
        candidates = np.flatnonzero(reach < NEIGHBOUR_ANGSTROM)
        chosen.append(int(rng.choice(candidates)) if candidates.size else int(np.argmin(reach)))
    return moved[chosen]


def random_packing(size: int, rng: np.random.Generator, *, tightness: float) -> Array:
    """Molecules dropped at random into a sphere and turned, none clashing; larger `tightness` is looser."""
    radius = tightness * (1.9 * size ** (1 / 3) + 0.5)
    placed: list[Array] = []
    while len(placed) < size:
        centre = random_direction(rng) * radius * rng.random() ** (1 / 3)
        candidate = random_monomer(rng, 0.15) @ random_rotation(rng).T + centre
        if without_clashes(np.array([*placed, candidate])):
            placed.append(candidate)
        else:
            radius *= 1.002
    return np.array(placed)
