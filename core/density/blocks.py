"""A Density as tensors, element by element: what every evaluation walks over. Bohr; any float type and device."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.density.density import Density


@dataclass(frozen=True)
class Shells:
    """All primitives of one l on the atoms of one element.

    exponents: (K,) bohr^-2, float64. coefficients: (n_atoms_of_element, K, 2l+1), of PySCF-normalised functions.
    """

    l: int
    exponents: NDArray[np.float64]
    coefficients: Tensor


@dataclass(frozen=True)
class ElementBlock:
    """The atoms of one element: their indices in the molecule (n,) and their shells, l ascending.

    The free atom is there as further s primitives, after the learned ones.
    """

    atomic_number: int
    atoms: Tensor
    shells: tuple[Shells, ...]

    @property
    def l_max(self) -> int:
        return self.shells[-1].l


def element_blocks(
    density: Density, *, dtype: torch.dtype = torch.float64, device: str | torch.device = "cpu"
) -> list[ElementBlock]:
    """Blocks of all elements of the density, by ascending atomic number."""
    numbers = density.molecule.atomic_numbers
    offsets = density.basis.atom_offsets(numbers)
    blocks = []
    for number in np.unique(numbers).tolist():
        element = density.basis.element(number)
        atoms = np.flatnonzero(numbers == number)
        values = density.coefficients[offsets[atoms][:, None] + np.arange(element.n_functions)]
        shells = []
        for l, (exponents, columns) in enumerate(zip(element.exponents, element.l_slices, strict=True)):
            coefficients = values[:, columns].reshape(len(atoms), len(exponents), 2 * l + 1)
            if l == 0:
                free = np.broadcast_to(element.free_coefficients, (len(atoms), len(element.free_coefficients)))
                exponents = (*exponents, *element.free_exponents)
                coefficients = np.concatenate([coefficients, free[:, :, None]], axis=1)
            if exponents:
                tensor = torch.as_tensor(coefficients, dtype=dtype, device=device)
                shells.append(Shells(l, np.array(exponents), tensor))
        blocks.append(ElementBlock(number, torch.as_tensor(atoms, device=device), tuple(shells)))
    return blocks
