"""Potential and field against PySCF's integrals, against each other, and near against far."""

import numpy as np
import pytest
import torch

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import field_at_points, potential_at_points
from core.density.switch import switch_distances
from tests.pyscf_functions import pyscf_potential, pyscf_potential_gradient, random_density, small_basis, waters


@pytest.fixture
def density() -> Density:
    return random_density(waters(3, seed=1), small_basis())


@pytest.fixture
def points(density) -> np.ndarray:
    around = np.random.default_rng(8).uniform(-9, 9, size=(60, 3)) + density.molecule.positions_bohr.mean(0)
    return np.concatenate([around, density.molecule.positions_bohr])


def nuclear(molecule: Molecule, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    vectors = points[:, None] - molecule.positions_bohr
    distance = np.linalg.norm(vectors, axis=-1)
    inverse = np.divide(1.0, distance, out=np.zeros_like(distance), where=distance > 1e-9)
    field = (molecule.atomic_numbers[:, None] * vectors * inverse[..., None] ** 3).sum(1)
    return inverse @ molecule.atomic_numbers, field


def test_exact_potential_matches_pyscf(density, points):
    electronic = -pyscf_potential(density, points)
    exact = {"tolerance_hartree": None}
    ours = potential_at_points(density, points, electrons_only=True, **exact)
    np.testing.assert_allclose(ours, electronic, rtol=0, atol=1e-8)
    ours = potential_at_points(density, points, **exact)
    np.testing.assert_allclose(ours, electronic + nuclear(density.molecule, points)[0], rtol=0, atol=1e-8)


def test_exact_field_matches_pyscf(density, points):
    electronic = pyscf_potential_gradient(density, points)
    exact = {"tolerance_hartree_per_bohr": None}
    ours = field_at_points(density, points, electrons_only=True, **exact)
    np.testing.assert_allclose(ours, electronic, rtol=0, atol=1e-8)
    ours = field_at_points(density, points, **exact)
    np.testing.assert_allclose(ours, electronic + nuclear(density.molecule, points)[1], rtol=0, atol=1e-8)


def test_field_is_minus_the_gradient_of_the_potential(density):
    point, step = np.array([1.3, -2.0, 0.7]), 1e-3
    shifts = step * np.concatenate([np.eye(3), -np.eye(3)])
    values = potential_at_points(density, point + shifts, tolerance_hartree=None)
    field = field_at_points(density, point[None], tolerance_hartree_per_bohr=None)[0]
    np.testing.assert_allclose(field, -(values[:3] - values[3:]) / (2.0 * step), rtol=1e-5)


def test_multipoles_keep_what_they_promise():
    molecule, basis = waters(60, seed=3), small_basis()
    density = random_density(molecule, basis, scale=0.02)
    points = np.random.default_rng(2).uniform(-8, 35, size=(400, 3))
    potential = potential_at_points(density, points, tolerance_hartree=None)
    field = field_at_points(density, points, tolerance_hartree_per_bohr=None)
    for tolerance in (1e-4, 1e-6):
        assert np.abs(potential_at_points(density, points, tolerance_hartree=tolerance) - potential).max() < tolerance
        ours = field_at_points(density, points, tolerance_hartree_per_bohr=tolerance)
        assert 0.0 < np.abs(ours - field).max() < tolerance


def test_switch_distance_grows_as_the_tolerance_falls(density):
    distances = [switch_distances(density, tolerance).max() for tolerance in (1e-3, 1e-5, 1e-7)]
    assert distances == sorted(distances) and distances[0] < distances[-1]
    free = Density.free_atoms(density.molecule, density.basis)
    assert (switch_distances(free, 1e-5) <= switch_distances(density, 1e-5)).all()


def test_single_precision_loses_less_than_2e_5(density, points):
    for function in (potential_at_points, field_at_points):
        double, single = (function(density, points, dtype=dtype) for dtype in (torch.float64, torch.float32))
        loss = np.abs(single - double).max()
        assert 0.0 < loss < 2e-5


def test_far_from_a_neutral_molecule_the_dipole_is_left(density):
    from core.density.moments import atomic_multipoles, dipole_e_bohr

    charge = atomic_multipoles(density, 0).sum()
    far = np.array([[300.0, 400.0, 0.0]])
    expected = charge / 500.0 + (dipole_e_bohr(density) @ far[0]) / 500.0**3
    assert potential_at_points(density, far)[0] == pytest.approx(expected, abs=3e-6)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_gives_what_the_cpu_gives(density, points):
    for function in (potential_at_points, field_at_points):
        np.testing.assert_allclose(function(density, points, device="cuda"), function(density, points), atol=1e-10)
