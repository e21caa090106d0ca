"""Coulomb potential of normalised Gaussian shells, and its gradient. Bohr, e, hartree/e.

The charge N S_lm(r) exp(-a r^2) at the origin has the potential  (2 pi N / a) S_lm(r) F_l(a r^2), F_l the Boys
function; with dF_l/dt = -F_(l+1) its gradient is (2 pi N / a) [ grad S_lm F_l - 2 a r S_lm F_(l+1) ]. Both are
regular at r = 0, where only l = 0 has a potential and only l = 1 a gradient.
"""

import math

import numpy as np
import torch
from torch import Tensor

from core.gaussian.basis import primitive_norm
from core.gaussian.boys import boys


def _prefactors(l: int, exponents: np.ndarray, like: Tensor) -> tuple[Tensor, Tensor]:
    exponents = np.asarray(exponents, dtype=np.float64)
    scale = 2.0 * math.pi * primitive_norm(l, exponents) / exponents
    return (
        torch.as_tensor(exponents, dtype=like.dtype, device=like.device),
        torch.as_tensor(scale, dtype=like.dtype, device=like.device),
    )


def shell_potential(l: int, exponents: np.ndarray, vectors: Tensor, harmonics: Tensor) -> Tensor:
    """(..., K, 2l+1): potential at `vectors` (..., 3) from their centre of K primitives; harmonics = S_l(vectors)."""
    a, scale = _prefactors(l, exponents, vectors)
    t = a * vectors.square().sum(-1, keepdim=True)
    return (scale * boys(l, t)[l]).unsqueeze(-1) * harmonics.unsqueeze(-2)


def shell_potential_gradient(
    l: int, exponents: np.ndarray, vectors: Tensor, harmonics: Tensor, gradients: Tensor
) -> Tensor:
    """(..., 3, K, 2l+1): gradient of `shell_potential` with respect to the point; gradients = dS_l (..., 3, 2l+1)."""
    a, scale = _prefactors(l, exponents, vectors)
    t = a * vectors.square().sum(-1, keepdim=True)
    values = boys(l + 1, t)
    inner = (scale * values[l])[..., None, :, None] * gradients.unsqueeze(-2)
    radial = (-2.0 * a * scale * values[l + 1])[..., None, :, None] * vectors[..., None, None]
    return inner + radial * harmonics[..., None, None, :]
