"""The potential around a molecule: against integrals at one point at a time, and where its points are."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.gaussian.basis import AuxiliaryBasis
from core.model.surroundings import van_der_waals_radius
from core.reference import orbital_density
from core.reference.calculation import build_mol, calculate
from core.reference.fit import fit
from core.reference.orbital_density import OrbitalDensity
from core.reference.record import Record
from core.train import potential_error
from core.train.potential_error import FACTORS, potential_errors, shell_points
from core.units import HARTREE_IN_KCAL_PER_MOL

WATER = Molecule(np.array([8, 1, 1]), np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]]))


@pytest.fixture(scope="module")
def record() -> Record:
    return calculate(WATER)


def test_points_lie_on_the_shells_and_outside_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    points = shell_points(WATER) * 0.529177210903
    assert 100 < len(points) <= 12 * 38
    ratios = np.array(
        [
            np.linalg.norm(points - nucleus, axis=1) / van_der_waals_radius(z)
            for z, nucleus in zip(WATER.atomic_numbers.tolist(), WATER.positions_angstrom, strict=True)
        ]
    )
    assert ratios.min() > FACTORS[0] - 1e-6
    assert (abs(ratios[..., None] - np.array(FACTORS)).min((0, 2)) < 1e-6).all()
    monkeypatch.setattr(potential_error, "MOST_POINTS", 50)
    assert len(shell_points(WATER)) == 50


def test_the_potential_is_that_of_integrals_point_by_point(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(3).uniform(3.0, 5.0, (7, 3))
    mol = build_mol(WATER)
    orbitals = record.occupied_orbitals.astype(float)
    expected = []
    for point in points:
        with mol.with_rinv_origin(point):
            electrons = np.einsum("pq,pi,qi->", mol.intor("int1e_rinv"), orbitals, orbitals)
        nuclei = (WATER.atomic_numbers / np.linalg.norm(WATER.positions_bohr - point, axis=1)).sum()
        expected.append(nuclei - 2.0 * electrons)
    found = OrbitalDensity.of(record)
    assert found.potential_at_points(points) == pytest.approx(expected, abs=1e-10)
    monkeypatch.setattr(orbital_density, "BLOCK_VALUES", 3 * mol.nao**2)
    assert found.potential_at_points(points) == pytest.approx(expected, abs=1e-10)


def test_the_fit_is_near_and_free_atoms_have_no_potential(record: Record) -> None:
    fitted = fit(record, AuxiliaryBasis.load())
    errors = potential_errors(OrbitalDensity.of(record), fitted, fitted)
    assert errors.predicted == errors.fitted < 0.1
    # Neutral free atoms have next to none beyond their surface: their error is the whole of it.
    assert errors.free_atoms == pytest.approx(errors.strength, rel=0.15)
    # A water molecule of 1.85 D: some kcal/mol at these distances.
    assert 3.0 < errors.strength < 30.0
    far = 40.0 * np.eye(3)
    dipole = OrbitalDensity.of(record).potential_at_points(np.vstack([far, -far]))
    assert abs(dipole[2]) * HARTREE_IN_KCAL_PER_MOL == pytest.approx(627.5 * 0.73 / 1600, rel=0.1)
    # Across the axis only the quadrupole is felt.
    assert np.abs(dipole[:2]).max() < 0.15 * abs(dipole[2])
