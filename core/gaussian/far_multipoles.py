"""Many multipoles felt at many points, in time proportional to their number: the fast multipole method on cubes.

Moments of the sources are gathered into cells and cells into larger ones; each far pair of cells
(`core.gaussian.cells`) turns the moments of one into a local expansion about the other, and those are handed
down to the points (Greengard and Rokhlin, J. Comput. Phys. 73, 325, 1987; with real solid harmonics, Helgaker,
Jorgensen, Olsen, 2000, section 9.13). Lengths within a level are in units of its cells, so nothing grows with the
degree, and float32 serves.

Not in the result: points in neighbouring cells of the finest level. `near_points` gives those, for the caller to sum.

The error halves with every degree: of the far field of random dipoles, 17 in a cell, relative to its root mean square,
it is 7e-2 at degree 4, 1.8e-2 at 6, 4e-3 at 8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.gaussian.cells import CellTree, far_pairs, far_steps, near_points, trees
from core.gaussian.harmonics import solid_harmonic_gradients, solid_harmonics
from core.gaussian.translation import irregular_translation, racah, racah_harmonics, regular_translation

# Points at a time: their matrices stay below some 50 MB.
POINTS = 1024


@cache
def _far_matrices(degree: int) -> Tensor:
    """(316, (degree+1)^2, (degree+1)^2) moments to local coefficients for each of `far_steps`, float64."""
    # What is made in inference mode could not be used outside of it.
    with torch.inference_mode(False):
        return irregular_translation(degree, degree, torch.from_numpy(far_steps().astype(np.float64)))


@cache
def _octant_matrices(degree: int) -> Tensor:
    """(8, (degree+1)^2, (degree+1)^2): R_l at a place in the parent, in its units, from R_j in the child's; float64."""
    with torch.inference_mode(False):
        octants = torch.tensor([[i >> 2, (i >> 1) & 1, i & 1] for i in range(8)], dtype=torch.float64)
        halves = torch.cat([torch.full((2 * j + 1,), 0.5**j, dtype=torch.float64) for j in range(degree + 1)])
        return regular_translation(degree, degree, (octants - 0.5) / 2.0) * halves


