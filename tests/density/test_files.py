"""Density files: the same density comes back, and other files are refused with a reason."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.files import load_density, save_density
from core.errors import DataError
from tests.pyscf_functions import random_density, small_basis, waters


@pytest.fixture
def density() -> Density:
    molecule = waters(2)
    titled = Molecule(molecule.atomic_numbers, molecule.positions_angstrom, -1, "<b>water</b>")
    return Density(titled, small_basis(), random_density(molecule, small_basis()).coefficients, "test")


def test_what_is_saved_comes_back(tmp_path, density):
    path = tmp_path / "density.safetensors"
    save_density(density, path)
    back = load_density(path)
    np.testing.assert_array_equal(back.coefficients, density.coefficients)
    np.testing.assert_array_equal(back.molecule.positions_angstrom, density.molecule.positions_angstrom)
    assert back.molecule.content_hash == density.molecule.content_hash
    assert (back.molecule.charge, back.molecule.title, back.source) == (-1, "<b>water</b>", "test")
    assert back.basis.content_hash == density.basis.content_hash
    assert [entry.name for entry in tmp_path.iterdir()] == ["density.safetensors"]


def test_other_and_damaged_files_are_refused(tmp_path, density):
    path = tmp_path / "density.safetensors"
    with pytest.raises(DataError):
        load_density(path)
    path.write_bytes(b"not a density")
    with pytest.raises(DataError, match="cannot be read"):
        load_density(path)
    save_density(density, path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="cannot be read"):
        load_density(path)
    save_file({"x": np.zeros(3)}, path)
    with pytest.raises(DataError, match="not a density file"):
        load_density(path)
