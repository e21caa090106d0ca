"""Files to take away hold the density that is on the screen: read back by other programs' readers."""

from pathlib import Path

import gemmi
import numpy as np

from core.chem.examples import example
from core.density.density import Density
from core.density.files import load_density
from core.density.grid import UniformGrid, density_on_grid
from core.gaussian.basis import AuxiliaryBasis
from core.units import BOHR_IN_ANGSTROM
from core.view.export import ccp4_bytes, safetensors_bytes


def density() -> Density:
    molecule, basis = example("water-2"), AuxiliaryBasis.load()
    count = basis.n_functions(molecule.atomic_numbers)
    return Density(molecule, basis, np.random.default_rng(0).normal(0.0, 0.01, count), "made up")


def test_ccp4_holds_the_density_on_its_grid(tmp_path: Path) -> None:
    path = tmp_path / "map.ccp4"
    path.write_bytes(ccp4_bytes(density(), points_longest=24))
    grid = UniformGrid.around(example("water-2"), points_longest=24).aligned()
    read = np.array(gemmi.read_ccp4_map(str(path)).grid, copy=True)
    np.testing.assert_allclose(read * BOHR_IN_ANGSTROM**3, density_on_grid(density(), grid), rtol=1e-5, atol=1e-6)


def test_safetensors_holds_the_density_itself(tmp_path: Path) -> None:
    path = tmp_path / "density.safetensors"
    path.write_bytes(safetensors_bytes(density()))
    read = load_density(path)
    assert np.array_equal(read.coefficients, density().coefficients)
    assert read.molecule.content_hash == example("water-2").content_hash and read.source == "made up"
