"""Moments of a density against PySCF's integrals."""

import numpy as np
import pytest
import torch

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.moments import atomic_multipoles, dipole_debye, dipole_e_bohr, electrons
from core.gaussian.harmonics import solid_harmonics
from core.gaussian.translation import racah
from tests.pyscf_functions import all_functions, integral_with_one, random_density, small_basis, waters


def test_electrons_match_pyscf_overlap():
    density = random_density(waters(2), small_basis())
    mol, coefficients = all_functions(density)
    assert electrons(density) == pytest.approx(float(integral_with_one(mol, "int1e_ovlp_sph") @ coefficients), abs=1e-8)


def test_free_atoms_hold_their_electrons_and_no_dipole():
    density = Density.free_atoms(waters(3), small_basis())
    assert electrons(density) == pytest.approx(30.0, abs=1e-10)
    np.testing.assert_allclose(dipole_e_bohr(density), 0.0, atol=1e-10)


def test_dipole_matches_pyscf_integrals():
    density = random_density(waters(2, seed=3), small_basis())
    mol, coefficients = all_functions(density)
    electronic = integral_with_one(mol, "int1e_r_sph", comp=3) @ coefficients
    expected = density.molecule.atomic_numbers @ density.molecule.positions_bohr - electronic
    np.testing.assert_allclose(dipole_e_bohr(density), expected, rtol=0, atol=1e-8)
    np.testing.assert_allclose(dipole_debye(density) / dipole_e_bohr(density), 2.541746473)


def test_atomic_multipoles_match_quadrature():
    basis = small_basis()
    density = random_density(Molecule(np.array([8]), np.array([[0.3, -0.2, 0.1]])), basis, seed=6, scale=0.3)
    mol, coefficients = all_functions(density)
    nodes, weights = np.polynomial.legendre.leggauss(14)
    azimuth = 2.0 * np.pi * np.arange(29) / 29
    sine = np.sqrt(1.0 - nodes**2)
    sphere = np.stack([np.outer(sine, np.cos(azimuth)), np.outer(sine, np.sin(azimuth)),
                       np.outer(nodes, np.ones(29))], axis=-1).reshape(-1, 3)  # fmt: skip
    solid_angles = np.repeat(weights, 29) * 2.0 * np.pi / 29
    log_radius, step = np.linspace(np.log(1e-5), np.log(22.0), 400, retstep=True)
    radius = np.exp(log_radius)
    points = (radius[:, None, None] * sphere).reshape(-1, 3)
    volume = (radius**3 * step)[:, None] * solid_angles
    rho = mol.eval_gto("GTOval_sph", points + density.molecule.positions_bohr) @ coefficients
    harmonics = solid_harmonics(5, torch.tensor(points))
    ours = atomic_multipoles(density, 5, electrons_only=True)[0]
    for l in range(6):
        expected = racah(l) * harmonics[l].numpy().T @ (rho * volume.reshape(-1))
        np.testing.assert_allclose(ours[l**2 : (l + 1) ** 2], expected, rtol=0, atol=1e-8)


def test_charge_is_nucleus_less_electrons_and_higher_moments_change_sign():
    density = random_density(waters(1), small_basis())
    total, electronic = atomic_multipoles(density), atomic_multipoles(density, electrons_only=True)
    assert total.shape == (3, 25)
    np.testing.assert_allclose(total[:, 0] + electronic[:, 0], [8, 1, 1], atol=1e-14)
    np.testing.assert_array_equal(total[:, 1:], -electronic[:, 1:])
