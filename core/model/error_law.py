"""From an atom's distance to the training set to the size of the error of its force. meV/angstrom.

|F - F_DFT| = a_z d^b_z times chance: a power law for each element z, and one distribution of chance for all, both
fitted to structures that were not trained on. With the distance of the element itself nothing else that is known
without DFT (size of the force, net force, neighbours' distances) helped; CHANGELOG.md has the figures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = (0.01, *(round(0.05 * k, 2) for k in range(1, 20)), 0.99)
# An element with fewer atoms to fit on shares the law of all elements like it: hydrogen, or not.
FEWEST_ATOMS = 30
# Errors below this, meV/angstrom, are as good as none; their logarithm must not rule the fit.
NOISE_MEV_PER_ANGSTROM = 1.0
# Farther than this many times the distance of all but one in a hundred of the fitted atoms is unlike them.
BEYOND = 1.5
# Never closer than this: one is the distance of a training atom from its own kind.
LEAST_FURTHEST = 2.0


@dataclass(frozen=True)
class ErrorLaw:
    """coefficients: by atomic number (log a, b). furthest: by atomic number, the distance up to which the law holds.
    factors: quantiles of chance at LEVELS. Frozen; `quantile` is what it is for."""

    coefficients: dict[int, tuple[float, float]]
    furthest: dict[int, float]
    factors: tuple[float, ...]

    @classmethod
    def fitted(cls, atomic_numbers: NDArray[np.int64], distances: Array, errors: Array, known: set[int]) -> "ErrorLaw":
        """From atoms that were not trained on, each (n,); distances must be numbers. known: elements it is to serve.

        Raises ValueError without atoms.
        """
        if not len(errors):
            raise ValueError("no atoms to fit the law of errors on")
        coefficients, furthest = {}, {}
        for z in sorted(known):
            own = atomic_numbers == z
            if own.sum() < FEWEST_ATOMS:
                own = (atomic_numbers == 1) == (z == 1)
            if own.sum() < FEWEST_ATOMS:
                own = np.ones(len(errors), dtype=bool)
            coefficients[z] = _power_law(distances[own], errors[own])
            furthest[z] = max(LEAST_FURTHEST, BEYOND * float(np.quantile(distances[own], 0.99)))
        chance = errors / _scales(coefficients, atomic_numbers, distances)
        return cls(coefficients, furthest, tuple(np.quantile(chance, LEVELS).tolist()))

    def quantile(self, atomic_numbers: NDArray[np.int64], distances: Array, level: float) -> Array:
        """(n_atoms,) the error that a share `level` of such atoms stays below; NaN where the distance is not known."""
        factor = float(np.interp(level, LEVELS, self.factors))
        return factor * _scales(self.coefficients, atomic_numbers, distances)

    def root_mean_square(self, atomic_numbers: NDArray[np.int64], distances: Array) -> Array:
        """(n_atoms,) root of the mean square of the error of such atoms; NaN where the distance is not known.

        The quantiles are joined by lines; of the one atom in a hundred beyond the last none counts for more than it.
        """
        at, factors = np.array([0.0, *LEVELS, 1.0]), np.array([0.0, *self.factors, self.factors[-1]])
        a, b = factors[:-1], factors[1:]
        factor = float(np.sqrt(np.diff(at) @ (a * a + a * b + b * b) / 3.0))
        return factor * _scales(self.coefficients, atomic_numbers, distances)

    def beyond(self, atomic_numbers: NDArray[np.int64], distances: Array) -> NDArray[np.bool_]:
        """(n_atoms,) whether an atom is farther from training than those the law was fitted on."""
        limits = np.array([self.furthest.get(z, np.inf) for z in atomic_numbers.tolist()])
        return distances > limits

    def to_json(self) -> dict:
        return {
            "coefficients": {str(z): list(pair) for z, pair in self.coefficients.items()},
            "furthest": {str(z): value for z, value in self.furthest.items()},
            "levels": list(LEVELS),
            "factors": list(self.factors),
        }

    @classmethod
    def from_json(cls, payload: dict) -> "ErrorLaw":
        """Raises ValueError where the levels are others."""
        if tuple(payload["levels"]) != LEVELS:
            raise ValueError("other levels of the quantiles")
        return cls(
            {int(z): (float(pair[0]), float(pair[1])) for z, pair in payload["coefficients"].items()},
            {int(z): float(value) for z, value in payload["furthest"].items()},
            tuple(float(factor) for factor in payload["factors"]),
        )


def _power_law(distances: Array, errors: Array) -> tuple[float, float]:
    """(log a, b) by least squares of the logarithms; b not below 0: farther is never better."""
    x, y = np.log(distances), np.log(np.maximum(errors, NOISE_MEV_PER_ANGSTROM))
    centred = x - x.mean()
    spread = float(centred @ centred)
    b = max(float(centred @ y) / spread, 0.0) if spread > 1e-12 else 0.0
    return float(y.mean() - b * x.mean()), b


def _scales(coefficients: dict[int, tuple[float, float]], atomic_numbers: NDArray[np.int64], distances: Array) -> Array:
    result = np.full(len(atomic_numbers), np.nan)
    for z, (a, b) in coefficients.items():
        own = atomic_numbers == z
        result[own] = np.exp(a + b * np.log(distances[own]))
    return result
