"""How far an atom is from those of training: Mahalanobis distance of its invariants, element by element."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Fewer atoms of an element than this give no covariance worth having.
FEWEST_ATOMS = 10
# An invariant that hardly varies in training, relative to the median of all, is taken to vary by this much.
SMALLEST_DEVIATION = 1e-3


def shrunk_covariance(x: Array) -> Array:
    """(d, d) covariance of centred samples (n, d), drawn towards a multiple of the unit matrix, more for fewer samples.

    Ledoit and Wolf, J. Multivar. Anal. 88, 365 (2004), lemma 3.2 to 3.5: no parameter, and never singular.
    """
    n, d = x.shape
    covariance = x.T @ x / n
    mean = np.trace(covariance) / d
    spread = float(np.square(covariance - mean * np.eye(d)).sum())
    noise = float((np.square(x).sum(axis=1) ** 2).sum() / n**2 - np.square(covariance).sum() / n)
    share = 1.0 if spread <= 0 else min(max(noise / spread, 0.0), 1.0)
    return (1.0 - share) * covariance + share * mean * np.eye(d)


@dataclass(frozen=True, eq=False)
class ElementFamiliarity:
    """mean: (d,). whitening: (d, d), lower triangle: distance = |whitening (x - mean)| / sqrt(d). atoms: how many it is
    made of."""

    mean: Array
    whitening: Array
    atoms: int

    @classmethod
    def fitted(cls, x: Array) -> "ElementFamiliarity":
        """From the invariants of training atoms, (n, d), n >= 2."""
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        deviation = np.maximum(deviation, SMALLEST_DEVIATION * np.median(deviation) + 1e-12)
        root = np.linalg.cholesky(shrunk_covariance((x - mean) / deviation))
        inverse = scipy.linalg.solve_triangular(root, np.diag(1.0 / deviation), lower=True)
        return cls(mean, inverse, len(x))

    def distances(self, x: Array) -> Array:
        """(n,), about 1 for an atom like those of training."""
        return np.linalg.norm((x - self.mean) @ self.whitening.T, axis=1) / np.sqrt(len(self.mean))


@dataclass(frozen=True, eq=False)
class Familiarity:
    """ElementFamiliarity by atomic number."""

    elements: dict[int, ElementFamiliarity]

    @classmethod
    def fitted(cls, atoms: Iterable[tuple[NDArray[np.int64], NDArray[np.float32]]]) -> "Familiarity":
        """From atomic numbers (n,) and invariants (n, d) of each training structure; rare elements are left out."""
        known: dict[int, list[NDArray[np.float32]]] = {}
        for numbers, x in atoms:
            for z in np.unique(numbers).tolist():
                known.setdefault(z, []).append(x[numbers == z])
        joined = {z: np.concatenate(parts).astype(np.float64) for z, parts in sorted(known.items())}
        return cls({z: ElementFamiliarity.fitted(x) for z, x in joined.items() if len(x) >= FEWEST_ATOMS})

    def distances(self, atomic_numbers: NDArray[np.int64], x: NDArray[np.float32]) -> Array:
        """(n_atoms,); NaN for elements not known here."""
        result = np.full(len(atomic_numbers), np.nan)
        for z, element in self.elements.items():
            own = atomic_numbers == z
            result[own] = element.distances(x[own].astype(np.float64))
        return result
