"""The comparison: its parts against each other and against PySCF, on one real calculation of water."""

import numpy as np
import pytest
from pyscf.dft import numint

from core.chem.molecule import Molecule
from core.density.density import Density
from core.gaussian.basis import AuxiliaryBasis
from core.reference.calculation import build_mol, calculate
from core.reference.fit import fit
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.view.comparison import SHELL_ANGSTROM, density_of_orbitals, error_by_distance, held_against
from core.view.field import unpack_field
from core.view.merits import merit_rows
from core.view.picture import picture_of

WATER = Molecule(
    np.array([8, 1, 1]), np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]]), 0, "water"
)


@pytest.fixture(scope="module")
def record() -> Record:
    return calculate(WATER)


def test_density_of_orbitals_is_that_of_the_density_matrix(record: Record) -> None:
    points = np.random.default_rng(0).uniform(-3, 3, (50, 3))
    mol = build_mol(WATER)
    orbitals = record.occupied_orbitals.astype(float)
    expected = numint.eval_rho(mol, numint.eval_ao(mol, points), 2 * orbitals @ orbitals.T)
    assert density_of_orbitals(record, points) == pytest.approx(expected, rel=1e-9)


def test_the_shells_add_up_to_the_whole_error(record: Record) -> None:
    basis = AuxiliaryBasis.load()
    fitted, free = fit(record, basis), Density.free_atoms(WATER, basis)
    shells = error_by_distance(record, (free, fitted, free))
    grid = ReferenceGrid.of(record)
    for density, values in ((free, shells.free_atoms), (fitted, shells.fitted)):
        whole = grid.error_percent(density) / 100 * WATER.electrons
        assert 0.93 * whole < values.sum() * SHELL_ANGSTROM <= whole * (1 + 1e-9)
    assert np.array_equal(shells.predicted, shells.free_atoms)


def test_a_whole_comparison(record: Record) -> None:
    steps: list[str] = []
    held = held_against(picture_of(WATER), record, steps.append)
    assert len(steps) >= 4
    assert held.figures.eps_floor < held.figures.eps_sad
    assert held.electrons_misplaced == pytest.approx(0.5 * held.figures.eps_ks / 100 * 10)
    header, difference = unpack_field(held.packed.compressed)
    # Predicted and DFT hold the same electrons, but for what lies outside the box and between its points.
    step = header["step_angstrom"] / 0.529177210903
    assert abs(difference.sum() * step**3) < 0.05
    assert held.scene.forces_mev_per_angstrom is not None
    errors = np.abs(held.scene.forces_mev_per_angstrom)
    assert errors.max() == pytest.approx(held.figures.force_max_mev_per_angstrom, abs=0.06)
    assert held.scene.camera == picture_of(WATER).scene.camera
    table = merit_rows(held).splitlines()
    assert all(line.count("|") - line.count("\\|") == 4 for line in table)
