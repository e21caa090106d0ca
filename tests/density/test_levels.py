"""Enclosed electrons against the analytic atom, a fine grid, and what a curve must be."""

import numpy as np
import pytest
from scipy.optimize import brentq

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.density.hirshfeld import _free_electrons_within
from core.density.levels import electron_samples, enclosed_curve
from core.density.moments import electrons
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from tests.pyscf_functions import waters


@pytest.fixture(scope="module")
def basis() -> AuxiliaryBasis:
    return AuxiliaryBasis.load()


@pytest.fixture(scope="module")
def density(basis) -> Density:
    """Two waters with some electrons moved from place to place by smooth functions."""
    molecule = waters(2, seed=1)
    coefficients = np.zeros(basis.n_functions(molecule.atomic_numbers))
    for start, number in zip(basis.atom_offsets(molecule.atomic_numbers), molecule.atomic_numbers, strict=False):
        element = basis.element(number)
        smooth = int(np.argmin(np.abs(np.array(element.exponents[1]) - 0.8)))
        coefficients[start + element.l_slices[1].start + 3 * smooth + 1] = 0.1
    return Density(molecule, basis, coefficients)


@pytest.mark.parametrize("number", [1, 8])
def test_one_atom_encloses_what_its_radius_says(basis, number):
    atom = Density.free_atoms(Molecule(np.array([number]), np.zeros((1, 3)), charge=0), basis)
    curve = enclosed_curve(atom)
    for level in (1e-3, 1e-2, 0.1):
        radius = brentq(lambda r, level=level: density_at_points(atom, np.array([[0, 0, r]]))[0] - level, 0.3, 12.0)
        expected = float(_free_electrons_within(basis.element(number), np.array(radius)))
        assert curve.enclosed(level) == pytest.approx(expected, abs=2e-3 * number)


def test_free_electrons_within_a_sphere_match_radial_integration(basis):
    atom = Density.free_atoms(Molecule(np.array([8]), np.zeros((1, 3))), basis)
    radius = np.linspace(0, 1.5, 30001)
    rho = density_at_points(atom, radius[:, None] * [[0.6, 0.0, 0.8]])
    expected = np.trapezoid(4.0 * np.pi * radius**2 * rho, radius)
    assert _free_electrons_within(basis.element(8), np.array(1.5)) == pytest.approx(expected, abs=1e-5)


def test_enclosed_electrons_match_a_fine_grid(density):
    curve = enclosed_curve(density)
    grid = UniformGrid.around(density.molecule, margin_angstrom=4.0, step_angstrom=0.1)
    values = density_on_grid(density, grid)
    for level in (1e-3, 3e-3, 1e-2, 3e-2):
        outside = float(values[values < level].sum(dtype=np.float64)) * grid.voxel_bohr3
        assert curve.total_electrons - curve.enclosed(level) == pytest.approx(outside, abs=0.02)


def test_samples_hold_all_electrons_before_they_are_scaled(density):
    rho, held = electron_samples(density)
    assert held.sum() == pytest.approx(electrons(density), abs=1e-9)
    assert rho.shape == held.shape


def test_level_and_fraction_are_each_others_inverse(density):
    curve = enclosed_curve(density)
    for fraction in (0.1, 0.5, 0.9, 0.95, 0.99):
        assert curve.enclosed(curve.level_for(fraction)) == pytest.approx(fraction * curve.total_electrons, rel=1e-6)


def test_curve_falls_from_all_electrons_to_none(density):
    curve = enclosed_curve(density)
    assert (np.diff(curve.levels) > 0).all() and (curve.histogram >= -1e-9).all()
    assert curve.enclosed_electrons[-1] == 0.0
    assert curve.enclosed_electrons[0] == pytest.approx(curve.total_electrons, rel=1e-3)
    assert curve.enclosed(1e9) == 0.0
    assert curve.histogram.sum() == pytest.approx(curve.enclosed_electrons[0])
