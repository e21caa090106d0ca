"""Electrostatic potential and electric field of a density and its nuclei. Bohr, hartree/e; seen by a positive charge.

An atom close to a point acts through its Gaussians, exactly; a distant one through its multipoles, nucleus, free atom
and learned functions together, to the highest l of the basis (`core.density.switch` says where the one begins). Where
there are many, distant atoms act cell by cell (`core.gaussian.far_multipoles`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from core.density.blocks import element_blocks
from core.density.density import Density
from core.density.moments import atomic_multipoles
from core.density.near_field import NearField
from core.density.switch import switch_distances
from core.gaussian.far_multipoles import FarMultipoles
from core.gaussian.multipoles import MultipoleSums

# Point-atom pairs at a time in the sums over everything (4 MB a temporary), and no fewer points than that: the columns
# of all atoms are read once for each block of points.
PAIRS_AT_ONCE, LEAST_POINTS = 1 << 19, 128
# Pairs near each other that are collected before their fields are made.
NEAR_PAIRS_AT_ONCE = 1 << 15
# From so many pairs of a point and an atom on, distant cells act through theirs: width of the finest, bohr (no atom's
# switch distance may exceed it), and degree of the expansions. The forces of 895 waters are off by 0.001 meV/angstrom
# in the mean and 0.12 at most (a field of 3e-7 hartree/e/bohr); at degree 12 by 0.013 and 0.9.
CELLS_FROM_PAIRS = 3_000 * 3_000
CELL_BOHR, CELL_DEGREE = 14.0, 16
# Where less error than this is allowed, all pairs are summed; hartree/e for a potential, hartree/e/bohr for a field.
CELL_TOLERANCE = 5e-7


def potential_at_points(
    density: Density,
    points_bohr: NDArray[np.float64],
    *,
    electrons_only: bool = False,
    tolerance_hartree: float | None = 1e-6,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
) -> NDArray[np.float64]:
    """(n,) potential in hartree/e at `points_bohr` (n, 3), within about `tolerance_hartree`; None for no multipoles.

    A nucleus that stands at a point is left out there (its own potential is infinite). With `electrons_only` the
    potential is that of the electrons, negative. `dtype` is that of the pairs near each other: float32 loses up to
    2e-5 hartree close to nuclei.
    """
    switch = None if tolerance_hartree is None else switch_distances(density, tolerance_hartree, quantity="potential")
    by_cells = (tolerance_hartree or 0.0) >= CELL_TOLERANCE
    return -_sum_over_atoms(density, points_bohr, switch, by_cells, False, not electrons_only, dtype, device)[:, 0]


def field_at_points(
    density: Density,
    points_bohr: NDArray[np.float64],
    *,
    electrons_only: bool = False,
    tolerance_hartree_per_bohr: float | None = 1e-6,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float64]:
    """(n, 3) electric field (minus the gradient of the potential), hartree/(e bohr); else as `potential_at_points`.

    progress is told the share done.
    """
    tolerance = tolerance_hartree_per_bohr
    switch = None if tolerance is None else switch_distances(density, tolerance, quantity="field")
    by_cells = (tolerance or 0.0) >= CELL_TOLERANCE
    return _sum_over_atoms(density, points_bohr, switch, by_cells, True, not electrons_only, dtype, device, progress)


def field_of_near_atoms(density: Density, points_bohr: NDArray[np.float64], within_bohr: float) -> NDArray[np.float64]:
    """(n, 3) electric field at `points_bohr` (n, 3), hartree/(e bohr), of the atoms within `within_bohr` of each alone.

    An atom acts with its nucleus and all functions that it carries, exactly; a nucleus that stands at a point does not
    act there.
    """
    atoms = _Atoms.of(density, True, True, torch.float64, "cpu")
    points = np.array(points_bohr, dtype=np.float64).reshape(-1, 3)
    near = cKDTree(points).query_ball_tree(cKDTree(density.molecule.positions_bohr), within_bohr)
    of_point = np.repeat(np.arange(len(points)), [len(found) for found in near])
    of_atom = np.fromiter(chain.from_iterable(near), dtype=np.int64, count=len(of_point))
    total = torch.zeros(len(points), 3, dtype=torch.float64)
    for pairs in torch.from_numpy(np.stack([of_point, of_atom])).split(NEAR_PAIRS_AT_ONCE, dim=1):
        total += atoms.near(torch.from_numpy(points), pairs, True, torch.float64)
    return total.numpy()


@dataclass(frozen=True)
class _Atoms:
    """The atoms as sources: near fields by element, where each atom stands in them, positions and nuclear charges."""

    near_fields: list[NearField]
    block_of: Tensor
    index_in_block: Tensor
    positions: Tensor
    charges: Tensor

    @classmethod
    def of(
        cls, density: Density, gradient: bool, nuclei: bool, dtype: torch.dtype, device: str | torch.device
    ) -> "_Atoms":
        blocks = element_blocks(density, dtype=dtype, device=device)
        positions = torch.as_tensor(density.molecule.positions_bohr, device=device)
        charges = torch.as_tensor(density.molecule.atomic_numbers * float(nuclei), device=device)
        block_of = torch.empty(len(positions), dtype=torch.long, device=device)
        index = torch.empty_like(block_of)
        for number, block in enumerate(blocks):
            block_of[block.atoms] = number
            index[block.atoms] = torch.arange(len(block.atoms), device=device)
        return cls([NearField(block, gradient=gradient) for block in blocks], block_of, index, positions, charges)

    def near(self, points: Tensor, pairs: Tensor, gradient: bool, dtype: torch.dtype) -> Tensor:
        """(n_points, 1 or 3) float64 sums over `pairs` (2, n_pairs) of points and atoms.

        Electrons count as positive and nuclei as negative charge.
        """
        total = points.new_zeros(len(points), 3 if gradient else 1)
        block_of = self.block_of[pairs[1]]
        for number, near_field in enumerate(self.near_fields):
            of_point, of_atom = pairs[:, block_of == number]
            vectors = points[of_point] - self.positions[of_atom]
            values = near_field(vectors.to(dtype), self.index_in_block[of_atom]).double()
            distance = vectors.norm(dim=1, keepdim=True)
            inverse = torch.where(distance > 0.0, 1.0 / distance, torch.zeros_like(distance))
            nuclear = -self.charges[of_atom, None] * (-vectors * inverse**3 if gradient else inverse)
            total.index_add_(0, of_point, values + nuclear)
        return total


@dataclass(frozen=True)
class _Multipoles:
    """The atoms as multipoles: sums over pairs, the square of each atom's switch distance, and cells where they pay."""

    sums: MultipoleSums
    switch_square: Tensor
    moments: Tensor
    cells: FarMultipoles | None

    @classmethod
    def of(
        cls,
        density: Density,
        atoms: _Atoms,
        points: Tensor,
        switch_bohr: NDArray[np.float64],
        by_cells: bool,
        gradient: bool,
    ) -> "_Multipoles":
        device, l_max = points.device, density.basis.l_max
        moments = torch.as_tensor(atomic_multipoles(density, l_max, electrons_only=True), device=device)
        moments[:, 0] -= atoms.charges
        by_degree = [moments[:, l**2 : (l + 1) ** 2] for l in range(l_max + 1)]
        make = MultipoleSums.gradient if gradient else MultipoleSums.potential
        cells = None
        if by_cells:
            cells = FarMultipoles.between(
                points.cpu().numpy(),
                density.molecule.positions_bohr,
                cell=max(CELL_BOHR, float(switch_bohr.max())),
                degree=max(CELL_DEGREE, l_max),
                source_degree=l_max,
                device=device,
            )
        square = torch.as_tensor(switch_bohr, device=device).square()
        return cls(make(atoms.positions, by_degree), square, moments, cells)

    def blocks(self, n_points: int, n_atoms: int) -> Sequence[tuple[Tensor, Tensor]]:
        """Points (n,) and atoms (m,) to be summed pair by pair."""
        return _blocks(n_points, n_atoms, self.switch_square.device) if self.cells is None else list(self.cells.near())

    def far(self, gradient: bool) -> Tensor | float:
        """(n_points, 1 or 3) what is in none of the blocks."""
        if self.cells is None:
            return 0.0
        values = self.cells.gradient if gradient else self.cells.potential
        return values(self.moments[:, :, None]).flatten(1)


