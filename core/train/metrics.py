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
from core.model.checkpoint import TrainedModel
from core.model.predict import Prediction, predict_density
from core.reference.calculation import build_mol
from core.reference.fit import fit
from core.reference.from_density import orbital_dipole_e_bohr
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.units import E_BOHR_IN_MILLIDEBYE, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


@dataclass(frozen=True)
class Comparison:
    """A prediction against the DFT calculation of the same structure.

    eps_ks, eps_floor, eps_sad: 100 integral |rho - rho_KS| / N for the prediction, the fit in the same basis, and the
    superposition of free atoms, percent. force_*: Hellmann-Feynman force of the prediction against the analytic DFT
    force, mean and largest component. dipole_error_md: length of the difference, millidebye.
    equivariance_residual: rotate, predict, rotate back, relative L2 difference (None without a model).
    """

    eps_ks: float
    eps_floor: float
    eps_sad: float
    force_mae_mev_per_angstrom: float
    force_max_mev_per_angstrom: float
    dipole_error_md: float
    equivariance_residual: float | None

    def to_json(self) -> dict:
        return asdict(self)


def reference_dipole_e_bohr(record: Record) -> NDArray[np.float64]:
    """(3,) dipole of nuclei and Kohn-Sham electrons about the origin of the coordinates."""
    orbitals = record.occupied_orbitals.astype(np.float64)
    return orbital_dipole_e_bohr(build_mol(record.molecule, record.level), 2.0 * orbitals @ orbitals.T)


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
    grid = grid or ReferenceGrid.of(record)
    difference = prediction.forces_hartree_per_bohr - record.forces_hartree_per_bohr
    errors = abs(difference) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    dipole = dipole_e_bohr(prediction.density) - reference_dipole_e_bohr(record)
    return Comparison(
        eps_ks=grid.error_percent(prediction.density),
        eps_floor=grid.error_percent(fitted),
        eps_sad=grid.error_percent(Density.free_atoms(record.molecule, basis)),
        force_mae_mev_per_angstrom=float(errors.mean()),
        force_max_mev_per_angstrom=float(errors.max()),
        dipole_error_md=float(np.linalg.norm(dipole)) * E_BOHR_IN_MILLIDEBYE,
        equivariance_residual=None if model is None else equivariance_residual(record.molecule, model),
    )
