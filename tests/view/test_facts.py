"""Facts of a density, held against what is known without computing it."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.density.density import Density
from core.gaussian.basis import AuxiliaryBasis
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.facts import facts, formula

POSITIONS = np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]])
WATER = Molecule(np.array([8, 1, 1]), POSITIONS)
FORCES = np.array([[0.0, 0.0, 0.02], [0.0, 0.01, -0.01], [0.0, -0.01, -0.013]])


def test_free_atoms_have_their_electrons_and_no_dipole() -> None:
    numbers = facts(Density.free_atoms(WATER, AuxiliaryBasis.load()), FORCES)
    assert numbers.electrons == pytest.approx(10.0, abs=1e-6)
    assert numbers.dipole_debye == pytest.approx(0.0, abs=1e-6)


def test_forces_are_summed_and_the_largest_is_named() -> None:
    numbers = facts(Density.free_atoms(WATER, AuxiliaryBasis.load()), FORCES)
    unit = HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert numbers.net_force_mev_per_angstrom == pytest.approx(0.003 * unit)
    more = facts(Density.free_atoms(WATER, AuxiliaryBasis.load()), FORCES, FORCES)
    assert more.net_force_mev_per_angstrom == pytest.approx(0.006 * unit)
    assert numbers.largest_force_mev_per_angstrom == pytest.approx(0.02 * unit)
    assert numbers.largest_force_atom == "O1"


def test_the_dipole_of_an_ion_does_not_depend_on_where_it_lies() -> None:
    rng = np.random.default_rng(0)
    basis = AuxiliaryBasis.load()
    hydroxide = Molecule(np.array([8, 1]), POSITIONS[:2], -1)
    coefficients = 0.01 * rng.normal(size=basis.n_functions(hydroxide.atomic_numbers))
    here = Density(hydroxide, basis, coefficients)
    # Its charge must be what it says: put what is missing into one s function of the oxygen.
    from core.density.moments import electrons

    one = np.zeros_like(coefficients)
    one[0] = 1.0
    per_unit = electrons(Density(hydroxide, basis, one)) - electrons(Density(hydroxide, basis, 0 * one))
    coefficients[0] += (hydroxide.electrons - electrons(here)) / per_unit
    moved = Molecule(hydroxide.atomic_numbers, hydroxide.positions_angstrom + np.array([5.0, -3.0, 2.0]), -1)
    first = facts(Density(hydroxide, basis, coefficients), FORCES[:2])
    second = facts(Density(moved, basis, coefficients), FORCES[:2])
    assert first.dipole_debye > 0.01
    assert first.dipole_debye == pytest.approx(second.dipole_debye, abs=1e-6)


@pytest.mark.parametrize(
    ("numbers", "charge", "text"),
    [([8, 1, 1], 0, "H₂O"), ([6, 1, 1, 1, 1], 0, "CH₄"), ([8, 1], -1, "HO, charge -1"), ([6] * 12, 0, "C₁₂")],
)
def test_formula(numbers: list[int], charge: int, text: str) -> None:
    positions = np.arange(3.0 * len(numbers)).reshape(-1, 3)
    assert formula(Molecule(np.array(numbers), positions, charge)) == text
