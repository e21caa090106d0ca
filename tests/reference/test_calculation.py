"""The staged SCF gives what PySCF gives from its own start."""

import numpy as np
import pytest
from pyscf.dft import gen_grid

from core.chem.molecule import Molecule
from core.reference.calculation import COARSE_GRID_LEVEL, build_mol, calculate, mean_field, run_scf
from core.reference.gradient import LeanGradients, nuclear_gradient, xc_gradient
from core.reference.level import CHEAP_LEVEL, DEFAULT_LEVEL, Level
from core.reference.xc_grid import KeptValues

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


@pytest.mark.parametrize("level", [DEFAULT_LEVEL, CHEAP_LEVEL], ids=lambda level: level.label)
def test_the_gradient_is_that_of_pyscf(level: Level) -> None:
    """With a hybrid and with a functional without exchange, to rounding."""
    method = mean_field(build_mol(FORMATE, level), level)
    method.kernel()
    ours = LeanGradients(method).kernel()
    assert np.abs(xc_gradient(method)).max() > 0.1
    assert ours == pytest.approx(method.nuc_grad_method().kernel(), abs=1e-10)
    assert nuclear_gradient(method) == pytest.approx(ours, abs=1e-12)


@pytest.mark.parametrize("functional", ["TPSS", "SVWN", "CAM-B3LYP"])
def test_other_functionals_keep_the_gradient_of_pyscf(functional: str) -> None:
    level = Level(functional, "pcseg-0", "def2-universal-jkfit", 0, 1e-7)
    method = mean_field(build_mol(FORMATE, level), level)
    method.kernel()
    assert nuclear_gradient(method) == pytest.approx(method.nuc_grad_method().kernel(), abs=1e-9)


def test_kept_values_change_nothing_and_are_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    method = mean_field(build_mol(FORMATE))
    method.max_cycle = 3
    energy = method.kernel()
    evaluations = []
    plain = KeptValues.eval_ao
    monkeypatch.setattr(KeptValues, "eval_ao", lambda self, *a, **k: evaluations.append(1) or plain(*a, **k))
    again = mean_field(build_mol(FORMATE))
    again.max_cycle = 3
    again._numint = KeptValues()
    assert again.kernel() == pytest.approx(energy, abs=1e-11)
    first = len(evaluations)
    again.get_veff(again.mol, again.make_rdm1())
    assert first > 0 and len(evaluations) == first
    again.mol.max_memory = 0.0
    again.get_veff(again.mol, again.make_rdm1())
    assert len(evaluations) == 2 * first
