"""Addition theorem of real solid harmonics: S_l(a + b) from products of S_j(a) and S_(l-j)(b).

For R_lm = sqrt(4pi/(2l+1)) r^l Y_lm with complex Y_lm (Condon-Shortley sign),
R_lm(a+b) = sum_(j,k) sqrt[C(l+m, j+k) C(l-m, j-k)] R_jk(a) R_(l-j)(m-k)(b)
(Caola, J. Phys. A 11, L23, 1978; Helgaker et al., 2000, section 9.13). Brought to the real harmonics of
`core.gaussian.harmonics`, it makes a sum over pairs separable: what depends on one point,
times what depends on the other.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray


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
    rest = l - j
    tensor = np.zeros((2 * l + 1, 2 * j + 1, 2 * rest + 1), dtype=np.complex128)
    for m in range(-l, l + 1):
        for k in range(-j, j + 1):
            if abs(m - k) <= rest:
                weight = math.comb(l + m, j + k) * math.comb(l - m, j - k)
                tensor[l + m, j + k, rest + m - k] = math.sqrt(weight)
    first, second = real_from_complex(j).conj(), real_from_complex(rest).conj()
    real = np.einsum("am,mkn,bk,cn->abc", real_from_complex(l), tensor, first, second, optimize=True).real
    return np.ascontiguousarray(real * racah(j) * racah(rest) / racah(l))
