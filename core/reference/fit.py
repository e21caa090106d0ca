"""Force-exact fit: Record -> Density.

Minimises the Coulomb self-energy of the error, plus a small on-site penalty on the learned part, subject to
(i) the electron count and (ii) the Hellmann-Feynman force on every nucleus being the analytic force of the same
calculation (DESIGN: "the force-exact density"). One symmetric linear system with Lagrange multipliers.
"""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from core.density.density import Density
from core.errors import CalculationError
from core.forces.hellmann_feynman import force_matrix, free_atom_forces
from core.gaussian.basis import AuxiliaryBasis
from core.reference.auxiliary import (
    coulomb_matrix,
    coulomb_with_free_atoms,
    coulomb_with_orbitals,
    free_atom_electrons,
    function_charges,
)
from core.reference.orbital_density import OrbitalDensity
from core.reference.record import Record

REGULARISATION = 1e-6


@dataclass(frozen=True)
class FitOptions:
    """regularisation: weight of the on-site Coulomb norm of the learned coefficients. constrain_*: which hold."""

    regularisation: float = REGULARISATION
    constrain_electrons: bool = True
    constrain_forces: bool = True


def onsite_part(matrix: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """`matrix` with everything between different atoms set to zero."""
    kept = np.zeros_like(matrix)
    for start, stop in zip(offsets[:-1], offsets[1:], strict=True):
        kept[start:stop, start:stop] = matrix[start:stop, start:stop]
    return kept


def fit(record: Record, basis: AuxiliaryBasis, options: FitOptions | None = None) -> Density:
    """The force-exact density of a calculation in `basis`. Raises as `fit_orbitals`."""
    source = f"fit to {record.level.label}"
    return fit_orbitals(OrbitalDensity.of(record), record.forces_hartree_per_bohr, basis, options, source)


def fit_orbitals(
    orbitals: OrbitalDensity,
    forces_hartree_per_bohr: NDArray[np.float64] | None,
    basis: AuxiliaryBasis,
    options: FitOptions | None = None,
    source: str = "fit",
) -> Density:
    """The density of `orbitals` in `basis`, with these forces (n_atoms, 3); None where they are not known, and then
    only the electron count constrains it.

    Raises UnsupportedElementError, and CalculationError where the system is singular (functions that repeat
    each other).
    """
    options = options or FitOptions()
    molecule = orbitals.molecule
    metric = coulomb_matrix(molecule, basis)
    right = coulomb_with_orbitals(molecule, basis, orbitals.mol, orbitals.matrix)
    right -= coulomb_with_free_atoms(molecule, basis)
    metric += options.regularisation * onsite_part(metric, basis.atom_offsets(molecule.atomic_numbers))
    rows, targets = [], []
    if options.constrain_electrons:
        rows.append(function_charges(molecule, basis)[None])
        targets.append(np.array([molecule.electrons - free_atom_electrons(molecule, basis)]))
    if options.constrain_forces and forces_hartree_per_bohr is not None:
        rows.append(force_matrix(molecule, basis))
        targets.append((forces_hartree_per_bohr - free_atom_forces(molecule, basis)).reshape(-1))
    try:
        factor = scipy.linalg.cho_factor(metric, lower=True, overwrite_a=True, check_finite=False)
        coefficients = scipy.linalg.cho_solve(factor, right, check_finite=False)
        if rows:
            constraints, wanted = np.concatenate(rows), np.concatenate(targets)
            responses = scipy.linalg.cho_solve(factor, constraints.T, check_finite=False)
            # Twice: the second pass removes the rounding of the first.
            for _ in range(2):
                missing = wanted - constraints @ coefficients
                coefficients += responses @ scipy.linalg.lstsq(constraints @ responses, missing)[0]
    except np.linalg.LinAlgError as error:
        raise CalculationError(
            f"The fit in the auxiliary basis {basis.name} is singular: {error}.",
            "Raise the regularisation, or space the exponents more widely.",
        ) from error
    return Density(molecule, basis, coefficients, source)
