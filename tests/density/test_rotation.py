"""A turned density has, at turned points, the values it had before."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from core.density.rotation import harmonic_rotations, rotate_coefficients
from core.errors import StructureError
from tests.pyscf_functions import all_functions, random_density, small_basis, waters


def values(density, points):
    mol, coefficients = all_functions(density)
    return mol.eval_gto("GTOval_sph", points) @ coefficients


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_values_move_with_the_molecule(sign):
    matrix = sign * Rotation.random(random_state=3).as_matrix()
    density = random_density(waters(2), small_basis())
    points = np.random.default_rng(0).normal(size=(50, 3)) * 3.0
    turned = rotate_coefficients(density, matrix)
    np.testing.assert_allclose(values(turned, points @ matrix.T), values(density, points), rtol=0, atol=1e-11)


def test_first_degree_is_the_matrix_itself():
    matrix = Rotation.random(random_state=1).as_matrix()
    order = [1, 2, 0]
    np.testing.assert_allclose(harmonic_rotations(1, matrix)[1], matrix[np.ix_(order, order)], atol=1e-13)


def test_what_is_not_orthogonal_is_refused():
    with pytest.raises(StructureError):
        harmonic_rotations(2, np.diag([1.0, 2.0, 1.0]))
