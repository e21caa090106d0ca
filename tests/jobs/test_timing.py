"""The time estimate: counts against PySCF, the fit against a known law, the shipped law against shipped timings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.data.dataset import load_dataset
from core.errors import UnsupportedElementError
from core.jobs.timing import EXPONENT, FACTOR_SECONDS, basis_functions, fit_power_law, law_seconds, machine_scale
from core.reference.calculation import build_mol

DATASETS = Path(__file__).parents[2] / "assets/datasets/water"


def test_basis_functions_are_those_of_pyscf() -> None:
    molecule = Molecule(np.array([6, 8, 7, 1, 16, 1, 15, 1]), np.arange(24.0).reshape(8, 3), charge=1)
    even = replace(molecule, charge=molecule.electrons % 2 + 1)
    assert basis_functions(molecule) == build_mol(even).nao_nr()


def test_an_element_without_functions_is_named() -> None:
    with pytest.raises(UnsupportedElementError, match="Au"):
        basis_functions(Molecule(np.array([79]), np.zeros((1, 3))))


def test_the_fit_finds_the_law_on_a_busy_machine() -> None:
    rng = np.random.default_rng(0)
    functions = rng.choice([58, 116, 174, 232, 290, 348], 60)
    seconds = 3e-5 * functions**2.5 * (1 + rng.exponential(0.5, 60))
    factor, exponent = fit_power_law(functions.tolist(), seconds.tolist())
    assert exponent == pytest.approx(2.5, abs=0.1)
    assert factor * 200**exponent == pytest.approx(3e-5 * 200**2.5, rel=0.15)


def test_the_law_is_the_fit_of_the_shipped_calculations() -> None:
    small = [r for r in load_dataset(DATASETS) if len(r.molecule) <= 24]
    records = [r for r in small if "scf_seconds" in r.provenance]
    functions = [r.occupied_orbitals.shape[0] for r in records]
    factor, exponent = fit_power_law(functions, [r.provenance["seconds"] for r in records])
    assert len(set(functions)) == 8
    assert exponent == pytest.approx(EXPONENT, abs=0.15)
    for count in (116, 290, 464):
        assert factor * count**exponent == pytest.approx(FACTOR_SECONDS * count**EXPONENT, rel=0.25)


def test_the_machine_scales_the_law() -> None:
    records = load_dataset(DATASETS)[:5]
    slow = [
        replace(r, provenance={"seconds": 3 * law_seconds(r.occupied_orbitals.shape[0], 4), "threads": 4})
        for r in records
    ]
    assert machine_scale(slow) == pytest.approx(3.0)
    unknown = [replace(r, provenance={"seconds": 1e6}) for r in records]
    assert machine_scale([]) == machine_scale(unknown) == 1.0
