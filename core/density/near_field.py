"""Exact potential and field of the electrons, pair by pair: a point and an atom close to it. Bohr, hartree/e.

A Gaussian whose a r^2 is above POINT_LIKE is its own multipole to the last digit (exp(-36) = 2e-16). So pairs are taken
in classes of distance, and for each class the steep functions of an l are one function, their common moment.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.density.blocks import ElementBlock, Shells
from core.gaussian.basis import primitive_norm
from core.gaussian.boys import boys_pair
from core.gaussian.harmonics import solid_harmonic_gradients, solid_harmonics

# Pairs at a time: small enough that (pairs, exponents) stays in a core's cache.
PAIRS = 4096
POINT_LIKE = 36.0
# Lower ends of the classes of distance, bohr.
DISTANCES = (0.0, 1.5, 3.0, 5.0, 8.0, 12.0, 18.0)


@dataclass(frozen=True)
class _ClassShells:
    """Shells of one l as pairs beyond some distance need them.

    exponents, scale: (K,), of the functions that are more than points; scale = 2 pi N / a. coefficients: (n, K, 2l+1),
    or (n, K+1, 2l+1) where the last row is the common moment of the others: potential moment S_lm / r^(2l+1).
    """

    l: int
    exponents: Tensor
    scale: Tensor
    coefficients: Tensor
    has_moment: bool

    @classmethod
    def beyond(cls, shells: Shells, distance: float) -> "_ClassShells":
        l, a, like = shells.l, shells.exponents, shells.coefficients
        scale = 2.0 * math.pi * primitive_norm(l, a) / a
        point_like = a * distance**2 > POINT_LIKE
        kept = torch.as_tensor(np.flatnonzero(~point_like), device=like.device)
        coefficients = like[:, kept]
        if point_like.any():
            weights = torch.as_tensor(point_like * scale * math.gamma(l + 0.5) / (2.0 * a ** (l + 0.5))).to(like)
            moment = torch.einsum("nkm,k->nm", like, weights)
            coefficients = torch.cat([coefficients, moment[:, None]], dim=1)
        exponents, prefactors = (torch.as_tensor(values[~point_like]).to(like) for values in (a, scale))
        return cls(l, exponents, prefactors, coefficients, bool(point_like.any()))

    def radial(self, square: Tensor) -> tuple[Tensor, Tensor]:
        """f and g, both (pairs, rows of coefficients), of potential f S_lm and its gradient f dS_lm + g r S_lm."""
        lower, upper = boys_pair(self.l, self.exponents * square[:, None])
        value, slope = lower * self.scale, upper * (-2.0 * self.exponents * self.scale)
        if not self.has_moment:
            return value, slope
        inverse_square = 1.0 / square[:, None]
        point = inverse_square.sqrt() * inverse_square**self.l
        slope = torch.cat([slope, -(2 * self.l + 1) * point * inverse_square], dim=1)
        return torch.cat([value, point], dim=1), slope


class NearField:
    """Potential, or its gradient, of the atoms of one block, each near its point. Electrons as positive charge."""

    def __init__(self, block: ElementBlock, *, gradient: bool) -> None:
        self.gradient = gradient
        self.classes = [[_ClassShells.beyond(shells, distance) for shells in block.shells] for distance in DISTANCES]
        self.l_max = block.l_max

    def __call__(self, vectors: Tensor, atoms: Tensor) -> Tensor:
        """(pairs, 1), or (pairs, 3) for the gradient with respect to the point; at the nucleus the finite limit.

        vectors: (pairs, 3) from the atom to the point. atoms: (pairs,) which atom of the block.
        """
        total = vectors.new_empty(len(vectors), 3 if self.gradient else 1)
        square = vectors.square().sum(-1)
        edges = torch.tensor(DISTANCES[1:], dtype=square.dtype, device=square.device).square()
        which = torch.bucketize(square, edges, right=True)
        for number, shells in enumerate(self.classes):
            for pairs in (which == number).nonzero()[:, 0].split(PAIRS):
                if len(pairs):
                    total[pairs] = self._piece(shells, vectors[pairs], square[pairs], atoms[pairs])
        return total

    def _piece(self, classes: list[_ClassShells], vectors: Tensor, square: Tensor, atoms: Tensor) -> Tensor:
        harmonics = solid_harmonics(self.l_max, vectors)
        gradients = solid_harmonic_gradients(harmonics) if self.gradient else []
        potential, along, total = torch.zeros_like(square), torch.zeros_like(square), torch.zeros_like(vectors)
        for shells in classes:
            l, coefficients = shells.l, shells.coefficients[atoms]
            value, slope = shells.radial(square)
            if not self.gradient:
                potential += (torch.bmm(value[:, None], coefficients)[:, 0] * harmonics[l]).sum(-1)
                continue
            value, slope = torch.bmm(torch.stack([value, slope], dim=1), coefficients).unbind(1)
            along += (slope * harmonics[l]).sum(-1)
            if l:
                total += (gradients[l] @ value.unsqueeze(-1)).squeeze(-1)
        return total + along[:, None] * vectors if self.gradient else potential[:, None]
