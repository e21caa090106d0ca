"""Cube files, read back by PySCF's own reader."""

import io

import numpy as np
import pytest
from pyscf import gto
from pyscf.tools.cubegen import Cube

from core.density.cube import write_cube
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.errors import DataError
from tests.pyscf_functions import random_density, small_basis, waters


@pytest.fixture
def density() -> Density:
    return random_density(waters(2), small_basis())


@pytest.fixture
def grid(density) -> UniformGrid:
    return UniformGrid.around(density.molecule, points_longest=20)


def test_pyscf_reads_what_was_written(tmp_path, density, grid):
    path = tmp_path / "density.cube"
    write_cube(path, density, grid, "two waters")
    cube = Cube.__new__(Cube)
    cube.mol = gto.Mole()
    values = cube.read(str(path))
    np.testing.assert_allclose(values, density_on_grid(density, grid), rtol=1e-5, atol=1e-30)
    np.testing.assert_allclose(cube.boxorig, grid.origin_bohr, atol=1e-7)
    np.testing.assert_allclose(np.diag(cube.box) / grid.shape, grid.step_bohr, rtol=1e-6)
    assert cube.mol.natm == 6
    np.testing.assert_allclose(cube.mol.atom_coords(), density.molecule.positions_bohr, atol=1e-6)


def test_values_need_their_molecule_and_their_shape(density, grid):
    values = density_on_grid(density, grid)
    file = io.StringIO()
    write_cube(file, values, grid, molecule=density.molecule)
    assert len(file.getvalue().splitlines()) == 6 + 6 + grid.shape[0] * grid.shape[1] * -(-grid.shape[2] // 6)
    with pytest.raises(DataError, match="no molecule"):
        write_cube(io.StringIO(), values, grid)
    with pytest.raises(DataError, match="shape"):
        write_cube(io.StringIO(), values[1:], grid, molecule=density.molecule)


def test_a_title_stays_on_its_line(density, grid):
    file = io.StringIO()
    write_cube(file, density, grid, "first\nsecond\r\n third" + "x" * 500)
    lines = file.getvalue().splitlines()
    assert lines[0].startswith("first second third") and len(lines[0]) <= 120
    assert lines[2].split()[0] == "6"
