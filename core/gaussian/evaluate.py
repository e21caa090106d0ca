"""The density at arbitrary points, screened per shell and block of points. Bohr, e/bohr^3.

Points are sorted into compact blocks. For each block the atoms of an element are taken in classes of like distance,
and of each class only the shells that reach the block: radial functions, a matrix product with the coefficients, and
one sum with the solid harmonics.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.density.blocks import ElementBlock, element_blocks
from core.density.density import Density
from core.gaussian.basis import primitive_norm
from core.gaussian.extent import extents
from core.gaussian.harmonics import harmonic_components, harmonic_norms

# A block holds at most BLOCK points. Among many atoms one wider than BLOCK_WIDTH (bohr) holds fewer: it would reach too
# many of them; among few atoms small blocks cost more than they save.
BLOCK, BLOCK_IF_WIDE, BLOCK_WIDTH, MANY_ATOMS = 2048, 512, 5.0, 60
# Atoms whose distances from a block fall between the same two of these (bohr) share their list of shells.
DISTANCE_CLASSES = (0.0, 2.0, 5.0, 9.0, math.inf)
# Point-atom pairs at a time: (pairs, exponents) stays in a core's cache.
PAIRS = 16384


def compact_blocks(points: NDArray[np.float64], size_if_wide: int = BLOCK_IF_WIDE) -> Iterator[NDArray[np.int64]]:
    """Indices of the points of each block, split at the median of their longest edge until they fit."""
    waiting = [np.arange(len(points))] if len(points) else []
    while waiting:
        block = waiting.pop()
        edges = np.ptp(points[block], axis=0)
        if len(block) <= (BLOCK if edges.max() <= BLOCK_WIDTH else size_if_wide):
            yield block
            continue
        axis = int(edges.argmax())
        half = len(block) // 2
        order = np.argpartition(points[block, axis], half)
        waiting += [block[order[half:]], block[order[:half]]]


class _ScreenedBlock:
    """The atoms of one element, the extent of each of their shells, and coefficients with all factors in them."""

    def __init__(self, block: ElementBlock, positions: Tensor, threshold: float) -> None:
        self.block = block
        self.positions = positions[block.atoms]
        self.extents = []
        self.scaled = []
        for shells in block.shells:
            norm = primitive_norm(shells.l, shells.exponents)
            largest = shells.coefficients.double().norm(dim=-1).amax(0).cpu().numpy()
            amplitude = largest * norm * math.sqrt((2 * shells.l + 1) / (4.0 * math.pi))
            self.extents.append(extents(shells.l, shells.exponents, amplitude, threshold))
            factors = torch.as_tensor(norm[:, None] * harmonic_norms(shells.l)).to(shells.coefficients)
            self.scaled.append(shells.coefficients * factors)

    def add(self, total: Tensor, points: Tensor) -> None:
        """Add to `total` (n,) the density of these atoms at `points` (n, 3), float64."""
        lower, upper = points.amin(0), points.amax(0)
        outside = torch.maximum(lower - self.positions, self.positions - upper).clamp(min=0.0)
        distance = outside.norm(dim=1)
        for nearest, furthest in zip(DISTANCE_CLASSES[:-1], DISTANCE_CLASSES[1:], strict=True):
            if all((extent <= nearest).all() for extent in self.extents):
                return
            atoms = ((distance >= nearest) & (distance < furthest)).nonzero()[:, 0]
            for some in atoms.split(max(1, PAIRS // len(points))) if len(atoms) else ():
                total += self._some(points, some, float(distance[some].min()))

    def _some(self, points: Tensor, atoms: Tensor, distance: float) -> Tensor:
        """(n,) density of `atoms`, none of them nearer than `distance` to the points."""
        chosen = [np.flatnonzero(extent > distance) for extent in self.extents]
        reaching = [index for index, kept in enumerate(chosen) if kept.size]
        sums = points.new_zeros(len(atoms), len(points), dtype=self.block.shells[0].coefficients.dtype)
        if not reaching:
            return sums.sum(0)
        vectors = (points.T[:, None] - self.positions[atoms].T[:, :, None]).to(sums.dtype)
        x, y, z = vectors
        square = (x * x + y * y + z * z).unsqueeze(1)
        harmonics = harmonic_components(self.block.shells[reaching[-1]].l, x, y, z)
        for index in reaching:
            shells, kept = self.block.shells[index], chosen[index]
            exponents = torch.as_tensor(shells.exponents[kept], dtype=sums.dtype, device=sums.device)
            columns = torch.as_tensor(kept, device=sums.device)
            radial = torch.exp(-exponents[:, None] * square)
            factors = torch.bmm(self.scaled[index][atoms[:, None], columns].transpose(1, 2), radial)
            for factor, harmonic in zip(factors.unbind(1), harmonics[shells.l], strict=True):
                sums.addcmul_(factor, harmonic)
        return sums.sum(0)


def density_at_points(
    density: Density,
    points_bohr: NDArray[np.float64],
    *,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
    threshold: float = 1e-12,
) -> NDArray[np.float64]:
    """(n,) e/bohr^3 at `points_bohr` (n, 3).

    A shell is left out of a block of points where it stays below `threshold` e/bohr^3. `dtype` is that of the
    evaluation (float32 is within 2e-6 (rho + 1) of float64); positions relative to the atoms are always float64 first.
    """
    points = np.array(points_bohr, dtype=np.float64).reshape(-1, 3)
    positions = torch.as_tensor(density.molecule.positions_bohr, device=device)
    blocks = [
        _ScreenedBlock(block, positions, threshold) for block in element_blocks(density, dtype=dtype, device=device)
    ]
    values = np.empty(len(points))
    for indices in compact_blocks(points, BLOCK_IF_WIDE if len(positions) > MANY_ATOMS else BLOCK):
        part = torch.as_tensor(points[indices], device=device)
        total = torch.zeros(len(part), dtype=dtype, device=device)
        for block in blocks:
            block.add(total, part)
        values[indices] = total.cpu().numpy()
    return values
