"""Hellmann-Feynman forces of a whole density: exact, and with multipoles within the stated error."""

import numpy as np
import pytest
import torch

from core.bench.scaling import liquid_water
from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.forces.hellmann_feynman import force_matrix, free_atom_forces, hellmann_feynman_forces
from core.gaussian.basis import AuxiliaryBasis, ElementBasis
from core.model.predict import load_model, predict_density
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from tests.pyscf_functions import random_density, small_basis, waters


def test_exact_forces_are_the_linear_map():
    density = random_density(waters(4, seed=9), small_basis())
    molecule, basis = density.molecule, density.basis
    expected = free_atom_forces(molecule, basis) + (force_matrix(molecule, basis) @ density.coefficients).reshape(-1, 3)
    np.testing.assert_allclose(hellmann_feynman_forces(density, exact=True), expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize("tolerance", [5.0, 0.5, 0.01])
def test_multipoles_stay_within_the_stated_error(tolerance):
    density = random_density(waters(80, seed=2), small_basis(), scale=0.02)
    exact = hellmann_feynman_forces(density, exact=True)
    ours = hellmann_feynman_forces(density, tolerance_mev_per_angstrom=tolerance)
    error = np.abs(ours - exact).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert 0.0 < error <= tolerance


def test_single_precision_loses_less_than_a_fifth_of_a_mev_per_angstrom():
    density = random_density(waters(20, seed=4), small_basis(), scale=0.02)
    double, single = (hellmann_feynman_forces(density, dtype=dtype) for dtype in (torch.float64, torch.float32))
    loss = np.abs(single - double).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert 0.0 < loss < 0.2


def test_net_force_of_the_nuclei_is_exactly_zero():
    """Without electrons the nuclei are alone: their forces on each other must cancel to rounding."""
    molecule, basis = waters(40, seed=5), small_basis()
    emptied = {
        z: ElementBasis(z, element.exponents, element.free_exponents, (0.0,) * len(element.free_exponents))
        for z, element in basis.elements.items()
    }
    density = Density.free_atoms(molecule, AuxiliaryBasis("nuclei only", emptied))
    forces = hellmann_feynman_forces(density)
    assert np.abs(forces.sum(0)).max() < 1e-11 * np.abs(forces).sum()
    assert np.abs(forces).max() > 10.0


def test_forces_turn_with_the_molecule_and_do_not_depend_on_where_it_is():
    molecule, basis = waters(6, seed=6), small_basis()
    density = Density.free_atoms(molecule, basis)
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    moved = Molecule(molecule.atomic_numbers, molecule.positions_angstrom @ rotation.T + [20.0, -7.0, 4.0])
    turned = hellmann_feynman_forces(Density.free_atoms(moved, basis))
    np.testing.assert_allclose(turned, hellmann_feynman_forces(density) @ rotation.T, rtol=0, atol=1e-9)


def test_order_of_atoms_does_not_matter():
    molecule, basis = waters(6, seed=6), small_basis()
    order = np.random.default_rng(3).permutation(len(molecule))
    shuffled = Molecule(molecule.atomic_numbers[order], molecule.positions_angstrom[order])
    ours = hellmann_feynman_forces(Density.free_atoms(shuffled, basis))
    expected = hellmann_feynman_forces(Density.free_atoms(molecule, basis))[order]
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)


def test_one_atom_feels_nothing():
    density = Density.free_atoms(Molecule(np.array([8]), np.zeros((1, 3))), small_basis())
    assert not hellmann_feynman_forces(density).any()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_gives_what_the_cpu_gives():
    density = random_density(waters(10), small_basis())
    np.testing.assert_allclose(
        hellmann_feynman_forces(density, device="cuda"), hellmann_feynman_forces(density), rtol=0, atol=1e-10
    )


def test_cells_of_multipoles_give_what_all_pairs_give(monkeypatch):
    """The shipped model's density of 300 waters: what the expansions of cells leave out."""
    density = predict_density(liquid_water(300), load_model("water"))
    whole = hellmann_feynman_forces(density)
    monkeypatch.setattr("core.density.electrostatics.CELLS_FROM_PAIRS", 0)
    shares = []
    by_cells = hellmann_feynman_forces(density, progress=lambda step, share: shares.append((step, share)))
    error = np.abs(by_cells - whole) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert 0.0 < error.max() < 0.15 and error.mean() < 0.005
    assert shares[-1] == ("forces", 1.0) and shares == sorted(shares)


def test_cells_are_left_alone_where_the_tolerance_is_small(monkeypatch):
    density = random_density(waters(60, seed=3), small_basis(), scale=0.02)
    whole = hellmann_feynman_forces(density, tolerance_mev_per_angstrom=0.1)
    monkeypatch.setattr("core.density.electrostatics.CELLS_FROM_PAIRS", 0)
    np.testing.assert_array_equal(hellmann_feynman_forces(density, tolerance_mev_per_angstrom=0.1), whole)


def test_cells_give_the_potential_of_all_pairs(monkeypatch):
    density = random_density(waters(120, seed=3), small_basis(), scale=0.02)
    points = np.random.default_rng(0).uniform(-8, 40, size=(50, 3))
    whole = potential_at_points(density, points)
    monkeypatch.setattr("core.density.electrostatics.CELLS_FROM_PAIRS", 0)
    by_cells = potential_at_points(density, points)
    assert 0.0 < np.abs(by_cells - whole).max() < 1e-6 * np.abs(whole).max() + 2e-6
