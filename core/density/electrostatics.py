"""Electrostatic potential and electric field of a density and its nuclei. Bohr, hartree/e; seen by a positive charge.

An atom close to a point acts through its Gaussians, exactly; a distant one through its multipoles, nucleus, free atom
and learned functions together, to the highest l of the basis (`core.density.switch` says where the one begins).
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.density.blocks import element_blocks
from core.density.density import Density
from core.density.moments import atomic_multipoles
from core.density.near_field import NearField
from core.density.switch import switch_distances
from core.gaussian.multipoles import MultipoleSums

# Point-atom pairs at a time in the sums over everything (4 MB a temporary), and no fewer points than that: the columns
# of all atoms are read once for each block of points.
PAIRS_AT_ONCE, LEAST_POINTS = 1 << 19, 128


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
    return -_sum_over_atoms(density, points_bohr, switch, False, not electrons_only, dtype, device)[:, 0]


def field_at_points(
    density: Density,
    points_bohr: NDArray[np.float64],
    *,
    electrons_only: bool = False,
    tolerance_hartree_per_bohr: float | None = 1e-6,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
) -> NDArray[np.float64]:
    """(n, 3) electric field (minus the gradient of the potential), hartree/(e bohr); else as `potential_at_points`."""
    tolerance = tolerance_hartree_per_bohr
    switch = None if tolerance is None else switch_distances(density, tolerance, quantity="field")
    return _sum_over_atoms(density, points_bohr, switch, True, not electrons_only, dtype, device)


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


def _sum_over_atoms(
    density: Density,
    points_bohr: NDArray[np.float64],
    switch_bohr: NDArray[np.float64] | None,
    gradient: bool,
    nuclei: bool,
    dtype: torch.dtype,
    device: str | torch.device,
) -> NDArray[np.float64]:
    """(n_points, 1 or 3): potential, or its gradient, of electrons as positive and nuclei as negative charge."""
    atoms = _Atoms.of(density, gradient, nuclei, dtype, device)
    points = torch.as_tensor(np.array(points_bohr, dtype=np.float64).reshape(-1, 3), device=device)
    n_atoms = len(atoms.positions)
    rows = max(LEAST_POINTS, PAIRS_AT_ONCE // n_atoms)
    far = None
    if switch_bohr is not None:
        l_max = density.basis.l_max
        moments = torch.as_tensor(atomic_multipoles(density, l_max, electrons_only=True), device=device)
        moments[:, 0] -= atoms.charges
        by_degree = [moments[:, l**2 : (l + 1) ** 2] for l in range(l_max + 1)]
        make = MultipoleSums.gradient if gradient else MultipoleSums.potential
        far = make(atoms.positions, by_degree)
        switch_square = torch.as_tensor(switch_bohr, device=device).square()
    total = points.new_zeros(len(points), 3 if gradient else 1)
    for start in range(0, len(points), rows):
        block = points[start : start + rows]
        x, y, z = (block[:, i, None] - atoms.positions[None, :, i] for i in range(3))
        square = x * x + y * y + z * z
        if far is None:
            pairs = torch.ones_like(square, dtype=torch.bool).nonzero().T
        else:
            is_near = square < switch_square
            pairs = is_near.nonzero().T
            inverse = square.rsqrt().masked_fill_(is_near, 0.0)
            total[start : start + rows] = far(block, inverse)
        total[start : start + rows] += atoms.near(block, pairs, gradient, dtype)
    return total.cpu().numpy()
