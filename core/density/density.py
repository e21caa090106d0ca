"""Density: the one object that both DFT and the network produce, and that every picture is a function of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.errors import BasisError
from core.gaussian.basis import AuxiliaryBasis


@dataclass(frozen=True, eq=False)
class Density:
    """Free atoms plus learned (or fitted) Gaussians.

    coefficients: (n_functions,) float64 in the order of `core.gaussian.basis`; zeros give the superposition
    of free atoms. source: a few words on where it comes from ("model water-1", "fit to PBE0/pcseg-2").
    """

    molecule: Molecule
    basis: AuxiliaryBasis
    coefficients: NDArray[np.float64]
    source: str = ""

    def __post_init__(self) -> None:
        coefficients = np.array(self.coefficients, dtype=np.float64)
        expected = self.basis.n_functions(self.molecule.atomic_numbers)
        if coefficients.shape != (expected,):
            raise BasisError(
                f"{coefficients.shape} coefficients for {expected} functions of {self.basis.name}.",
                "Use coefficients that were made for this structure and this auxiliary basis.",
            )
        coefficients.setflags(write=False)
        object.__setattr__(self, "coefficients", coefficients)

    @classmethod
    def free_atoms(cls, molecule: Molecule, basis: AuxiliaryBasis) -> "Density":
        """The superposition of free atoms (SAD)."""
        return cls(molecule, basis, np.zeros(basis.n_functions(molecule.atomic_numbers)), "free atoms")
