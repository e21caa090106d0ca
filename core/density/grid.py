"""The density on a uniform grid, tile by tile. Bohr, e/bohr^3.

On such a grid a shell is a sum of outer products: exp(-a r^2) is one of x, y and z, and a solid harmonic a polynomial
of few terms. So the shells that reach a tile, and only those, become the rows of two matrices, functions of x and
functions of (y, z), and the tile is their product: nothing is evaluated at the single point.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.chem.molecule import Molecule
from core.density.blocks import Shells, element_blocks
from core.density.density import Density
from core.gaussian.basis import primitive_norm
from core.gaussian.cartesian import cartesian_coefficients
from core.gaussian.extent import extents
from core.units import ANGSTROM_IN_BOHR

TILE = 32
# Rows of the two matrices at a time: (rows, TILE^2) floats should stay in cache.
ROWS = 1024


@dataclass(frozen=True, eq=False)
class UniformGrid:
    """Points origin + step * (i, j, k), 0 <= (i, j, k) < shape. origin_bohr (3,); one step for all axes, in bohr."""

    origin_bohr: NDArray[np.float64]
    step_bohr: float
    shape: tuple[int, int, int]

    @classmethod
    def around(
        cls,
        molecule: Molecule,
        *,
        margin_angstrom: float = 3.0,
        points_longest: int = 96,
        step_angstrom: float | None = None,
    ) -> "UniformGrid":
        """The box of the nuclei with a margin: `step_angstrom` apart, or `points_longest` along its longest edge."""
        positions = molecule.positions_bohr
        edges = np.ptp(positions, axis=0) + 2.0 * margin_angstrom * ANGSTROM_IN_BOHR
        step = float(edges.max()) / (points_longest - 1) if step_angstrom is None else step_angstrom * ANGSTROM_IN_BOHR
        nx, ny, nz = (np.ceil(edges / step - 1e-9).astype(int) + 1).tolist()
        centre = (positions.min(axis=0) + positions.max(axis=0)) / 2.0
        return cls(centre - step * (np.array([nx, ny, nz]) - 1) / 2.0, step, (nx, ny, nz))

    def aligned(self) -> "UniformGrid":
        """With the same step over the same box, and a point more along each axis, so that the coordinate origin is a
        point of the lattice: as formats need it that count where a box lies in steps."""
        first = np.floor(self.origin_bohr / self.step_bohr)
        nx, ny, nz = (n + 1 for n in self.shape)
        return UniformGrid(self.step_bohr * first, self.step_bohr, (nx, ny, nz))

    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """x, y, z coordinates of the planes of points, in bohr."""
        x, y, z = (o + self.step_bohr * np.arange(n) for o, n in zip(self.origin_bohr, self.shape, strict=True))
        return x, y, z

    def points(self) -> NDArray[np.float64]:
        """(nx * ny * nz, 3) bohr, z fastest: the order of `density_on_grid(...).reshape(-1)`."""
        return np.stack(np.meshgrid(*self.axes(), indexing="ij"), axis=-1).reshape(-1, 3)

    @property
    def voxel_bohr3(self) -> float:
        return self.step_bohr**3


@dataclass(frozen=True, eq=False)
class RectilinearGrid:
    """Points (x_i, y_j, z_k). x (nx,), y (ny,), z (nz,): ascending, bohr."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.x), len(self.y), len(self.z)

    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        return self.x, self.y, self.z


