"""The density at arbitrary points, screened per shell and distance. Bohr, e/bohr^3.

Among few atoms, or where points crowd, they are sorted into compact blocks; for each block the atoms of an element are
taken in classes of like distance. Among many, each atom finds the points that it reaches, and these are taken in such
classes. Of each class only the shells that reach it are evaluated: radial functions, a matrix product with the
coefficients, and one sum with the solid harmonics. Several densities in the same functions share all but the last two.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from core.density.blocks import ElementBlock, element_blocks
from core.density.density import Density
from core.errors import DataError
from core.gaussian.basis import primitive_norm
from core.gaussian.extent import extents
from core.gaussian.harmonics import harmonic_components, harmonic_norms

# A block holds at most BLOCK points. From MANY_ATOMS on atoms find their points: a block would reach too many of them.
BLOCK, MANY_ATOMS = 2048, 60
# Points at a time where atoms find them.
POINTS = 1 << 17
# Atoms whose distances from a block fall between the same two of these (bohr) share their list of shells.
DISTANCE_CLASSES = (0.0, 2.0, 5.0, 9.0, math.inf)
# Point-atom pairs at a time: (pairs, exponents) stays in a core's cache.
PAIRS = 16384


def compact_blocks(points: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
    """Indices of the points of each block, split at the median of their longest edge until they fit."""
    waiting = [np.arange(len(points))] if len(points) else []
    while waiting:
        block = waiting.pop()
        if len(block) <= BLOCK:
            yield block
            continue
        axis = int(np.ptp(points[block], axis=0).argmax())
        half = len(block) // 2
        order = np.argpartition(points[block, axis], half)
        waiting += [block[order[half:]], block[order[:half]]]


class _ScreenedBlock:
    """The atoms of one element, the extent of each of their shells, and coefficients with all factors in them, of
    `densities` densities: (n_atoms, K, densities, 2l+1)."""

    def __init__(self, alike: Sequence[ElementBlock], positions: Tensor, threshold: float) -> None:
        """alike: the block of this element in each density."""
        self.block = alike[0]
        self.densities = len(alike)
        self.positions = positions[self.block.atoms]
        self.extents = []
        self.scaled = []
        for every in zip(*(block.shells for block in alike), strict=True):
            l, exponents = every[0].l, every[0].exponents
            coefficients = torch.stack([shells.coefficients for shells in every], dim=2)
            norm = primitive_norm(l, exponents)
            largest = coefficients.double().norm(dim=-1).amax((0, 2)).cpu().numpy()
            amplitude = largest * norm * math.sqrt((2 * l + 1) / (4.0 * math.pi))
            self.extents.append(extents(l, exponents, amplitude, threshold))
            factors = torch.as_tensor(norm[:, None] * harmonic_norms(l)).to(coefficients)
            self.scaled.append(coefficients * factors[:, None])

    def add(self, total: Tensor, points: Tensor) -> None:
        """Add to `total` (densities, n) the densities of these atoms at `points` (n, 3), float64."""
        lower, upper = points.amin(0), points.amax(0)
        outside = torch.maximum(lower - self.positions, self.positions - upper).clamp(min=0.0)
        distance = outside.norm(dim=1)
        for nearest, furthest in zip(DISTANCE_CLASSES[:-1], DISTANCE_CLASSES[1:], strict=True):
            if all((extent <= nearest).all() for extent in self.extents):
                return
            atoms = ((distance >= nearest) & (distance < furthest)).nonzero()[:, 0]
            for some in atoms.split(max(1, PAIRS // len(points))) if len(atoms) else ():
                vectors = points.T[:, None] - self.positions[some].T[:, :, None]
                total += self._some(vectors, some, float(distance[some].min())).sum(1)

    def add_to_neighbours(self, total: Tensor, points: Tensor, tree: cKDTree) -> None:
        """The same, where each atom finds its points in `tree`. The last of `total` (densities, n + 1) and of `points`
        (n + 1, 3) stands for none, and is no part of the tree."""
        reach = max((float(extent.max()) for extent in self.extents), default=0.0)
        positions = self.positions.cpu().numpy()
        found = tree.query_ball_point(positions, reach)
        owner = np.repeat(np.arange(len(found)), [len(near) for near in found])
        if not owner.size:
            return
        near = np.concatenate([np.asarray(indices, dtype=np.int64) for indices in found])
        distance_class = np.digitize(np.linalg.norm(tree.data[near] - positions[owner], axis=1), DISTANCE_CLASSES[1:-1])
        for number, nearest in enumerate(DISTANCE_CLASSES[:-1]):
            chosen = distance_class == number
            for atoms, indices in _padded(owner[chosen], near[chosen], none=len(points) - 1):
                some = torch.as_tensor(indices, device=points.device)
                which = torch.as_tensor(atoms, device=points.device)
                vectors = points[some].permute(2, 0, 1) - self.positions[which].T[:, :, None]
                total.index_add_(1, some.reshape(-1), self._some(vectors, which, nearest).flatten(1))

    def _some(self, vectors: Tensor, atoms: Tensor, distance: float) -> Tensor:
        """(densities, n_atoms, n) of `atoms` at `vectors` (3, n_atoms, n) from each, none nearer than `distance`."""
        chosen = [np.flatnonzero(extent > distance) for extent in self.extents]
        reaching = [index for index, kept in enumerate(chosen) if kept.size]
        dtype = self.block.shells[0].coefficients.dtype
        sums = vectors.new_zeros((self.densities, *vectors.shape[1:]), dtype=dtype)
        if not reaching:
            return sums
        x, y, z = vectors.to(sums.dtype)
        square = (x * x + y * y + z * z).unsqueeze(1)
        harmonics = harmonic_components(self.block.shells[reaching[-1]].l, x, y, z)
        for index in reaching:
            shells, kept = self.block.shells[index], chosen[index]
            exponents = torch.as_tensor(shells.exponents[kept], dtype=sums.dtype, device=sums.device)
            columns = torch.as_tensor(kept, device=sums.device)
            radial = torch.exp(-exponents[:, None] * square)
            scaled = self.scaled[index][atoms[:, None], columns].flatten(2)
            factors = torch.bmm(scaled.transpose(1, 2), radial).unflatten(1, (self.densities, -1))
            for number, total in enumerate(sums):
                for factor, harmonic in zip(factors[:, number].unbind(1), harmonics[shells.l], strict=True):
                    total.addcmul_(factor, harmonic)
        return sums


def _padded(
    owner: NDArray[np.int64], points: NDArray[np.int64], *, none: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Atoms (m,) and the points of each (m, k), filled up with `none`; at most about PAIRS of them at a time.

    owner, points: (n_pairs,), ascending in `owner`.
    """
    atoms, starts, counts = np.unique(owner, return_index=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    start = 0
    while start < len(order):
        most = int(counts[order[start]])
        some = order[start : start + max(1, PAIRS // most)]
        places = np.arange(most)
        indices = points[np.minimum(starts[some, None] + places, len(points) - 1)]
        yield atoms[some], np.where(places < counts[some, None], indices, none)
        start += len(some)


def density_at_points(
    density: Density,
    points_bohr: NDArray[np.float64],
    *,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
    threshold: float = 1e-12,
) -> NDArray[np.float64]:
    """(n,) e/bohr^3 at `points_bohr` (n, 3); arguments as of `densities_at_points`."""
    return densities_at_points([density], points_bohr, dtype=dtype, device=device, threshold=threshold)[0]


def densities_at_points(
    densities: Sequence[Density],
    points_bohr: NDArray[np.float64],
    *,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
    threshold: float = 1e-12,
    clustered: bool = False,
) -> NDArray[np.float64]:
    """(n_densities, n) e/bohr^3 at `points_bohr` (n, 3), of one or more densities of one molecule in one basis
    (DataError otherwise).

    A shell is left out of a block of points where it stays below `threshold` e/bohr^3. `dtype` is that of the
    evaluation (float32 is within 2e-6 (rho + 1) of float64); positions relative to the atoms are always float64 first.
    clustered: most points crowd in little space, as those of a quadrature about a nucleus do; then blocks of points are
    the better way among many atoms, too.
    """
    points = np.array(points_bohr, dtype=np.float64).reshape(-1, 3)
    first = densities[0]
    for other in densities[1:]:
        if other.molecule.content_hash != first.molecule.content_hash or other.basis != first.basis:
            raise DataError(
                f"The densities are of {first.molecule.title!r} and {other.molecule.title!r}, or in different bases.",
                "Evaluate them one by one.",
            )
    positions = torch.as_tensor(first.molecule.positions_bohr, device=device)
    every = [element_blocks(density, dtype=dtype, device=device) for density in densities]
    blocks = [_ScreenedBlock(alike, positions, threshold) for alike in zip(*every, strict=True)]
    values = np.empty((len(densities), len(points)))
    if len(positions) > MANY_ATOMS and not clustered:
        for start in range(0, len(points), POINTS):
            some = points[start : start + POINTS]
            part = torch.as_tensor(np.vstack([some, np.zeros(3)]), device=device)
            total = torch.zeros((len(densities), len(part)), dtype=dtype, device=device)
            tree = cKDTree(some)
            for block in blocks:
                block.add_to_neighbours(total, part, tree)
            values[:, start : start + POINTS] = total[:, :-1].cpu().numpy()
        return values
    for indices in compact_blocks(points):
        part = torch.as_tensor(points[indices], device=device)
        total = torch.zeros((len(densities), len(part)), dtype=dtype, device=device)
        for block in blocks:
            block.add(total, part)
        values[:, indices] = total.cpu().numpy()
    return values
