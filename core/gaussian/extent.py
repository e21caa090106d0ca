"""How far a Gaussian function reaches: the distance beyond which it is smaller than a threshold everywhere."""

import numpy as np
from numpy.typing import NDArray


def extents(
    l: int, exponents: NDArray[np.float64], amplitudes: NDArray[np.float64], threshold: float
) -> NDArray[np.float64]:
    """Distance in bohr where amplitude r^l exp(-a r^2), falling, meets `threshold`; 0 where it never reaches it.

    amplitudes: (..., K), of the functions with `exponents` (K,).
    """
    a = np.broadcast_to(np.asarray(exponents, dtype=np.float64), np.shape(amplitudes))
    peak = np.sqrt(l / (2.0 * a))
    with np.errstate(divide="ignore"):
        logarithm = np.log(np.abs(amplitudes)) - np.log(threshold)
    # r^2 = (logarithm + l ln r) / a, a contraction beyond the peak: start outside the answer and step inwards.
    radius = np.sqrt((np.maximum(logarithm, 0.0) + 8.0 * (l + 1)) / a) + peak
    for _ in range(30):
        square = (logarithm + l * np.log(np.maximum(radius, 1e-300))) / a
        radius = np.maximum(np.sqrt(np.maximum(square, 0.0)), peak)
    height = logarithm + (l * np.log(np.maximum(peak, 1e-300)) if l else 0.0) - a * peak**2
    return np.where(height > 0.0, radius, 0.0)
