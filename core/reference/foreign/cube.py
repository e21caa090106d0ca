"""Gaussian cube files: a density at the points of a grid. Bohr, e/bohr^3, unless the file says angstrom.

Two lines of text; the number of atoms, the origin and, with some programs, how many values there are at a point; for
each axis the number of points and the step, in angstrom where that number is negative; the atoms; then the values, the
last axis fastest (paulbourke.net/dataformats/cube, gaussian.com/cubegen).
"""

import re

import numpy as np
from numpy.typing import NDArray

from core.errors import ResultError
from core.reference.foreign.result import CubeGrid, ForeignResult
from core.reference.foreign.soundness import no_core, require_sound_nuclei
from core.reference.foreign.text import integers, reals, text_of, words
from core.units import ANGSTROM_IN_BOHR

KIND = "cube"
MOST_ATOMS = 100_000
FEWEST_POINTS = 8
# bohr: a step, and how far the axes may lie from a common plane.
SMALLEST_STEP, LARGEST_STEP = 0.01, 1.0
# Electrons, and the share of all: densities that were interpolated, or are sums of functions, have a little noise
# below zero.
MOST_NEGATIVE, MOST_NEGATIVE_SHARE = 0.02, 1e-3


def looks_so(content: bytes) -> bool:
    lines = content[:2000].split(b"\n")
    axis = re.compile(rb"^\s*-?\d+(\s+-?\d*\.\d+([EeDd][+-]?\d+)?){3}\s*\d*\s*$")
    return len(lines) > 6 and all(axis.match(line) for line in lines[2:6])


def parse(content: bytes, name: str) -> ForeignResult:
    """Read a file. Raises ResultError, StructureError, UnsupportedElementError."""
    lines = text_of(content).split("\n", 6)
    if len(lines) < 7:
        raise ResultError("The file ends within its heading.", "It is cut off.")
    first = lines[2].split()
    n_atoms = int(integers(first[0], 1, "The third line")[0])
    if n_atoms < 0:
        raise ResultError("This cube holds orbitals, not a density.", "Write a cube of the electron density.")
    if len(first) > 4 and int(integers(first[4], 1, "The third line")[0]) != 1:
        raise ResultError(f"This cube holds {words(first[4])} values at each point.", "Write one of the density alone.")
    if not 1 <= n_atoms <= MOST_ATOMS:
        raise ResultError(f"The file says that it has {n_atoms:,} atoms.", "It is damaged.")
    origin = reals(" ".join(first[1:4]), 3, "The third line")
    axes = [reals(line, 4, "The lines of the axes") for line in lines[3:6]]
    counts = [int(integers(f"{axis[0]:.0f}", 1, "The lines of the axes")[0]) for axis in axes]
    steps = np.array([axis[1:] for axis in axes])
    if any(count < 0 for count in counts):
        origin, steps = origin * ANGSTROM_IN_BOHR, steps * ANGSTROM_IN_BOHR
    shape = tuple(map(abs, counts))
    require_sound_axes(shape, steps)
    rest = lines[6].split("\n", n_atoms)
    if len(rest) <= n_atoms:
        raise ResultError(f"The file has fewer lines than the {n_atoms} atoms it speaks of.", "It is cut off.")
    numbers, charges, positions = _atoms(rest[:n_atoms], any(count < 0 for count in counts))
    require_sound_nuclei(numbers, positions)
    # Many programs write zeros for the charges; those with pseudopotentials write what is left of them.
    left = (charges >= 1.0) & (charges < numbers - 0.5)
    if left.any():
        raise no_core(f"Atom {int(left.argmax()) + 1}")
    n_points = int(np.prod(shape, dtype=np.int64))
    # Each number takes at least two places.
    if 2 * n_points > len(rest[n_atoms]) + 1:
        raise ResultError(
            f"The file speaks of {n_points:,} points and is too short for them.", "It is cut off or damaged."
        )
    values = reals(rest[n_atoms], n_points, "The grid").reshape(shape)
    grid = CubeGrid(origin, steps, values)
    require_density(grid)
    return ForeignResult(
        name=name,
        kind=KIND,
        says=words(f"{lines[0]} {lines[1]}"),
        atomic_numbers=numbers,
        positions_bohr=positions,
        charge=None,
        density=grid,
    )


def require_sound_axes(shape: tuple[int, ...], steps: NDArray[np.float64]) -> None:
    """Raises ResultError. steps: (3, 3) bohr, a step a row."""
    if min(shape) < FEWEST_POINTS:
        raise ResultError(
            f"A grid of {' x '.join(map(str, shape))} points is too coarse to compare.",
            f"Write at least {FEWEST_POINTS} points along each axis, 0.2 bohr apart or less.",
        )
    lengths = np.linalg.norm(steps, axis=1)
    flat = abs(np.linalg.det(steps)) < 0.05 * lengths.prod()
    if flat or lengths.min() < SMALLEST_STEP or lengths.max() > LARGEST_STEP:
        raise ResultError(
            f"Steps of {', '.join(f'{length:.3g}' for length in lengths)} bohr make no grid that can be compared.",
            f"Write a cube with steps of {SMALLEST_STEP:g} to {LARGEST_STEP:g} bohr along three directions.",
        )


def _atoms(lines: list[str], in_angstrom: bool) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Atomic numbers, charges, and positions in bohr."""
    table = reals("\n".join(lines), 5 * len(lines), "The lines of the atoms").reshape(-1, 5)
    numbers = integers(" ".join(f"{number:.6f}" for number in table[:, 0]), len(lines), "The lines of the atoms")
    return numbers, table[:, 1], table[:, 2:] * (ANGSTROM_IN_BOHR if in_angstrom else 1.0)


def require_density(grid: CubeGrid) -> None:
    """Raises ResultError where the values are not those of an electron density."""
    negative = -float(np.minimum(grid.density, 0.0).sum()) * grid.voxel_bohr3
    positive = float(np.maximum(grid.density, 0.0).sum()) * grid.voxel_bohr3
    if negative > max(MOST_NEGATIVE, MOST_NEGATIVE_SHARE * positive):
        raise ResultError(
            f"The values of this cube fall below zero by {negative:.2g} electrons: it is no electron density.",
            "Orbitals, potentials and differences of densities cannot be compared; write a cube of the density.",
        )
