"""All that is found where a prediction is held against another density of the same structure."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.moments import dipole_e_bohr
from core.errors import ResultError
from core.gaussian.basis import AuxiliaryBasis
from core.model.checkpoint import TrainedModel
from core.model.predict import Prediction
from core.reference.fit import fit_orbitals
from core.reference.orbital_density import OrbitalDensity
from core.reference.quadrature import ReferenceGrid
from core.train.anatomy import ErrorAnatomy, error_anatomy
from core.train.dipoles import Dipoles
from core.train.force_rungs import ForceRungs, force_rungs
from core.train.metrics import Figures, ValuesOnGrid, figures
from core.train.potential_error import PotentialErrors, potential_errors

Tell = Callable[[str], None]
# The metric of a fit is a square matrix of them: 0.6 GB, and twice that while it is solved.
MOST_FITTED_FUNCTIONS = 9000


@dataclass(frozen=True, eq=False)
class Findings:
    """rungs: None where the forces are not known. electrons_misplaced: half of the integral of |rho - rho_KS|, e.
    fitted: the other density in the functions of the model; None of a cube."""

    figures: Figures
    anatomy: ErrorAnatomy
    rungs: ForceRungs | None
    potential: PotentialErrors
    dipoles: Dipoles
    electrons_misplaced: float
    fitted: Density | None = None


def require_room_for_fit(molecule: Molecule, basis: AuxiliaryBasis) -> None:
    """Raises ResultError for a molecule that is too large to be fitted in `basis`."""
    needed = basis.n_functions(molecule.atomic_numbers)
    if needed > MOST_FITTED_FUNCTIONS:
        raise ResultError(
            f"{len(molecule)} atoms are too many: the floor of the comparison takes a fit in {needed:,} functions, and "
            f"{MOST_FITTED_FUNCTIONS:,} have room.",
            "Compare a part of the molecule, or give its density as a cube, which is not fitted.",
        )


def against_orbitals(
    prediction: Prediction,
    orbitals: OrbitalDensity,
    forces_hartree_per_bohr: NDArray[np.float64] | None,
    *,
    model: TrainedModel | None = None,
    progress: Tell = lambda text: None,
) -> Findings:
    """forces: (n_atoms, 3) of the calculation, None where they are not known. Raises CalculationError."""
    density, molecule = prediction.density, orbitals.molecule
    progress("Fitting the density in the functions of the model")
    fitted = fit_orbitals(orbitals, forces_hartree_per_bohr, density.basis)
    progress("Integrating the errors")
    grid = ReferenceGrid.of(orbitals)
    values = ValuesOnGrid.of(density, fitted, grid)
    dipole = dipole_e_bohr(density) - orbitals.dipole_e_bohr()
    found = figures(prediction, grid, values, dipole, forces_hartree_per_bohr, model)
    anatomy = error_anatomy(molecule, density.basis, values, grid)
    rungs = None
    if forces_hartree_per_bohr is not None:
        progress("Comparing the forces step by step")
        rungs = force_rungs(orbitals, forces_hartree_per_bohr, fitted, prediction.forces_hartree_per_bohr)
    progress("Comparing the potentials")
    misplaced = 0.5 * found.eps_ks / 100.0 * molecule.electrons
    potential, dipoles = potential_errors(orbitals, density, fitted), Dipoles.of(density, dipole, fitted)
    return Findings(found, anatomy, rungs, potential, dipoles, misplaced, fitted)
