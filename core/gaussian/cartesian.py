"""Solid harmonics as polynomials in x, y, z: on a uniform grid a Gaussian shell is then a sum of outer products."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.gaussian.harmonics import harmonic_norm


def _times(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Product of two homogeneous polynomials P[i, j] x^i y^j z^(l-i-j)."""
    degree = len(first) + len(second) - 2
    product = np.zeros((degree + 1, degree + 1))
    for i, j in zip(*np.nonzero(first), strict=True):
        product[i : i + len(second), j : j + len(second)] += first[i, j] * second
    return product


_X = np.array([[0.0, 0.0], [1.0, 0.0]])
_Y = np.array([[0.0, 1.0], [0.0, 0.0]])
_Z = np.array([[1.0, 0.0], [0.0, 0.0]])
_R2 = _times(_X, _X) + _times(_Y, _Y) + _times(_Z, _Z)


@cache
def cartesian_coefficients(l: int) -> NDArray[np.float64]:
    """C of shape (2l+1, l+1, l+1): S_lm = sum over i + j <= l of C[m, i, j] x^i y^j z^(l-i-j), m = -l..l.

    By the recursions of `core.gaussian.harmonics`.
    """
    result = np.zeros((2 * l + 1, l + 1, l + 1))
    cosine, sine = np.ones((1, 1)), np.zeros((1, 1))
    double_factorial = 1.0
    for m in range(l + 1):
        lower, polynomial = np.zeros((0, 0)), np.full((1, 1), double_factorial)
        for degree in range(m + 1, l + 1):
            raised = (2 * degree - 1) * _times(_Z, polynomial)
            if lower.size:
                raised -= (degree + m - 1) * _times(_R2, lower)
            lower, polynomial = polynomial, raised / (degree - m)
        result[l + m] = harmonic_norm(l, m) * _times(polynomial, cosine)
        if m:
            result[l - m] = harmonic_norm(l, m) * _times(polynomial, sine)
        cosine, sine = _times(_X, cosine) - _times(_Y, sine), _times(_X, sine) + _times(_Y, cosine)
        double_factorial *= 2 * m + 1
    return result
