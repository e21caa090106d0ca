"""Figures of merit of a density against a DFT record, under the names of DESIGN section 6."""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.moments import dipole_e_bohr
from core.density.rotation import rotate_coefficients
from core.gaussian.evaluate import densities_at_points
from core.model.checkpoint import TrainedModel
from core.model.predict import Prediction, predict_density
from core.reference.fit import fit
from core.reference.orbital_density import OrbitalDensity
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.units import E_BOHR_IN_MILLIDEBYE, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


@dataclass(frozen=True)
class Figures:
    """A prediction against another density of the same structure.

    eps_ks, eps_floor, eps_sad: 100 integral |rho - rho_KS| / N for the prediction, the fit in the same basis, and the
    superposition of free atoms, percent. force_*: Hellmann-Feynman force of the prediction against the analytic DFT
    force, mean and largest component. dipole_error_md: length of the difference, millidebye.
    equivariance_residual: rotate, predict, rotate back, relative L2 difference (None without a model).
    The floor and the forces are None where they are not known.
    """

    eps_ks: float
    eps_floor: float | None
    eps_sad: float
    force_mae_mev_per_angstrom: float | None
    force_max_mev_per_angstrom: float | None
    dipole_error_md: float
    equivariance_residual: float | None

    def to_json(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Comparison(Figures):
    """Figures against a DFT calculation of ours, all of them known."""

    eps_floor: float
    force_mae_mev_per_angstrom: float
    force_max_mev_per_angstrom: float


@dataclass(frozen=True, eq=False)
class ValuesOnGrid:
    """(n_points,) of the prediction, of free atoms and of the floor (None without one) at the points of a grid."""

    predicted: NDArray[np.float64]
    free_atoms: NDArray[np.float64]
    fitted: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, predicted: Density, fitted: Density | None, grid: ReferenceGrid) -> "ValuesOnGrid":
        free = Density.free_atoms(predicted.molecule, predicted.basis)
        known = [predicted, free] if fitted is None else [predicted, free, fitted]
        return cls(*densities_at_points(known, grid.points_bohr))


def equivariance_residual(
    molecule: Molecule,
    model: TrainedModel,
    *,
    dtype: torch.dtype = torch.float32,
    seed: int = 0,
    reflect: bool = False,
) -> float:
    """Relative L2 difference between the coefficients of a turned molecule, turned back, and those of the molecule."""
    matrix = Rotation.random(random_state=seed).as_matrix() * (-1.0 if reflect else 1.0)
    centre = molecule.positions_angstrom.mean(0)
    turned = Molecule(molecule.atomic_numbers, (molecule.positions_angstrom - centre) @ matrix.T, molecule.charge)
    here = predict_density(molecule, model, dtype=dtype).coefficients
    there = predict_density(turned, model, dtype=dtype)
    back = rotate_coefficients(there, matrix.T).coefficients
    return float(np.linalg.norm(back - here) / np.linalg.norm(here))


def compare_with_reference(
    prediction: Prediction,
    record: Record,
    *,
    model: TrainedModel | None = None,
    fitted: Density | None = None,
    grid: ReferenceGrid | None = None,
) -> Comparison:
    """All figures of one structure. fitted: the force-exact fit of `record`; grid: with its density; both are made here
    where they are not given."""
    basis = prediction.density.basis
    fitted = fitted or fit(record, basis)
    orbitals = OrbitalDensity.of(record)
    grid = grid or ReferenceGrid.of(orbitals)
    values = ValuesOnGrid.of(prediction.density, fitted, grid)
    dipole = dipole_e_bohr(prediction.density) - orbitals.dipole_e_bohr()
    found = figures(prediction, grid, values, dipole, record.forces_hartree_per_bohr, model)
    return Comparison(**found.to_json())


def figures(
    prediction: Prediction,
    grid: ReferenceGrid,
    values: ValuesOnGrid,
    dipole_difference_e_bohr: NDArray[np.float64],
    forces_hartree_per_bohr: NDArray[np.float64] | None,
    model: TrainedModel | None,
) -> Figures:
    """grid: with the density it is held against. forces: (n_atoms, 3) of that, where they are known."""
    errors = None
    if forces_hartree_per_bohr is not None:
        difference = prediction.forces_hartree_per_bohr - forces_hartree_per_bohr
        errors = abs(difference) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    return Figures(
        eps_ks=grid.error_of_values_percent(values.predicted),
        eps_floor=None if values.fitted is None else grid.error_of_values_percent(values.fitted),
        eps_sad=grid.error_of_values_percent(values.free_atoms),
        force_mae_mev_per_angstrom=None if errors is None else float(errors.mean()),
        force_max_mev_per_angstrom=None if errors is None else float(errors.max()),
        dipole_error_md=float(np.linalg.norm(dipole_difference_e_bohr)) * E_BOHR_IN_MILLIDEBYE,
        equivariance_residual=None if model is None else equivariance_residual(prediction.density.molecule, model),
    )
