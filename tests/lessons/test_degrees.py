"""Degree by degree to the whole density."""

import numpy as np
import pytest

from core.chem.read import from_smiles
from core.density.density import Density
from core.gaussian.evaluate import density_at_points
from core.lessons.degrees import ladder, up_to
from core.model.choose import model_for
from core.model.predict import predict_density


@pytest.fixture(scope="module")
def density() -> Density:
    water = from_smiles("O")
    return predict_density(water, model_for(water))


def test_all_degrees_are_the_whole_density(density):
    np.testing.assert_array_equal(up_to(density, density.basis.l_max).coefficients, density.coefficients)


def test_degrees_add_up(density):
    points = np.random.default_rng(0).normal(scale=2.0, size=(300, 3))
    none = density_at_points(Density.free_atoms(density.molecule, density.basis), points)
    steps = [density_at_points(up_to(density, l), points) for l in range(density.basis.l_max + 1)]
    total = none + sum(b - a for a, b in zip([none, *steps], steps, strict=False))
    np.testing.assert_allclose(total, density_at_points(density, points), rtol=1e-9, atol=1e-12)


def test_spheres_alone_are_round(density):
    """About a lone oxygen, degree 0 is a function of the distance."""
    coefficients = up_to(density, 0).coefficients.copy()
    coefficients[density.basis.atom_offsets(density.molecule.atomic_numbers)[1] :] = 0.0
    only = Density(density.molecule, density.basis, coefficients)
    bare = Density.free_atoms(density.molecule, density.basis)
    directions = np.random.default_rng(1).normal(size=(40, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    points = density.molecule.positions_bohr[0] + 1.3 * directions
    values = density_at_points(only, points) - density_at_points(bare, points)
    assert np.ptp(values) < 1e-9 < abs(values).max()


def test_every_degree_brings_the_density_nearer(density):
    found = ladder(density)
    rungs = found.rungs
    assert found.left_over < 1e-12
    misplaced = [rung.misplaced_electrons for rung in rungs]
    assert misplaced[-1] == 0.0 == rungs[-1].force_mev_per_angstrom
    assert misplaced[0] > 0.1 and misplaced == sorted(misplaced, reverse=True)
    assert rungs[0].force_mev_per_angstrom > 1000.0
