"""Exact potential and field of the electrons, pair by pair: a point and an atom close to it. Bohr, hartree/e."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from core.density.blocks import ElementBlock, Shells
from core.gaussian.basis import primitive_norm
from core.gaussian.boys import boys_pair
from core.gaussian.harmonics import solid_harmonic_gradients, solid_harmonics

# Pairs at a time: small enough that (pairs, exponents) stays in a core's cache.
PAIRS = 4096


def _radial(shells: Shells, square: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """F_l, F_(l+1), prefactors and exponents of `core.gaussian.potential`: (pairs, K) twice, (K,) twice."""
    exponents = torch.as_tensor(shells.exponents, dtype=square.dtype, device=square.device)
    scale = 2.0 * math.pi * primitive_norm(shells.l, shells.exponents) / shells.exponents
    lower, upper = boys_pair(shells.l, exponents * square[:, None])
    return lower, upper, torch.as_tensor(scale, dtype=square.dtype, device=square.device), exponents


def pair_potential(block: ElementBlock, vectors: Tensor, atoms: Tensor) -> Tensor:
    """(pairs, 1): potential of the electrons (as positive charge) of one atom of `block` at each vector from it.

    vectors: (pairs, 3) from the atom to the point. atoms: (pairs,) which atom of the block.
    """
    return _in_pieces(block, vectors, atoms, _potential_piece, 1)


def pair_potential_gradient(block: ElementBlock, vectors: Tensor, atoms: Tensor) -> Tensor:
    """(pairs, 3): the gradient of `pair_potential` with respect to the point. At the nucleus it is the finite limit."""
    return _in_pieces(block, vectors, atoms, _gradient_piece, 3)


def _in_pieces(
    block: ElementBlock,
    vectors: Tensor,
    atoms: Tensor,
    piece: Callable[[ElementBlock, Tensor, Tensor], Tensor],
    width: int,
) -> Tensor:
    total = vectors.new_empty(len(vectors), width)
    for start in range(0, len(vectors), PAIRS):
        part = slice(start, start + PAIRS)
        total[part] = piece(block, vectors[part], atoms[part])
    return total


def _potential_piece(block: ElementBlock, vectors: Tensor, atoms: Tensor) -> Tensor:
    harmonics = solid_harmonics(block.l_max, vectors)
    square = vectors.square().sum(-1)
    total = torch.zeros_like(square)
    for shells in block.shells:
        lower, _, scale, _ = _radial(shells, square)
        radial = torch.einsum("pk,pkm->pm", lower * scale, shells.coefficients[atoms])
        total += (radial * harmonics[shells.l]).sum(-1)
    return total[:, None]


def _gradient_piece(block: ElementBlock, vectors: Tensor, atoms: Tensor) -> Tensor:
    harmonics = solid_harmonics(block.l_max, vectors)
    gradients = solid_harmonic_gradients(harmonics)
    square = vectors.square().sum(-1)
    total = torch.zeros_like(vectors)
    along = torch.zeros_like(square)
    for shells in block.shells:
        lower, upper, scale, exponents = _radial(shells, square)
        radial = torch.stack([lower * scale, upper * (-2.0 * exponents * scale)], dim=1)
        value, slope = torch.bmm(radial, shells.coefficients[atoms]).unbind(1)
        along += (slope * harmonics[shells.l]).sum(-1)
        if shells.l:
            total += (gradients[shells.l] @ value.unsqueeze(-1)).squeeze(-1)
    return total + along[:, None] * vectors
