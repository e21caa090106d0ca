"""Points sorted into cubes, level by level: which cells are near each other, and which far that were near a level up.

Cells of a level are twice as large as those of the level below. Two cells are neighbours where they touch or are the
same; a pair of cells is `far` at a level where they are not neighbours but their parents are. So every pair of points
is in exactly one place: in neighbouring cells of the finest level, or in one far pair of some level (Greengard and
Rokhlin, J. Comput. Phys. 73, 325, 1987). Only cells with points in them are kept. Any unit of length.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# No coordinate of a cell is above this: three of them make one number of 63 bits.
_LARGEST = 1 << 20


def _code(coordinates: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, 3) coordinates of cells, each from -3 on -> (n,) one number for each cell."""
    x, y, z = (coordinates + 3).T
    return (x * (2 * _LARGEST) + y) * (2 * _LARGEST) + z


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one level that hold points. coordinates: (n, 3) from 0 on, in order of their codes."""

    coordinates: NDArray[np.int64]
    codes: NDArray[np.int64]

    @classmethod
    def holding(cls, coordinates: NDArray[np.int64]) -> tuple["Cells", NDArray[np.int64]]:
        """The cells among `coordinates` (n, 3), each once, and in which of them each of the n is."""
        codes, first, inside = np.unique(_code(coordinates), return_index=True, return_inverse=True)
        return cls(coordinates[first], codes), inside.reshape(-1)

    def find(self, coordinates: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) index of the cell at each of `coordinates` (n, 3); -1 where none is kept."""
        codes = _code(coordinates)
        place = np.searchsorted(self.codes, codes).clip(max=len(self.codes) - 1)
        return np.where(self.codes[place] == codes, place, -1)


@dataclass(frozen=True, eq=False)
class Level:
    """parent: (n_cells,) index in the level above. octant: (n_cells,) which of its parent's eight, 4 x + 2 y + z."""

    cells: Cells
    parent: NDArray[np.int64]
    octant: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CellTree:
    """levels[0] is the finest. cell_of: (n_points,) cell there. The centre of cell c is at origin + (c + 1/2) size.

    by_cell, first: points in order of their cells, and where each cell's begin; len(first) is n_cells + 1.
    """

    origin: NDArray[np.float64]
    size: float
    levels: tuple[Level, ...]
    cell_of: NDArray[np.int64]
    by_cell: NDArray[np.int64]
    first: NDArray[np.int64]

    @classmethod
    def of(cls, points: NDArray[np.float64], size: float, origin: NDArray[np.float64], n_levels: int) -> "CellTree":
        """points: (n, 3), all at or above `origin`."""
        coordinates = np.floor((points - origin) / size).astype(np.int64)
        cells, cell_of = Cells.holding(coordinates)
        levels = []
        for _ in range(n_levels):
            above, parent = Cells.holding(cells.coordinates >> 1)
            levels.append(Level(cells, parent, (cells.coordinates & 1) @ np.array([4, 2, 1])))
            cells = above
        order = np.argsort(cell_of, kind="stable")
        first = np.searchsorted(cell_of[order], np.arange(len(levels[0].cells.codes) + 1))
        return cls(origin, size, tuple(levels), cell_of, order, first)

    def centres(self) -> NDArray[np.float64]:
        """(n_points, 3) the centre of the finest cell of each point."""
        return self.origin + (self.levels[0].cells.coordinates[self.cell_of] + 0.5) * self.size

    def points_in(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """Indices of all points in these cells of the finest level."""
        return np.concatenate([self.by_cell[self.first[c] : self.first[c + 1]] for c in cells.tolist()] or [_NONE])


_NONE = np.zeros(0, dtype=np.int64)
_AROUND = np.stack(np.meshgrid(*[np.arange(-1, 2)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)


def far_steps() -> NDArray[np.int64]:
    """(316, 3) steps between far cells: up to three cells along an axis, and not neighbours."""
    steps = np.stack(np.meshgrid(*[np.arange(-3, 4)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    return steps[np.abs(steps).max(axis=1) > 1]


def far_pairs(targets: Level, sources: Level) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For each of `far_steps` the cells (n,) of the targets and (n,) of the sources that lie that step below them."""
    at = targets.cells.coordinates
    for step in far_steps():
        place = sources.cells.find(at - step)
        parents = np.abs((at >> 1) - ((at - step) >> 1)).max(axis=1)
        chosen = np.flatnonzero((place >= 0) & (parents <= 1))
        yield chosen, place[chosen]


def near_points(targets: CellTree, sources: CellTree) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For each finest cell with targets: its targets (n,), and the sources (m,) in it and in its neighbours."""
    for cell, coordinates in enumerate(targets.levels[0].cells.coordinates):
        place = sources.levels[0].cells.find(coordinates + _AROUND)
        yield targets.points_in(np.array([cell])), sources.points_in(place[place >= 0])


def trees(targets: NDArray[np.float64], sources: NDArray[np.float64], size: float) -> tuple[CellTree, CellTree]:
    """Trees of targets (n, 3) and sources (m, 3) in one frame of cells of at least `size` at the finest level.

    The levels go up until the parents of all cells are neighbours. Should the coordinates of cells be too large to
    count, cells are larger.
    """
    lower = np.minimum(targets.min(axis=0), sources.min(axis=0))
    extent = float(np.max(np.maximum(targets.max(axis=0), sources.max(axis=0)) - lower))
    size = max(size, extent / (_LARGEST / 2))
    cells = int(extent / size) + 1
    n_levels = max(1, int(np.ceil(np.log2(cells))) - 1)
    return CellTree.of(targets, size, lower, n_levels), CellTree.of(sources, size, lower, n_levels)