@dataclass(frozen=True, eq=False)
class FarMultipoles:
    """Sources and targets in their cells, for sums of any moments at the sources over all that is far.

    degree: of the expansions; source_degree: highest l of the moments. targets_in_cell, sources_in_cell: (n, 3) where
    each stands from the centre of its cell, in units of the cell, float64. pairs[level][step]: cells (target, source).
    """

    targets: CellTree
    sources: CellTree
    degree: int
    source_degree: int
    targets_in_cell: Tensor
    sources_in_cell: Tensor
    pairs: tuple[tuple[tuple[Tensor, Tensor], ...], ...]

    @classmethod
    def between(
        cls,
        targets: NDArray[np.float64],
        sources: NDArray[np.float64],
        *,
        cell: float,
        degree: int,
        source_degree: int,
        device: str | torch.device = "cpu",
    ) -> "FarMultipoles":
        """targets: (n, 3), sources: (m, 3), any unit of length; cells of the finest level are `cell` wide or more."""
        first, second = trees(targets, sources, cell)
        pairs = tuple(
            tuple(
                (torch.as_tensor(to, device=device), torch.as_tensor(of, device=device))
                for to, of in far_pairs(above, below)
            )
            for above, below in zip(first.levels, second.levels, strict=True)
        )
        inside = [
            torch.as_tensor((points - tree.centres()) / tree.size, device=device)
            for points, tree in ((targets, first), (sources, second))
        ]
        return cls(first, second, degree, source_degree, inside[0], inside[1], pairs)

    def near(self) -> Iterator[tuple[Tensor, Tensor]]:
        """For each finest cell with targets: targets (n,) and sources (m,) that are not far from each other."""
        device = self.targets_in_cell.device
        for targets, sources in near_points(self.targets, self.sources):
            yield torch.as_tensor(targets, device=device), torch.as_tensor(sources, device=device)

    def potential(self, moments: Tensor) -> Tensor:
        """(n_targets, channels) of moments Q_lm (n_sources, (source_degree+1)^2, channels), in their float type.

        Unit: that of a charge in `moments` over the unit of length; Q_lm as in `core.gaussian.multipoles`.
        """
        coefficients = self._local(moments)
        results = []
        for part in torch.arange(len(self.targets_in_cell), device=moments.device).split(POINTS):
            values = racah_harmonics(self.degree, self.targets_in_cell[part]).to(moments.dtype)
            results.append((coefficients[self._cells(self.targets)[part]] @ values[:, :, None]).squeeze(-1))
        return torch.cat(results) / self.targets.size

    def gradient(self, moments: Tensor) -> Tensor:
        """(n_targets, 3, channels) gradient x, y, z of `potential` with respect to the target."""
        coefficients = self._local(moments)
        cells = self._cells(self.targets)
        results = []
        for part in torch.arange(len(self.targets_in_cell), device=moments.device).split(POINTS):
            gradients = solid_harmonic_gradients(solid_harmonics(self.degree, self.targets_in_cell[part]))
            values = torch.cat([racah(l) * value for l, value in enumerate(gradients)], dim=-1).to(moments.dtype)
            results.append(values @ coefficients[cells[part]].transpose(1, 2))
        return torch.cat(results) / self.targets.size**2

    def _cells(self, tree: CellTree) -> Tensor:
        return torch.as_tensor(tree.cell_of, device=self.targets_in_cell.device)

    def _local(self, moments: Tensor) -> Tensor:
        """(n_cells, channels, (degree+1)^2) local coefficients of the finest level, in units of its cells."""
        of_cells = [self._gathered(moments)]
        octants = _octant_matrices(self.degree).to(moments)
        for level, above in zip(self.sources.levels[:-1], self.sources.levels[1:], strict=True):
            summed = moments.new_zeros(len(above.cells.codes), *of_cells[0].shape[1:])
            for octant, chosen, parents in _by_octant(level.octant, level.parent, moments.device):
                summed.index_add_(0, parents, of_cells[-1][chosen] @ octants[octant].T)
            of_cells.append(summed)
        local: Tensor | None = None
        matrices = _far_matrices(self.degree).to(moments)
        for number in reversed(range(len(self.targets.levels))):
            level = self.targets.levels[number]
            here = moments.new_zeros(len(level.cells.codes), *of_cells[0].shape[1:])
            if local is not None:
                # A potential in units of charge over the smaller cell is half the number.
                for octant, chosen, parents in _by_octant(level.octant, level.parent, moments.device):
                    here[chosen] = local[parents] @ (0.5 * octants[octant])
            for (to, of), matrix in zip(self.pairs[number], matrices, strict=True):
                if len(to):
                    here.index_add_(0, to, of_cells[number][of] @ matrix)
            local = here
        assert local is not None  # noqa: S101 - there is at least one level
        return local

    def _gathered(self, moments: Tensor) -> Tensor:
        """(n_cells, channels, (degree+1)^2) moments of the finest cells about their centres, in units of the cell."""
        size = self.sources.size
        result = moments.new_zeros(len(self.sources.levels[0].cells.codes), moments.shape[2], (self.degree + 1) ** 2)
        scale = torch.cat([moments.new_full((2 * l + 1,), size**-l) for l in range(self.source_degree + 1)])
        cells = self._cells(self.sources)
        for part in torch.arange(len(moments), device=moments.device).split(POINTS):
            matrix = regular_translation(self.degree, self.source_degree, self.sources_in_cell[part])
            values = (moments[part] * scale[:, None]).transpose(1, 2)
            result.index_add_(0, cells[part], values @ matrix.to(moments.dtype).transpose(1, 2))
        return result


def _by_octant(
    octants: NDArray[np.int64], parents: NDArray[np.int64], device: torch.device
) -> Iterator[tuple[int, Tensor, Tensor]]:
    """For each octant the cells in it and their parents; no parent twice within one octant."""
    for octant in range(8):
        chosen = np.flatnonzero(octants == octant)
        if chosen.size:
            yield octant, torch.as_tensor(chosen, device=device), torch.as_tensor(parents[chosen], device=device)
