"""Orbitals of a density, against PySCF's own matrices, and an SCF that starts there."""

import numpy as np
import pytest
from pyscf import dft

from core.chem.molecule import Molecule
from core.density.density import Density
from core.gaussian.basis import AuxiliaryBasis
from core.reference.calculation import build_mol, calculate, mean_field
from core.reference.fit import fit
from core.reference.from_density import field_matrix, one_shot
from core.reference.record import Record

WATER = Molecule(np.array([8, 1, 1]), np.array([[0.0, 0.0, 0.12], [0.0, 0.76, -0.47], [0.05, -0.77, -0.46]]))


@pytest.fixture(scope="module")
def record() -> Record:
    return calculate(WATER)


@pytest.fixture(scope="module")
def fitted(record: Record) -> Density:
    return fit(record, AuxiliaryBasis.load())


def test_the_field_is_that_of_pyscf_for_the_same_density(record: Record, fitted: Density) -> None:
    """PySCF makes it from orbitals and four-centre integrals, here it is integrated from the fit's functions."""
    mol = build_mol(WATER)
    orbitals = record.occupied_orbitals.astype(float)
    method = dft.RKS(mol, xc="PBE")
    theirs = method.get_hcore() + method.get_veff(dm=2.0 * orbitals @ orbitals.T)
    ours = field_matrix(fitted, mol, "PBE")
    assert np.abs(ours - ours.T).max() < 1e-10
    energies, expected = (method.eig(matrix, method.get_ovlp())[0] for matrix in (ours, theirs))
    assert energies[:5] == pytest.approx(expected[:5], abs=2e-4)
    assert np.abs(ours - theirs).max() < 3e-3


def test_one_diagonalisation_comes_near_the_converged_calculation(record: Record, fitted: Density) -> None:
    shot = one_shot(fitted, mean_field(build_mol(WATER)))
    orbitals = record.occupied_orbitals.astype(float)
    mol = build_mol(WATER)
    electrons = np.einsum("pq,qp", shot.density_matrix, mol.intor_symmetric("int1e_ovlp"))
    assert electrons == pytest.approx(10.0, abs=1e-8)
    # An energy of trial orbitals lies above the converged one, by the square of their error.
    assert 0.0 < shot.energy_hartree - record.energy_hartree < 3e-3
    # Eigenvalues are wrong to first order: these orbitals are of the semilocal functional.
    assert shot.homo_hartree == pytest.approx(record.provenance["homo_hartree"], abs=0.015)
    assert shot.lumo_hartree == pytest.approx(record.provenance["lumo_hartree"], abs=0.015)
    dipole = mean_field(mol).dip_moment(mol, 2.0 * orbitals @ orbitals.T, unit="AU", verbose=0)
    assert shot.dipole_e_bohr == pytest.approx(dipole, abs=0.02)
    free = one_shot(Density.free_atoms(WATER, fitted.basis), mean_field(mol))
    assert free.energy_hartree - record.energy_hartree > 5 * (shot.energy_hartree - record.energy_hartree)


def test_an_scf_from_there_ends_at_the_same_place_in_fewer_cycles(record: Record, fitted: Density) -> None:
    started = calculate(WATER, start=fitted, count_default=True)
    assert started.energy_hartree == pytest.approx(record.energy_hartree, abs=2e-8)
    assert started.gradient_hartree_per_bohr == pytest.approx(record.gradient_hartree_per_bohr, abs=2e-5)
    notes = started.provenance
    assert notes["default_coarse_cycles"] == record.provenance["coarse_cycles"]
    assert notes["coarse_cycles"] < notes["default_coarse_cycles"]
    assert notes["scf_cycles"] < record.provenance["scf_cycles"]
    assert set(notes["one_shot"]) == {"energy_hartree", "homo_hartree", "lumo_hartree", "dipole_e_bohr", "seconds"}
    assert "one_shot" not in record.provenance
