"""The potential between the points of its map: against the exact one, and against PySCF's of a DFT density."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from core.chem.examples import example
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.density.grid import UniformGrid, density_on_grid
from core.density.potential_map import LARGEST_POTENTIAL, potential_grid, potential_map
from core.gaussian.basis import AuxiliaryBasis
from core.model.predict import load_model, predict
from core.reference.calculation import build_mol
from core.reference.fit import fit
from core.reference.record import read_records
from core.units import HARTREE_IN_KCAL_PER_MOL

DATASET = Path(__file__).parents[2] / "assets/datasets/water/headstart-0000.h5"


def surface_points(density: Density, level: float, points_longest: int = 80, seed: int = 0) -> np.ndarray:
    """(at most 1200, 3) bohr: where edges of a fine grid cross the isosurface, as the viewer's vertices do."""
    grid = UniformGrid.around(density.molecule, points_longest=points_longest)
    logarithm = np.log(np.maximum(density_on_grid(density, grid), 1e-12)) - np.log(level)
    found = []
    for axis in range(3):
        values = np.moveaxis(logarithm, axis, 0)
        low, high = values[:-1], values[1:]
        cells = np.nonzero((low > 0.0) != (high > 0.0))
        places = np.stack(cells, axis=1).astype(float)
        places[:, 0] += low[cells] / (low[cells] - high[cells])
        places[:, : axis + 1] = np.roll(places[:, : axis + 1], -1, axis=1)
        found.append(grid.origin_bohr + grid.step_bohr * places)
    points = np.concatenate(found)
    return points[np.random.default_rng(seed).permutation(len(points))[:1200]]


def interpolated(density: Density, points: np.ndarray) -> np.ndarray:
    """(n,) hartree/e, as assets/viewer/potential.js has it: trilinear."""
    grid = potential_grid(density.molecule)
    return map_coordinates(potential_map(density, grid), ((points - grid.origin_bohr) / grid.step_bohr).T, order=1)


@pytest.mark.parametrize("key", ["water-1", "water-2", "water-8", "water-30"])
def test_on_the_molecular_surface_it_is_right_to_half_a_kcal(key: str) -> None:
    density = predict(example(key), load_model("water")).density
    points = surface_points(density, 0.002)
    exact = potential_at_points(density, points, tolerance_hartree=None)
    error = np.abs(interpolated(density, points) - exact) * HARTREE_IN_KCAL_PER_MOL
    assert np.ptp(exact) * HARTREE_IN_KCAL_PER_MOL > 80.0
    assert error.mean() < 0.6 and error.max() < 4.0


def test_it_is_the_potential_that_pyscf_has_for_the_dft_density() -> None:
    """Fitted density, multipoles, single precision and the grid together: against the integrals over the orbitals."""
    record = next(record for record in read_records(DATASET) if len(record.molecule) == 6)
    density = fit(record, AuxiliaryBasis.load())
    points = surface_points(density, 0.002)
    mol = build_mol(record.molecule, record.level)
    orbitals = record.occupied_orbitals.astype(np.float64)
    electrons = np.concatenate([
        2.0 * np.einsum("pij,ia,ja->p", mol.intor("int1e_grids", grids=part), orbitals, orbitals, optimize=True)
        for part in np.array_split(points, 12)
    ])  # fmt: skip
    vectors = points[:, None] - record.molecule.positions_bohr
    nuclei = (record.molecule.atomic_numbers / np.linalg.norm(vectors, axis=2)).sum(1)
    error = np.abs(interpolated(density, points) - (nuclei - electrons)) * HARTREE_IN_KCAL_PER_MOL
    assert error.mean() < 0.3 and error.max() < 2.0


def test_it_is_known_in_the_whole_box_and_nuclei_do_not_diverge() -> None:
    """In its corners too, where surfaces of equal potential may lie: as exact as elsewhere."""
    density = predict(example("water-1"), load_model("water")).density
    grid = potential_grid(density.molecule)
    values = potential_map(density, grid)
    assert np.isfinite(values).all() and values.max() == LARGEST_POTENTIAL
    corners = grid.points().reshape(*grid.shape, 3)[:: grid.shape[0] - 1, 0, 0]
    exact = potential_at_points(density, corners, tolerance_hartree=None)
    np.testing.assert_allclose(values[:: grid.shape[0] - 1, 0, 0], exact, atol=5e-4)
    assert max(grid.shape) == 48 and max(potential_grid(example("water-30")).shape) == 64