@dataclass(frozen=True)
class _Polynomials:
    """All shells of one l of one element: what is needed to write them as outer products.

    centres (n, 3) bohr, float64; exponents and extents (n,); coefficients (n, l+1, l+1) of x^i y^j z^(l-i-j).
    """

    l: int
    centres: Tensor
    exponents: Tensor
    extents: Tensor
    coefficients: Tensor

    @classmethod
    def of(cls, shells: Shells, centres: Tensor, cutoff: float, dtype: torch.dtype) -> "_Polynomials":
        norm = torch.as_tensor(primitive_norm(shells.l, shells.exponents), device=centres.device)
        cartesian = torch.as_tensor(cartesian_coefficients(shells.l), device=centres.device)
        scaled = shells.coefficients * norm[:, None]
        amplitudes = scaled.norm(dim=-1) * math.sqrt((2 * shells.l + 1) / (4.0 * math.pi))
        reach = torch.as_tensor(
            extents(shells.l, shells.exponents, amplitudes.cpu().numpy(), cutoff), device=centres.device
        )
        exponents = torch.as_tensor(shells.exponents, device=centres.device).expand(reach.shape)
        kept = (reach > 0.0).nonzero(as_tuple=True)
        coefficients = torch.einsum("nm,mij->nij", scaled[kept], cartesian)
        return cls(shells.l, centres[kept[0]], exponents[kept], reach[kept], coefficients.to(dtype))

    def reaching(self, lower: Tensor, upper: Tensor) -> Tensor:
        """Indices of the shells whose extent reaches the box."""
        outside = torch.maximum(lower - self.centres, self.centres - upper).clamp(min=0.0)
        return (outside.square().sum(-1) < self.extents.square()).nonzero()[:, 0]

    def add(self, tile: Tensor, axes: tuple[Tensor, Tensor, Tensor], chosen: Tensor) -> None:
        """Add the chosen shells to `tile` (nx, ny * nz)."""
        l, dtype = self.l, tile.dtype
        powers = []
        for axis, coordinates in enumerate(axes):
            shifted = coordinates - self.centres[chosen, axis, None]
            gaussian = torch.exp(-self.exponents[chosen, None] * shifted.square()).to(dtype)
            shifted = shifted.to(dtype)
            values = [gaussian]
            for _ in range(l):
                values.append(values[-1] * shifted)
            powers.append(torch.stack(values, dim=1))
        x, y, z = powers
        left = self.coefficients[chosen, :, :, None] * y[:, None]
        order = (l - torch.arange(l + 1)[:, None] - torch.arange(l + 1)).clamp(min=0).to(tile.device)
        right = z[:, order]
        n, nx, ny, nz = len(chosen), x.shape[-1], y.shape[-1], z.shape[-1]
        planes = torch.bmm(left.reshape(-1, l + 1, ny).transpose(1, 2), right.reshape(-1, l + 1, nz))
        tile.addmm_(x.reshape(n * (l + 1), nx).T, planes.reshape(n * (l + 1), ny * nz))


def _tiles(shape: tuple[int, int, int], size: int) -> Iterator[tuple[slice, slice, slice]]:
    """Boxes of about equal size, none above `size` along an axis."""
    cuts = [np.linspace(0, n, math.ceil(n / size) + 1).round().astype(int).tolist() for n in shape]
    spans = [[slice(a, b) for a, b in zip(cut[:-1], cut[1:], strict=True)] for cut in cuts]
    return ((x, y, z) for x in spans[0] for y in spans[1] for z in spans[2])


def density_on_grid(
    density: Density,
    grid: UniformGrid | RectilinearGrid,
    *,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device = "cpu",
    cutoff: float = 1e-7,
    progress: Callable[[float], None] = lambda share: None,
) -> NDArray[np.float32]:
    """(nx, ny, nz) e/bohr^3, float32 (float64 where `dtype` is).

    A function is left out of a tile where it stays below `cutoff` e/bohr^3. `dtype` is that of the products, the
    Gaussians themselves are made in float64; float32 is within 2e-6 (rho + 1) of float64. progress is told the share of
    the tiles that is done.
    """
    positions = torch.as_tensor(density.molecule.positions_bohr, device=device)
    polynomials = [
        _Polynomials.of(shells, positions[block.atoms], cutoff, dtype)
        for block in element_blocks(density, device=device)
        for shells in block.shells
    ]
    axes = [torch.as_tensor(axis, device=device) for axis in grid.axes()]
    values = torch.zeros(grid.shape, dtype=dtype, device=device)
    tiles = list(_tiles(grid.shape, TILE))
    for count, tile in enumerate(tiles):
        progress(count / len(tiles))
        spans = axes[0][tile[0]], axes[1][tile[1]], axes[2][tile[2]]
        lower, upper = (torch.stack([span[end] for span in spans]) for end in (0, -1))
        result = values.new_zeros(len(spans[0]), len(spans[1]) * len(spans[2]))
        for shells in polynomials:
            chosen = shells.reaching(lower, upper)
            for piece in chosen.split(max(1, ROWS // (shells.l + 1))):
                shells.add(result, spans, piece)
        values[tile] = result.reshape([len(span) for span in spans])
    return values.cpu().numpy()