def _blocks(n_points: int, n_atoms: int, device: torch.device) -> Sequence[tuple[Tensor, Tensor]]:
    """All atoms with some points at a time."""
    rows = max(LEAST_POINTS, PAIRS_AT_ONCE // n_atoms)
    everyone = torch.arange(n_atoms, device=device)
    return [(points, everyone) for points in torch.arange(n_points, device=device).split(rows)]


def _sum_over_atoms(
    density: Density,
    points_bohr: NDArray[np.float64],
    switch_bohr: NDArray[np.float64] | None,
    by_cells: bool,
    gradient: bool,
    nuclei: bool,
    dtype: torch.dtype,
    device: str | torch.device,
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float64]:
    """(n_points, 1 or 3): potential, or its gradient, of electrons as positive and nuclei as negative charge."""
    atoms = _Atoms.of(density, gradient, nuclei, dtype, device)
    points = torch.as_tensor(np.array(points_bohr, dtype=np.float64).reshape(-1, 3), device=device)
    total = points.new_zeros(len(points), 3 if gradient else 1)
    n_atoms = len(atoms.positions)
    multipoles = None
    blocks = _blocks(len(points), n_atoms, points.device)
    if switch_bohr is not None and len(points):
        by_cells = by_cells and len(points) * n_atoms >= CELLS_FROM_PAIRS
        multipoles = _Multipoles.of(density, atoms, points, switch_bohr, by_cells, gradient)
        total += multipoles.far(gradient)
        blocks = multipoles.blocks(len(points), n_atoms)
    near, waiting = [], 0
    for number, (of_points, of_atoms) in enumerate(blocks, 1):
        block, centres = points[of_points], atoms.positions[of_atoms]
        x, y, z = (block[:, i, None] - centres[None, :, i] for i in range(3))
        square = x * x + y * y + z * z
        is_near = torch.ones_like(square, dtype=torch.bool)
        if multipoles is not None:
            is_near = square < multipoles.switch_square[of_atoms]
            inverse = square.rsqrt().masked_fill_(is_near, 0.0)
            sums = multipoles.sums if multipoles.cells is None else multipoles.sums.of(of_atoms)
            total[of_points] += sums(block, inverse)
        first, second = is_near.nonzero().T
        near.append(torch.stack([of_points[first], of_atoms[second]]))
        waiting += len(first)
        if waiting >= NEAR_PAIRS_AT_ONCE or number == len(blocks):
            total += atoms.near(points, torch.cat(near, dim=1), gradient, dtype)
            near, waiting = [], 0
            if progress is not None:
                progress(number / len(blocks))
    return total.cpu().numpy()
