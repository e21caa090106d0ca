"""The force-exact fit, its matrices and its floors, against PySCF and exact constraints."""

import h5py
import numpy as np
import pytest
from pyscf import gto

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import ChargeError, DataError
from core.forces.hellmann_feynman import force_matrix, free_atom_forces
from core.forces.parts import nuclear_forces
from core.gaussian.basis import AuxiliaryBasis
from core.reference.auxiliary import (
    auxiliary_mol,
    coulomb_matrix,
    coulomb_with_free_atoms,
    coulomb_with_orbitals,
    free_atom_mol,
    function_charges,
    overlap_matrix,
)
from core.reference.calculation import build_mol, calculate
from core.reference.fit import FitOptions, fit
from core.reference.free_atom import fit_free_atom, free_atom_errors_percent
from core.reference.ladder import decontracted_jfit, orbital_forces
from core.reference.orbital_density import OrbitalDensity
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.reference.results import find_result, write_results
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

WATER = Molecule(np.array([8, 1, 1]), np.array([[0.0, 0.0, 0.12], [0.0, 0.76, -0.47], [0.03, -0.76, -0.48]]))


@pytest.fixture(scope="module")
def basis() -> AuxiliaryBasis:
    return AuxiliaryBasis.load()


@pytest.fixture(scope="module")
def record() -> Record:
    return calculate(WATER, name="water")


@pytest.fixture(scope="module")
def grid(record: Record) -> ReferenceGrid:
    return ReferenceGrid.of(record)


def forces_of(density: Density) -> np.ndarray:
    forces = free_atom_forces(density.molecule, density.basis).reshape(-1)
    return (forces + force_matrix(density.molecule, density.basis) @ density.coefficients).reshape(-1, 3)


def test_fit_has_the_forces_and_electrons_of_the_calculation(record, basis):
    fitted = fit(record, basis)
    difference = abs(forces_of(fitted) - record.forces_hartree_per_bohr).max()
    assert difference * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM < 0.1
    assert abs(function_charges(WATER, basis) @ fitted.coefficients) < 1e-6


def test_floor_is_below_the_bar_and_far_below_free_atoms(record, basis, grid):
    floor = grid.error_percent(fit(record, basis))
    assert floor < 0.15
    assert grid.error_percent(Density.free_atoms(WATER, basis)) > 50 * floor


def test_without_force_constraint_forces_are_off_and_density_hardly_better(record, basis, grid):
    free_fit = fit(record, basis, FitOptions(constrain_forces=False))
    difference = abs(forces_of(free_fit) - record.forces_hartree_per_bohr).max()
    assert difference * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM > 10.0
    gained = grid.error_percent(fit(record, basis)) - grid.error_percent(free_fit)
    assert 0.0 < gained < 0.03


def test_basis_without_free_atoms_is_fitted_too_and_less_well(record, grid):
    fitted = fit(record, decontracted_jfit(WATER), FitOptions(constrain_forces=False))
    assert 0.5 < grid.error_percent(fitted) < 1.2


def test_becke_grid_holds_all_electrons(grid):
    assert grid.weights @ grid.density == pytest.approx(10.0, abs=2e-3)


def test_charges_are_integrals_of_the_functions(basis, grid):
    unit = np.eye(basis.n_functions(WATER.atomic_numbers))[3]
    mol, order = auxiliary_mol(WATER, basis)
    values = mol.eval_gto("GTOval_sph", grid.points_bohr)[:, order] @ unit
    assert grid.weights @ values == pytest.approx(function_charges(WATER, basis)[3], rel=1e-4)


def test_matrices_are_symmetric_positive_and_ordered_as_the_basis(basis):
    overlap, coulomb = overlap_matrix(WATER, basis), coulomb_matrix(WATER, basis)
    np.testing.assert_allclose(np.diag(overlap), 1.0, atol=1e-12)
    for matrix in (overlap, coulomb):
        np.testing.assert_allclose(matrix, matrix.T, atol=1e-10)
        assert np.linalg.eigvalsh(matrix).min() > 0.0
    # Functions l=1 of oxygen run y, z, x: their dipole integrals say so.
    mol, order = auxiliary_mol(WATER, basis)
    element = basis.element(8)
    s, p = element.l_slices[0].start, element.l_slices[1].start
    with mol.with_common_orig(WATER.positions_bohr[0]):
        dipole = mol.intor("int1e_r", comp=3)[:, order][:, :, order]
    for m, axis in enumerate([1, 2, 0]):
        assert abs(dipole[axis, s, p + m]) > 1e-3
        assert max(abs(dipole[other, s, p + m]) for other in range(3) if other != axis) < 1e-12


