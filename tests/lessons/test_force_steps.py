"""The force of a growing sphere of electrons against integrals, and what each way of having a density does to it."""

from dataclasses import replace

import numpy as np
import pytest

from core.chem.read import from_smiles
from core.errors import LessonError
from core.gaussian.basis import DEFAULT_BASIS, AuxiliaryBasis
from core.lessons.force_steps import ORBITAL_BASES, calculated, case, growing_sphere, moved_off
from core.units import BOHR_IN_ANGSTROM, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

WATER = moved_off(from_smiles("O"), 1.05)


@pytest.fixture(scope="module")
def record():
    return calculated(WATER, "pcseg-1")


@pytest.fixture(scope="module")
def basis():
    return AuxiliaryBasis.load(DEFAULT_BASIS)


def off(found):
    return abs(found.total - found.analytic).mean() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


@pytest.mark.parametrize("way", ["orbitals", "fit", "exact"])
@pytest.mark.parametrize("atom", [0, 1])
def test_the_whole_sphere_is_what_the_integrals_say(record, basis, way, atom):
    found = case(record, way, basis)
    sphere = growing_sphere(found, atom)
    np.testing.assert_allclose(sphere.force_hartree_per_bohr[-1], found.electronic[atom], atol=2e-5)
    assert sphere.electrons[-1] == pytest.approx(10.0, abs=1e-4)
    # Half of the core of oxygen is within a little more than a bohr, seen from oxygen; from hydrogen it is far.
    assert (sphere.at(1.0)[0] > 3.0) == (atom == 0)


def test_only_the_force_exact_fit_has_the_analytic_force(record, basis):
    assert off(case(record, "exact", basis)) < 0.01
    assert off(case(record, "fit", basis)) > 100.0
    assert off(case(record, "orbitals", basis)) > 1000.0


def test_the_error_of_orbitals_is_the_force_of_their_moving_with_the_nuclei(record, basis):
    """By finite differences of the energy: the analytic force is right, so what is missing is Pulay's."""
    step_bohr = 1e-2
    energies = []
    for sign in (1, -1):
        positions = WATER.positions_angstrom.copy()
        positions[1, 0] += sign * step_bohr * BOHR_IN_ANGSTROM
        energies.append(calculated(replace(WATER, positions_angstrom=positions), "pcseg-1").energy_hartree)
    force = -(energies[0] - energies[1]) / (2 * step_bohr)
    assert force == pytest.approx(record.forces_hartree_per_bohr[1, 0], abs=2e-4)


def test_what_is_not_there_is_said(record, basis):
    with pytest.raises(LessonError, match="no basis"):
        calculated(WATER, "cc-pV9Z")
    with pytest.raises(LessonError, match="no atom 4"):
        growing_sphere(case(record, "orbitals", basis), 3)
    assert "pcseg-2" in ORBITAL_BASES
