"""The staged SCF gives what PySCF gives from its own start."""

import numpy as np
import pytest
from pyscf.dft import gen_grid

from core.chem.molecule import Molecule
from core.reference.calculation import COARSE_GRID_LEVEL, build_mol, calculate, mean_field, run_scf
from core.reference.level import DEFAULT_LEVEL

FORMATE = Molecule(
    np.array([6, 8, 8, 1]),
    np.array([[0.0, 0.0, 0.0], [1.13, 0.55, 0.02], [-1.12, 0.56, 0.0], [0.0, -1.14, 0.05]]),
    charge=-1,
)


def test_a_coarse_start_changes_nothing() -> None:
    method = mean_field(build_mol(FORMATE))
    energy = method.kernel()
    gradient = method.nuc_grad_method().kernel()
    orbitals = method.mo_coeff[:, method.mo_occ > 0]
    density = orbitals @ orbitals.T

    record = calculate(FORMATE)
    staged = record.occupied_orbitals.astype(float)
    assert record.energy_hartree == pytest.approx(energy, abs=2e-8)
    assert record.gradient_hartree_per_bohr == pytest.approx(gradient, abs=2e-5)
    assert staged @ staged.T == pytest.approx(density, abs=1e-4)


def test_the_method_keeps_its_own_grid_and_tolerances() -> None:
    method = mean_field(build_mol(FORMATE))
    own = method.grids
    sizes = []
    method.callback = lambda environment: sizes.append(environment["mf"].grids.level)
    run_scf(method)
    assert method.grids is own and own.level == DEFAULT_LEVEL.xc_grid_level
    assert method.conv_tol == DEFAULT_LEVEL.conv_tol and method.conv_check and method.max_cycle == 50
    assert sizes[0] == COARSE_GRID_LEVEL and sizes[-1] == DEFAULT_LEVEL.xc_grid_level
    assert isinstance(method.grids, gen_grid.Grids) and method.grids.size > 0
