"""Real solid harmonics S_lm(r) = r^l Y_lm and their gradients, in torch: any float type, any device.

Y_lm are the standard real spherical harmonics (no Condon-Shortley sign) with integral Y_lm^2 = 1 on the sphere,
ordered m = -l..l: S_1 is sqrt(3/4pi) (y, z, x). With w = x + iy and s_lm = Q_lm(z, |w|^2) w^m for m >= 0,

    (l-m) Q_lm = (2l-1) z Q_(l-1)m - (l+m-1) r^2 Q_(l-2)m,      Q_mm = (2m-1)!!

S_l(+-m) are the real and imaginary parts of s_lm times sqrt((2l+1)/4pi (l-m)!/(l+m)!) and, for m > 0, sqrt 2
(Helgaker, Jorgensen, Olsen, Molecular Electronic-Structure Theory, 2000, section 6.4). They obey

    d/dz s_lm = (l+m) s_(l-1)m,  (d/dx + i d/dy) s_lm = -s_(l-1)(m+1),  (d/dx - i d/dy) s_lm = (l+m)(l+m-1) s_(l-1)(m-1)

so a gradient is a constant sparse matrix on the harmonics one degree lower.
"""

import math
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def harmonic_norm(l: int, m: int) -> float:
    """Factor of the unnormalised s_lm, m >= 0, that makes S_l(+-m)."""
    ratio = math.factorial(l - m) / math.factorial(l + m)
    return math.sqrt((2 * l + 1) / (4.0 * math.pi) * ratio * (2.0 if m else 1.0))


def harmonic_components(l_max: int, x: Tensor, y: Tensor, z: Tensor) -> list[list[Tensor]]:
    """components[l][l + m], each of the shape of `x`: S_lm before its factor `harmonic_norms(l)[l + m]`."""
    r2 = x * x + y * y + z * z
    cosine, sine = [torch.ones_like(x)], [torch.zeros_like(x)]
    for _ in range(l_max):
        c, s = cosine[-1], sine[-1]
        cosine.append(x * c - y * s)
        sine.append(x * s + y * c)
    polynomials: dict[tuple[int, int], Tensor] = {}
    for m in range(l_max + 1):
        double_factorial = float(math.prod(range(1, 2 * m, 2)))
        polynomials[m, m] = torch.full_like(z, double_factorial)
        if m < l_max:
            polynomials[m + 1, m] = (2 * m + 1) * double_factorial * z
        for l in range(m + 2, l_max + 1):
            lower = (2 * l - 1) * z * polynomials[l - 1, m] - (l + m - 1) * r2 * polynomials[l - 2, m]
            polynomials[l, m] = lower / (l - m)
    return [
        [polynomials[l, m] * sine[m] for m in range(l, 0, -1)] + [polynomials[l, m] * cosine[m] for m in range(l + 1)]
        for l in range(l_max + 1)
    ]


@cache
def harmonic_norms(l: int) -> NDArray[np.float64]:
    """(2l+1,) factors of `harmonic_components`, m = -l..l."""
    return np.array([harmonic_norm(l, abs(m)) for m in range(-l, l + 1)])


def solid_harmonics(l_max: int, vectors: Tensor) -> list[Tensor]:
    """[S_0, ..., S_lmax] with S_l of shape (..., 2l+1), at `vectors` (..., 3) in x, y, z order."""
    components = harmonic_components(l_max, *vectors.unbind(-1))
    return [
        torch.stack(values, dim=-1) * torch.as_tensor(harmonic_norms(l), dtype=vectors.dtype, device=vectors.device)
        for l, values in enumerate(components)
    ]


@cache
def gradient_matrix(l: int) -> NDArray[np.float64]:
    """D of shape (3, 2l-1, 2l+1) with dS_lm/dx_i = sum_m' S_(l-1)m' D[i, m', m]. For l = 0 it is empty."""
    matrix = np.zeros((3, max(2 * l - 1, 0), 2 * l + 1))

    def add(axis: int, m: int, lower_m: int, factor: float) -> None:
        """One term: columns are +m (cosine) or -m (sine) of degree l; factors are for the unnormalised s_lm."""
        if abs(lower_m) <= l - 1:
            matrix[axis, lower_m + l - 1, m + l] += (
                factor * harmonic_norm(l, abs(m)) / harmonic_norm(l - 1, abs(lower_m))
            )

    for m in range(l + 1):
        down = (l + m) * (l + m - 1) / 2.0
        add(2, m, m, l + m)
        if m == 0:
            add(0, 0, 1, -1.0)
            add(1, 0, -1, -1.0)
            continue
        add(2, -m, -m, l + m)
        # Real and imaginary parts of d/dx s = (2 down s_(m-1) - s_(m+1)) / 2 and
        # d/dy s = i (2 down s_(m-1) + s_(m+1)) / 2; s_(l-1)0 is real, so it has no sine part.
        add(0, m, m - 1, down)
        add(0, m, m + 1, -0.5)
        add(0, -m, -(m + 1), -0.5)
        add(1, m, -(m + 1), -0.5)
        add(1, -m, m - 1, down)
        add(1, -m, m + 1, 0.5)
        if m > 1:
            add(0, -m, -(m - 1), down)
            add(1, m, -(m - 1), -down)
    return matrix


def solid_harmonic_gradients(harmonics: list[Tensor]) -> list[Tensor]:
    """[dS_0, ..., dS_lmax], dS_l of shape (..., 3, 2l+1) in x, y, z order, from what `solid_harmonics` returned."""
    gradients = [torch.zeros_like(harmonics[0]).unsqueeze(-2).repeat_interleave(3, dim=-2)]
    for l in range(1, len(harmonics)):
        lower = harmonics[l - 1]
        matrix = torch.as_tensor(gradient_matrix(l), dtype=lower.dtype, device=lower.device)
        flat = lower @ matrix.permute(1, 0, 2).reshape(2 * l - 1, 3 * (2 * l + 1))
        gradients.append(flat.reshape(*lower.shape[:-1], 3, 2 * l + 1))
    return gradients
