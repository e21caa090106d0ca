"""Output coordinates of the network: per element and l, coefficients whitened in the loss metric and rotated to the
principal components of the training set, each scaled to unit variance.

c[k, m] = sum_p z[p, m] T_l[p, k] + offset_l[k] (the offset only for l = 0, where a mean is invariant).
Both orders are that of `core.gaussian.basis`: l, then exponent (or component), then m.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.gaussian.basis import AuxiliaryBasis, ElementBasis

# Components of smaller standard deviation, relative to the largest of their l, keep this one: they carry no signal
# and would only be divided by rounding.
SMALLEST_DEVIATION = 1e-4
# Of an element with so few training atoms the components that show no signal yet may have one: their share is larger.
FEW_ATOMS = 300


@dataclass(frozen=True, eq=False)
class ElementCoordinates:
    """transforms[l]: (n_exponents, n_exponents), rows are components; offset: (n_exponents of l=0,)."""

    transforms: tuple[NDArray[np.float64], ...]
    offset: NDArray[np.float64]

    def matrix(self) -> NDArray[np.float64]:
        """(n_functions, n_functions) A with c = A z + b for one atom."""
        sizes = [len(t) * (2 * l + 1) for l, t in enumerate(self.transforms)]
        full = np.zeros((sum(sizes), sum(sizes)))
        start = 0
        for l, (transform, size) in enumerate(zip(self.transforms, sizes, strict=True)):
            full[start : start + size, start : start + size] = np.kron(transform.T, np.eye(2 * l + 1))
            start += size
        return full

    def shift(self) -> NDArray[np.float64]:
        """(n_functions,) b with c = A z + b for one atom."""
        b = np.zeros(sum(len(t) * (2 * l + 1) for l, t in enumerate(self.transforms)))
        b[: self.offset.size] = self.offset
        return b


def fit_element(
    element: ElementBasis, coefficients: NDArray[np.float64], metric: NDArray[np.float64]
) -> ElementCoordinates:
    """Coordinates from training coefficients (n_atoms, n_functions) and the on-site loss metric of one atom
    (n_functions, n_functions), which must be rotationally invariant: one block per l, the same for every m."""
    transforms, offset = [], np.zeros(len(element.exponents[0]))
    for l, columns in enumerate(element.l_slices):
        n = len(element.exponents[l])
        block = metric[columns, columns].reshape(n, 2 * l + 1, n, 2 * l + 1)[:, 0, :, 0]
        values = coefficients[:, columns].reshape(-1, n, 2 * l + 1)
        if l == 0:
            offset = values[:, :, 0].mean(0)
            values = values - offset[None, :, None]
        root = np.linalg.cholesky(block)
        whitened = np.einsum("kp,akm->pam", root, values).reshape(n, -1)
        variance, components = np.linalg.eigh(whitened @ whitened.T / max(whitened.shape[1], 1))
        deviation = np.sqrt(np.clip(variance[::-1], 0.0, None))
        smallest = SMALLEST_DEVIATION * (1.0 + FEW_ATOMS / len(coefficients))
        deviation = np.maximum(deviation, smallest * deviation[0] + 1e-12)
        # whitened = root^T c, so c = root^-T (components deviation z).
        transforms.append(np.linalg.solve(root.T, components[:, ::-1] * deviation).T.copy())
    return ElementCoordinates(tuple(transforms), offset)


@dataclass(frozen=True, eq=False)
class OutputCoordinates:
    """ElementCoordinates by atomic number, for one auxiliary basis."""

    basis: AuxiliaryBasis
    elements: dict[int, ElementCoordinates]

    def to_coefficients(self, atomic_numbers: NDArray[np.int64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n_functions,) coefficients of a molecule from its output coordinates (n_functions,), atom by atom."""
        offsets = self.basis.atom_offsets(atomic_numbers)
        parts = []
        for atom, number in enumerate(atomic_numbers.tolist()):
            element = self.elements[number]
            parts.append(element.matrix() @ z[offsets[atom] : offsets[atom + 1]] + element.shift())
        return np.concatenate(parts)

    def to_tensors(self) -> dict[str, NDArray[np.float64]]:
        """Flat arrays for a weights file; `from_tensors` reads them back."""
        tensors = {}
        for z, element in self.elements.items():
            tensors[f"coordinates.{z}.offset"] = element.offset
            for l, transform in enumerate(element.transforms):
                tensors[f"coordinates.{z}.{l}"] = transform
        return tensors

    @classmethod
    def from_tensors(cls, basis: AuxiliaryBasis, tensors: dict[str, NDArray[np.float64]]) -> "OutputCoordinates":
        numbers = sorted({int(name.split(".")[1]) for name in tensors if name.startswith("coordinates.")})
        elements = {}
        for z in numbers:
            transforms = tuple(tensors[f"coordinates.{z}.{l}"] for l in range(basis.element(z).l_max + 1))
            elements[z] = ElementCoordinates(transforms, tensors[f"coordinates.{z}.offset"])
        return cls(basis, elements)
