"""Dipoles of a prediction and of what it is held against. About the centre of the nuclear charges, which matters for
ions only. There free atoms, neutral and round, have none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.density.density import Density
from core.density.moments import dipole_e_bohr
from core.units import E_BOHR_IN_DEBYE, E_BOHR_IN_MILLIDEBYE


@dataclass(frozen=True)
class Dipoles:
    """predicted, reference: lengths, debye. fitted_error_md, free_atoms_error_md: length of the difference to that of
    the reference, millidebye, of its fit (None without one) and of free atoms."""

    predicted_debye: float
    reference_debye: float
    fitted_error_md: float | None
    free_atoms_error_md: float

    @classmethod
    def of(cls, predicted: Density, difference_e_bohr: NDArray[np.float64], fitted: Density | None = None) -> "Dipoles":
        """difference: (3,) dipole of the prediction less that of the reference. fitted: the reference in the functions
        of the prediction."""
        molecule = predicted.molecule
        centre = molecule.atomic_numbers @ molecule.positions_bohr / molecule.atomic_numbers.sum()
        ours = dipole_e_bohr(predicted) - molecule.charge * centre
        theirs = ours - difference_e_bohr
        # They are neutral, whatever the charge of the molecule.
        free = dipole_e_bohr(Density.free_atoms(molecule, predicted.basis))
        of_fit = None if fitted is None else dipole_e_bohr(fitted) - molecule.charge * centre
        return cls(
            E_BOHR_IN_DEBYE * float(np.linalg.norm(ours)),
            E_BOHR_IN_DEBYE * float(np.linalg.norm(theirs)),
            None if of_fit is None else E_BOHR_IN_MILLIDEBYE * float(np.linalg.norm(of_fit - theirs)),
            E_BOHR_IN_MILLIDEBYE * float(np.linalg.norm(free - theirs)),
        )