def test_density_error_is_that_of_pyscf_evaluator(record, basis, grid):
    fitted = fit(record, basis)
    mol, order = auxiliary_mol(WATER, basis)
    free, free_coefficients = free_atom_mol(WATER, basis)
    values = mol.eval_gto("GTOval_sph", grid.points_bohr)[:, order] @ fitted.coefficients
    values += free.eval_gto("GTOval_sph", grid.points_bohr) @ free_coefficients
    assert grid.error_percent(fitted) == pytest.approx(grid.error_of_values_percent(values), abs=1e-9)


def test_projection_of_orbitals_is_that_of_three_centre_integrals(record, basis):
    mol = build_mol(WATER)
    learned, order = auxiliary_mol(WATER, basis)
    shells = (0, mol.nbas, 0, mol.nbas, mol.nbas, mol.nbas + learned.nbas)
    integrals = (mol + learned).intor("int3c2e", shls_slice=shells)
    occupied = record.occupied_orbitals.astype(float)
    expected = np.einsum("pqi,pa,qa->i", integrals, occupied, 2.0 * occupied)[order]
    found = coulomb_with_orbitals(WATER, basis, mol, 2.0 * occupied @ occupied.T, block_functions=37)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_projection_of_cartesian_orbitals_is_that_of_the_same_density_in_spherical_ones(basis):
    """Spherical orbitals written in Cartesian functions, which libcint does not mix with the spherical learned ones."""
    spherical = gto.M(atom=[(8, WATER.positions_bohr[0].tolist())], unit="Bohr", basis="cc-pvtz", verbose=0)
    cartesian = spherical.copy()
    cartesian.cart = True
    orbitals = np.random.default_rng(2).normal(size=(spherical.nao, 3))
    inside = spherical.cart2sph_coeff() @ orbitals
    expected = coulomb_with_orbitals(WATER, basis, spherical, orbitals @ orbitals.T)
    found = coulomb_with_orbitals(WATER, basis, cartesian, inside @ inside.T)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_projection_of_free_atoms_is_a_limit_of_point_charges(basis):
    # Ten bohr away a neutral spherical atom is its electron number at a point.
    far = Molecule(np.array([8, 1]), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 12.0]]))
    element = basis.element(1)
    start = int(basis.atom_offsets(far.atomic_numbers)[1])
    whole = coulomb_with_free_atoms(far, basis)[start]
    alone = coulomb_with_free_atoms(Molecule(np.array([1]), np.zeros((1, 3))), basis)[0]
    charge = function_charges(far, basis)[start]
    assert whole - alone == pytest.approx(8.0 * charge / far.positions_bohr[1, 2], rel=1e-6)
    assert element.exponents[0]


def test_hellmann_feynman_forces_of_orbitals_match_finite_difference_of_the_potential(record):
    mol = build_mol(WATER)
    forces = orbital_forces(mol, WATER, OrbitalDensity.of(record).matrix) - nuclear_forces(WATER)
    occupied = record.occupied_orbitals.astype(float)

    def attraction(point: np.ndarray) -> float:
        with mol.with_rinv_origin(point):
            return 2.0 * np.einsum("pi,pq,qi->", occupied, mol.intor("int1e_rinv"), occupied)

    for atom in range(3):
        for axis in range(3):
            step = np.zeros(3)
            step[axis] = 1e-4
            position = WATER.positions_bohr[atom]
            slope = (attraction(position + step) - attraction(position - step)) / 2e-4
            assert forces[atom, axis] == pytest.approx(WATER.atomic_numbers[atom] * slope, abs=2e-5)


def test_free_atoms_integrate_to_their_charge_and_match_the_atom(basis):
    exponents, coefficients = fit_free_atom("H")
    assert exponents == basis.element(1).free_exponents
    np.testing.assert_allclose(coefficients, basis.element(1).free_coefficients, rtol=0, atol=1e-7)
    assert max(free_atom_errors_percent(basis).values()) < 0.05


def test_open_shell_is_refused():
    with pytest.raises(ChargeError):
        build_mol(Molecule(np.array([8, 1]), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.97]])))


def test_stored_orbitals_hold_the_electrons(record):
    overlap = build_mol(WATER).intor("int1e_ovlp")
    occupied = record.occupied_orbitals.astype(float)
    np.testing.assert_allclose(occupied.T @ overlap @ occupied, np.eye(5), atol=1e-5)


def test_results_without_geometry_are_found_by_who_has_the_geometry(tmp_path, record):
    assert write_results(tmp_path / "bench.h5", [record]) == 1
    found = find_result(WATER, folder=tmp_path)
    np.testing.assert_array_equal(found.occupied_orbitals, record.occupied_orbitals)
    np.testing.assert_array_equal(found.gradient_hartree_per_bohr, record.gradient_hartree_per_bohr)
    moved = Molecule(WATER.atomic_numbers, WATER.positions_angstrom + 0.01)
    assert find_result(moved, folder=tmp_path) is None
    with h5py.File(tmp_path / "bench.h5") as file:
        names: list[str] = []
        file.visit(names.append)
    assert not any("position" in name for name in names)
    with pytest.raises(DataError):
        write_results(tmp_path / "bench.h5", [record])
