"""Hellmann-Feynman force map against PySCF's two-centre Coulomb integrals, finite differences and exact limits."""

import numpy as np
import pytest
from pyscf import gto

from core.chem.molecule import Molecule
from core.forces.hellmann_feynman import force_matrix, free_atom_forces
from tests.pyscf_functions import pyscf_functions, pyscf_potential_gradient, random_density, small_basis, waters


def nuclear_forces(molecule: Molecule) -> np.ndarray:
    charges, positions = molecule.atomic_numbers, molecule.positions_bohr
    forces = np.zeros_like(positions)
    for a in range(len(molecule)):
        for b in range(len(molecule)):
            if a != b:
                vector = positions[a] - positions[b]
                forces[a] += charges[a] * charges[b] * vector / np.linalg.norm(vector) ** 3
    return forces


def test_force_map_matches_pyscf_integrals():
    molecule, basis = waters(2), small_basis()
    mol, order = pyscf_functions(molecule, basis)
    points = gto.fakemol_for_charges(molecule.positions_bohr, 1e16)
    both = mol + points
    integrals = both.intor("int2c2e_ip1_sph", comp=3, shls_slice=(0, mol.nbas, mol.nbas, mol.nbas + points.nbas))
    expected = integrals[:, order].transpose(2, 0, 1) * molecule.atomic_numbers[:, None, None]
    ours = force_matrix(molecule, basis).reshape(expected.shape)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-8)


def test_forces_of_free_atoms_and_coefficients_match_pyscf():
    molecule, basis = waters(3, seed=2), small_basis()
    density = random_density(molecule, basis)
    forces = free_atom_forces(molecule, basis) + (force_matrix(molecule, basis) @ density.coefficients).reshape(-1, 3)
    attraction = pyscf_potential_gradient(density, molecule.positions_bohr) * molecule.atomic_numbers[:, None]
    np.testing.assert_allclose(forces, nuclear_forces(molecule) + attraction, rtol=0, atol=1e-8)


@pytest.mark.parametrize("l", range(6))
def test_nucleus_at_the_centre_feels_only_p_functions(l):
    molecule, basis = Molecule(np.array([8]), np.zeros((1, 3))), small_basis()
    block = force_matrix(molecule, basis)[:, basis.element(8).l_slices[l]]
    if l != 1:
        assert np.abs(block).max() == 0.0
        return
    # integral of N S_1m exp(-a r^2) r/r^3 along its axis: N sqrt(4 pi / 3) / (2 a), towards the charge: attraction
    a = np.array(basis.element(8).exponents[1])
    norm = np.sqrt(2.0 * (2.0 * a) ** 2.5 / (0.75 * np.sqrt(np.pi)))
    expected = 8 * norm * np.sqrt(4.0 * np.pi / 3.0) / (2.0 * a)
    axes = block.reshape(3, a.size, 3)
    for m, axis in enumerate([1, 2, 0]):
        np.testing.assert_allclose(axes[axis, :, m], expected, rtol=1e-12)
    assert np.count_nonzero(axes) == 3 * a.size


def test_translation_leaves_the_map_unchanged():
    molecule, basis = waters(2, seed=5), small_basis()
    moved = Molecule(molecule.atomic_numbers, molecule.positions_angstrom + np.array([1.5, -7.0, 30.0]))
    np.testing.assert_allclose(force_matrix(molecule, basis), force_matrix(moved, basis), atol=1e-9)


def test_far_neutral_atoms_exert_no_force():
    molecule = Molecule(np.array([8, 8]), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 12.0]]))
    assert np.abs(free_atom_forces(molecule, small_basis())).max() < 1e-10
