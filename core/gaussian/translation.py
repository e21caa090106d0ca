"""Addition theorems of real solid harmonics: S_l(a + b) from products of S_j(a) and S_(l-j)(b), and of irregular ones.

For R_lm = sqrt(4pi/(2l+1)) r^l Y_lm with complex Y_lm (Condon-Shortley sign),
R_lm(a+b) = sum_(j,k) sqrt[C(l+m, j+k) C(l-m, j-k)] R_jk(a) R_(l-j)(m-k)(b)
(Caola, J. Phys. A 11, L23, 1978; Helgaker et al., 2000, section 9.13). Brought to the real harmonics of
`core.gaussian.harmonics`, it makes a sum over pairs separable: what depends on one point,
times what depends on the other.

Of the irregular I_lm = R_lm / r^(2l+1), for |r| < |d| (Helgaker et al., same section),
I_lm(d+r) = sum_jk (-1)^j sqrt[C(l+j+m+k, l+m) C(l+j-m-k, l-m)] R*_jk(r) I_(l+j)(m+k)(d).

Moments and local coefficients stand in rows of degree l ascending, m = -l..l: (l_max+1)^2 of them.
"""

import math
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.gaussian.harmonics import solid_harmonics


def racah(l: int) -> float:
    """sqrt(4pi/(2l+1)): Racah-normalised R_lm = racah(l) S_lm, so that R_l(r).R_l(r) = r^2l."""
    return math.sqrt(4.0 * math.pi / (2 * l + 1))


@cache
def real_from_complex(l: int) -> NDArray[np.complex128]:
    """U (2l+1, 2l+1), unitary, with Y_real = U Y_complex; both ordered m = -l..l."""
    matrix = np.zeros((2 * l + 1, 2 * l + 1), dtype=np.complex128)
    matrix[l, l] = 1.0
    for m in range(1, l + 1):
        sign = (-1.0) ** m
        matrix[l + m, l + m], matrix[l + m, l - m] = sign / math.sqrt(2.0), 1.0 / math.sqrt(2.0)
        matrix[l - m, l + m], matrix[l - m, l - m] = -1j * sign / math.sqrt(2.0), 1j / math.sqrt(2.0)
    return matrix


@cache
def translation_tensor(l: int, j: int) -> NDArray[np.float64]:
    """C of shape (2l+1, 2j+1, 2(l-j)+1): S_l(a+b) = sum over j = 0..l of C S_j(a) S_(l-j)(b)."""
    return _racah_tensor(l, j) * (racah(j) * racah(l - j) / racah(l))


@cache
def _racah_tensor(l: int, j: int) -> NDArray[np.float64]:
    """`translation_tensor` of R_l in place of S_l."""
    rest = l - j
    tensor = np.zeros((2 * l + 1, 2 * j + 1, 2 * rest + 1), dtype=np.complex128)
    for m in range(-l, l + 1):
        for k in range(-j, j + 1):
            if abs(m - k) <= rest:
                weight = math.comb(l + m, j + k) * math.comb(l - m, j - k)
                tensor[l + m, j + k, rest + m - k] = math.sqrt(weight)
    first, second = real_from_complex(j).conj(), real_from_complex(rest).conj()
    real = np.einsum("am,mkn,bk,cn->abc", real_from_complex(l), tensor, first, second, optimize=True).real
    return np.ascontiguousarray(real)


@cache
def _irregular_tensor(l: int, j: int) -> NDArray[np.float64]:
    """T of shape (2l+1, 2j+1, 2(l+j)+1): I_l(d+r) = sum over j of T R_j(r) I_(l+j)(d), Racah-normalised, |r| < |d|."""
    both = l + j
    tensor = np.zeros((2 * l + 1, 2 * j + 1, 2 * both + 1))
    for m in range(-l, l + 1):
        for k in range(-j, j + 1):
            weight = math.comb(both + m + k, l + m) * math.comb(both - m - k, l - m)
            tensor[l + m, j + k, both + m + k] = (-1.0) ** j * math.sqrt(weight)
    first, second, third = real_from_complex(l), real_from_complex(j), real_from_complex(both).conj()
    return np.ascontiguousarray(np.einsum("am,mkn,bk,cn->abc", first, tensor, second, third, optimize=True).real)


def racah_harmonics(l_max: int, vectors: Tensor) -> Tensor:
    """(n, (l_max+1)^2) R_lm at `vectors` (n, 3)."""
    return torch.cat([racah(l) * values for l, values in enumerate(solid_harmonics(l_max, vectors))], dim=-1)


def regular_translation(l_max: int, j_max: int, shifts: Tensor) -> Tensor:
    """(n, (l_max+1)^2, (j_max+1)^2): R_l(shift + r) = sum_j of it R_j(r), for each of `shifts` (n, 3).

    It takes moments about one point to those about another from which the first is `shift` away.
    """
    harmonics = racah_harmonics(l_max, shifts)
    matrix = shifts.new_zeros(len(shifts), (l_max + 1) ** 2, (j_max + 1) ** 2)
    for l in range(l_max + 1):
        for j in range(min(l, j_max) + 1):
            tensor = torch.as_tensor(_racah_tensor(l, j), dtype=shifts.dtype, device=shifts.device)
            part = harmonics[:, (l - j) ** 2 : (l - j + 1) ** 2]
            matrix[:, l**2 : (l + 1) ** 2, j**2 : (j + 1) ** 2] = (part @ tensor.flatten(0, 1).T).unflatten(
                1, tensor.shape[:2]
            )
    return matrix


def irregular_translation(l_max: int, j_max: int, steps: Tensor) -> Tensor:
    """(n, (l_max+1)^2, (j_max+1)^2): I_l(step + r) = sum_j of it R_j(r), for each of `steps` (n, 3) longer than r."""
    harmonics = racah_harmonics(l_max + j_max, steps)
    distance = steps.norm(dim=-1, keepdim=True)
    matrix = steps.new_zeros(len(steps), (l_max + 1) ** 2, (j_max + 1) ** 2)
    for l in range(l_max + 1):
        for j in range(j_max + 1):
            tensor = torch.as_tensor(_irregular_tensor(l, j), dtype=steps.dtype, device=steps.device)
            part = harmonics[:, (l + j) ** 2 : (l + j + 1) ** 2] / distance ** (2 * (l + j) + 1)
            matrix[:, l**2 : (l + 1) ** 2, j**2 : (j + 1) ** 2] = (part @ tensor.flatten(0, 1).T).unflatten(
                1, tensor.shape[:2]
            )
    return matrix
