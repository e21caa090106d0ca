"""Dipoles of a prediction and of what it is held against. About the centre of the nuclear charges, which matters for
ions only. There free atoms, neutral and round, have none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.density.density import Density
from core.density.moments import dipole_e_bohr
from core.units import E_BOHR_IN_DEBYE


@dataclass(frozen=True)
class Dipoles:
    """Lengths, debye."""

    predicted_debye: float
    reference_debye: float

    @classmethod
    def of(cls, predicted: Density, difference_e_bohr: NDArray[np.float64]) -> "Dipoles":
        """difference: (3,) dipole of the prediction less that of the reference."""
        molecule = predicted.molecule
        centre = molecule.atomic_numbers @ molecule.positions_bohr / molecule.atomic_numbers.sum()
        ours = dipole_e_bohr(predicted) - molecule.charge * centre
        theirs = ours - difference_e_bohr
        return cls(*(E_BOHR_IN_DEBYE * float(np.linalg.norm(dipole)) for dipole in (ours, theirs)))
