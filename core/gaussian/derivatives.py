"""The density with its gradient and second derivatives at single points, analytically. Bohr, e/bohr^3.

For a shell f(r^2) S_lm with f = N exp(-a r^2), and f1 = -2 a f, f2 = 4 a^2 f:
    d_i = f dS_i + f1 r_i S,    d_ij = f ddS_ij + f1 (r_i dS_j + r_j dS_i + delta_ij S) + f2 r_i r_j S.
Meant for few points: pairs of points and atoms are taken in classes of distance, each with the shells that reach it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from core.density.blocks import ElementBlock, element_blocks
from core.density.density import Density
from core.gaussian.basis import primitive_norm
from core.gaussian.extent import extents
from core.gaussian.harmonics import gradient_matrix, solid_harmonic_gradients, solid_harmonics

PAIRS = 4096
# Lower ends of the classes of distance, bohr.
DISTANCES = (0.0, 1.5, 3.0, 5.0, 7.0, 9.0, 12.0, 16.0)


@dataclass(frozen=True, eq=False)
class Derivatives:
    """values: (n,) e/bohr^3. gradients: (n, 3) e/bohr^4. hessians: (n, 3, 3) e/bohr^5."""

    values: NDArray[np.float64]
    gradients: NDArray[np.float64]
    hessians: NDArray[np.float64]

    @property
    def laplacians(self) -> NDArray[np.float64]:
        """(n,) e/bohr^5."""
        return np.trace(self.hessians, axis1=1, axis2=2)


def density_derivatives(density: Density, points_bohr: NDArray[np.float64], *, threshold: float = 1e-9) -> Derivatives:
    """Value, gradient and Hessian at `points_bohr` (n, 3); a shell is left out where it is below `threshold`."""
    points = np.array(points_bohr, dtype=np.float64).reshape(-1, 3)
    total = torch.zeros(len(points), 13, dtype=torch.float64)
    tree = cKDTree(points) if len(points) else None
    for block in element_blocks(density):
        if tree is None:
            break
        reach = [_extents(block, index, threshold) for index in range(len(block.shells))]
        positions = density.molecule.positions_bohr[block.atoms.numpy()]
        near = tree.sparse_distance_matrix(cKDTree(positions), max(r.max() for r in reach), output_type="coo_matrix")
        which = np.digitize(near.data, DISTANCES) - 1
        for number, lower in enumerate(DISTANCES):
            chosen = np.flatnonzero(which == number)
            for start in range(0, chosen.size, PAIRS):
                some = chosen[start : start + PAIRS]
                vectors = torch.as_tensor(points[near.row[some]] - positions[near.col[some]])
                kept = [np.flatnonzero(r > lower) for r in reach]
                total.index_add_(
                    0, torch.as_tensor(near.row[some].astype(np.int64)), _of_pairs(block, vectors, near.col[some], kept)
                )
    values = total.numpy()
    return Derivatives(values[:, 0], values[:, 1:4], values[:, 4:].reshape(-1, 3, 3))


def _extents(block: ElementBlock, index: int, threshold: float) -> NDArray[np.float64]:
    """(K,) bohr, of the shells of one l."""
    shells = block.shells[index]
    largest = shells.coefficients.norm(dim=-1).amax(0).numpy() * primitive_norm(shells.l, shells.exponents)
    return extents(shells.l, shells.exponents, largest * np.sqrt((2 * shells.l + 1) / (4.0 * np.pi)), threshold)


def _of_pairs(
    block: ElementBlock, vectors: Tensor, atoms: NDArray[np.integer], kept: list[NDArray[np.int64]]
) -> Tensor:
    """(pairs, 13): value, gradient, Hessian. vectors: (pairs, 3) from the atom to the point; kept: shells by l."""
    square = vectors.square().sum(-1)
    harmonics = solid_harmonics(block.l_max, vectors)
    gradients = solid_harmonic_gradients(harmonics)
    outer, identity = vectors[:, :, None] * vectors[:, None], torch.eye(3, dtype=vectors.dtype)
    value, gradient = torch.zeros_like(square), torch.zeros_like(vectors)
    hessian = torch.zeros_like(outer)
    of_atom = torch.as_tensor(np.asarray(atoms, dtype=np.int64))
    for shells, columns in zip(block.shells, kept, strict=True):
        if not columns.size:
            continue
        l, a = shells.l, shells.exponents[columns]
        exponents = torch.as_tensor(a)
        radial = torch.as_tensor(primitive_norm(l, a)) * torch.exp(-exponents * square[:, None])
        orders = torch.stack([radial, -2.0 * exponents * radial, 4.0 * exponents**2 * radial], dim=1)
        f, f1, f2 = torch.bmm(orders, shells.coefficients[of_atom[:, None], torch.as_tensor(columns)]).unbind(1)
        s, ds = harmonics[l], gradients[l]
        s_sum = (f1 * s).sum(-1)
        value += (f * s).sum(-1)
        gradient += (ds @ f[..., None])[..., 0] + s_sum[:, None] * vectors
        mixed = vectors[:, :, None] * (ds @ f1[..., None])[..., 0][:, None]
        hessian += mixed + mixed.mT + s_sum[:, None, None] * identity + (f2 * s).sum(-1)[:, None, None] * outer
        if l > 1:
            raising = torch.as_tensor(gradient_matrix(l))
            lowered = torch.einsum("inm,pm->pin", raising, f)
            hessian += torch.einsum("pin,pjn->pij", lowered, gradients[l - 1])
    return torch.cat([value[:, None], gradient, hessian.reshape(-1, 9)], dim=1)
