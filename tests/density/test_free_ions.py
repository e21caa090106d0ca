"""Free ions: their densities against PySCF, and what becomes of a density, its potential and its charges with them."""

import numpy as np
import pytest

from core.chem.elements import atomic_number, symbol
from core.chem.examples import example
from core.chem.prepare.ions import FreeIon
from core.chem.topology import Residue
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.density.files import load_density, save_density
from core.density.free_ions import has_free_density, with_free_ions
from core.density.hirshfeld import hirshfeld_atoms
from core.density.moments import electrons
from core.density.switch import switch_distances
from core.errors import StructureError, UnsupportedElementError
from core.gaussian.basis import AuxiliaryBasis, free_ions
from core.gaussian.evaluate import density_at_points
from core.model.checkpoint import load_model
from core.model.predict import predict_density
from core.reference.free_ion import CHARGES, ion_density
from core.units import ANGSTROM_IN_BOHR

WATER = example("water-3")


def ion(element: str, charge: int, position: tuple[float, float, float] = (0.0, 0.0, 9.0)) -> FreeIon:
    return FreeIon(Residue("", element.upper(), 1, kind="ion"), atomic_number(element), np.array(position), charge)


@pytest.fixture(scope="module")
def water() -> Density:
    return predict_density(WATER, load_model("water"))


@pytest.mark.parametrize("element", ["Na", "Ca", "F", "Cl"])
def test_the_density_of_an_ion_is_that_of_its_own_calculation(element: str) -> None:
    radii = np.geomspace(1e-3, 12.0, 400)
    shipped = free_ions()[atomic_number(element)]
    found = shipped.free_density(radii)
    exact = ion_density(element, radii)
    weight = 4.0 * np.pi * radii**3 * np.log(radii[1] / radii[0])
    assert (abs(found - exact) * weight).sum() < 2e-4 * shipped.free_electrons
    assert (exact * weight).sum() == pytest.approx(atomic_number(element) - CHARGES[element], rel=1e-3)


def test_every_ion_holds_its_electrons() -> None:
    assert {symbol(z): entry.charge for z, entry in free_ions().items()} == CHARGES
    radii = np.geomspace(1e-5, 40.0, 4000)
    shells = 4.0 * np.pi * radii**3 * np.log(radii[1] / radii[0])
    for z, entry in free_ions().items():
        assert (entry.free_density(radii) * shells).sum() == pytest.approx(z - entry.charge, rel=1e-4)
        assert entry.free_density(radii).min() > -1e-6
    basis = AuxiliaryBasis.load()
    assert basis.with_free_ions.elements.keys() == basis.elements.keys() | free_ions().keys()
    assert {z: basis.with_free_ions.element(z) for z in basis.elements} == basis.elements


@pytest.mark.parametrize(("element", "charge"), [("Na", 1), ("Zn", 2), ("Cl", -1)])
def test_a_density_with_an_ion_is_the_sum_of_both(water: Density, element: str, charge: int) -> None:
    where = np.array([0.0, 0.0, 9.0])
    both = with_free_ions(water, [ion(element, charge)])
    assert electrons(both) == pytest.approx(both.molecule.electrons, abs=1e-9)
    assert both.molecule.charge == charge and len(both.molecule) == len(WATER) + 1
    points = np.random.default_rng(0).normal(size=(50, 3)) * 3.0 + where * ANGSTROM_IN_BOHR / 2
    alone = free_ions()[atomic_number(element)].free_density(np.linalg.norm(points - where * ANGSTROM_IN_BOHR, axis=1))
    expected = density_at_points(water, points) + alone
    np.testing.assert_allclose(density_at_points(both, points), expected, rtol=1e-9, atol=1e-12)
    charges = hirshfeld_atoms(both).charges
    assert charges[-1] == pytest.approx(charge, abs=0.01) and charges.sum() == pytest.approx(charge, abs=1e-9)
    np.testing.assert_allclose(charges[:-1], hirshfeld_atoms(water).charges, atol=5e-3)


def test_the_potential_far_away_is_that_of_the_charge(water: Density) -> None:
    both = with_free_ions(water, [ion("Mg", 2)])
    assert switch_distances(both, 1e-6, quantity="potential")[-1] < 30.0
    point = np.array([[0.0, 0.0, 9.0 * ANGSTROM_IN_BOHR + 30.0]])
    found = potential_at_points(both, point) - potential_at_points(water, point)
    assert found[0] == pytest.approx(2.0 / 30.0, rel=1e-5)


def test_ions_of_another_charge_are_refused(water: Density) -> None:
    assert has_free_density(ion("Zn", 2)) and not has_free_density(ion("Zn", 1)) and not has_free_density(ion("Fe", 3))
    with pytest.raises(UnsupportedElementError, match="ion Fe of charge 3"):
        with_free_ions(water, [ion("Na", 1), ion("Fe", 3, (0, 0, 20.0))])
    assert with_free_ions(water, []) is water
    with pytest.raises(StructureError, match="overlap"):
        with_free_ions(water, [ion("Na", 1), ion("Na", 1, (0.0, 0.0, 9.1))])


def test_what_was_added_is_written_beside_what_was_predicted(water: Density) -> None:
    source = with_free_ions(water, [ion("Na", 1)]).source
    assert source.startswith(water.source) and "not predicted: Na +1" in source


def test_a_density_with_ions_can_be_kept(water: Density, tmp_path) -> None:
    both = with_free_ions(water, [ion("K", 1)])
    save_density(both, tmp_path / "a.safetensors")
    again = load_density(tmp_path / "a.safetensors")
    assert again.molecule.content_hash == both.molecule.content_hash
    assert electrons(again) == pytest.approx(electrons(both), abs=1e-9)
