"""The Boys function F_n(t) = integral_0^1 u^2n exp(-t u^2) du: every Coulomb integral of Gaussians ends in it.

For t below T_ASYMPTOTIC the highest order is read from a table by a Taylor step (dF_n/dt = -F_(n+1)) and the others
follow by downward recursion, F_n = (2t F_(n+1) + exp(-t)) / (2n+1), a sum of positive terms. Above it
F_n = Gamma(n+1/2) / (2 t^(n+1/2)) is exact to rounding, and each order stands by itself, so that a high order may
underflow in float32 without spoiling the low ones. (Helgaker et al., 2000, section 9.8.)
"""

import math
from functools import cache

import numpy as np
import torch
from scipy.special import gammainc
from torch import Tensor

T_ASYMPTOTIC = 64.0
_POINTS_PER_UNIT = 8
_TAYLOR_TERMS = {torch.float64: 9, torch.float32: 5}


def _boys_reference(n: int, t: np.ndarray) -> np.ndarray:
    """Gamma(n+1/2) P(n+1/2, t) / (2 t^(n+1/2)), and the power series where t < 1. Float64."""
    small = np.minimum(t, 1.0)
    series = sum((-small) ** k / (math.factorial(k) * (2 * n + 2 * k + 1)) for k in range(20))
    large = np.maximum(t, 1.0)
    return np.where(t < 1.0, series, math.gamma(n + 0.5) * gammainc(n + 0.5, large) / (2.0 * large ** (n + 0.5)))


@cache
def _table(n: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(points, terms): (-1)^j F_(n+j)(t_i) / j! on the uniform grid t_i."""
    t = np.arange(int(T_ASYMPTOTIC) * _POINTS_PER_UNIT + 1) / _POINTS_PER_UNIT
    columns = [(-1.0) ** j * _boys_reference(n + j, t) / math.factorial(j) for j in range(_TAYLOR_TERMS[dtype])]
    return torch.as_tensor(np.stack(columns, axis=-1), dtype=dtype, device=device)


def _from_table(n: int, t: Tensor) -> tuple[Tensor, Tensor]:
    """t, no larger than T_ASYMPTOTIC, and F_n there."""
    table = _table(n, t.dtype, t.device)
    inside = t.clamp(max=T_ASYMPTOTIC)
    nearest = torch.round(inside * _POINTS_PER_UNIT)
    step = inside - nearest / _POINTS_PER_UNIT
    terms = table[nearest.long()]
    value = terms[..., -1]
    for j in range(table.shape[1] - 2, -1, -1):
        value = torch.addcmul(terms[..., j], value, step)
    return inside, value


def boys(n_max: int, t: Tensor) -> Tensor:
    """F_0..F_nmax at t >= 0, shape (n_max + 1, *t.shape), in the float type and on the device of `t`."""
    inside, highest = _from_table(n_max, t)
    values = [highest]
    decay = torch.exp(-inside)
    for n in range(n_max - 1, -1, -1):
        values.append((2.0 * inside * values[-1] + decay) / (2 * n + 1))
    near = torch.stack(values[::-1])

    outside = t.clamp(min=T_ASYMPTOTIC)
    inverse = 1.0 / outside
    far = [0.5 * math.sqrt(math.pi) * torch.sqrt(inverse)]
    for n in range(1, n_max + 1):
        far.append(far[-1] * inverse * (n - 0.5))
    return torch.where(t < T_ASYMPTOTIC, near, torch.stack(far))


def boys_pair(n: int, t: Tensor) -> tuple[Tensor, Tensor]:
    """F_n and F_(n+1) alone, as `boys` gives them, without the orders below."""
    inside, upper = _from_table(n + 1, t)
    lower = (2.0 * inside * upper + torch.exp(-inside)) / (2 * n + 1)
    outside = t.clamp(min=T_ASYMPTOTIC)
    far = (0.5 * math.gamma(n + 0.5)) * outside.rsqrt() * outside ** (-n)
    is_far = t >= T_ASYMPTOTIC
    return torch.where(is_far, far, lower), torch.where(is_far, far * (n + 0.5) / outside, upper)
