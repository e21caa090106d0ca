"""Balanced forces: nothing left in all, by the density they come from; as little changed as can be, for the better."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.moments import dipole_e_bohr, electrons
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from core.model.balance import SHARED, balance, shares_of, unbalanced_part
from core.model.predict import load_model, predict, predict_density
from core.reference.becke import becke_points
from core.reference.calculation import build_mol
from core.reference.level import DEFAULT_LEVEL
from core.reference.record import read_records
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

FRAGMENTS = Path(__file__).parents[2] / "assets/datasets/fragments"
METHANETHIOL = Molecule(
    np.array([6, 16, 1, 1, 1, 1]),
    np.array(
        [[0.0, 0.0, 0.0], [1.82, 0.0, 0.0], [2.1, 1.3, 0.1], [-0.4, 1.0, 0.0], [-0.4, -0.5, 0.9], [-0.3, -0.5, -0.9]]
    ),
)


def torque(molecule: Molecule, forces: np.ndarray) -> np.ndarray:
    return np.cross(molecule.positions_bohr, forces).sum(0)


@pytest.fixture(scope="module")
def thiol() -> tuple[Density, np.ndarray]:
    density = predict_density(METHANETHIOL, load_model("bio"))
    return density, hellmann_feynman_forces(density, exact=True)


def test_the_density_has_the_forces_that_add_up(thiol: tuple[Density, np.ndarray]) -> None:
    density, forces = thiol
    found = balance(density, forces)
    again = hellmann_feynman_forces(found.density, exact=True)
    np.testing.assert_allclose(again, found.forces_hartree_per_bohr, atol=1e-8)
    np.testing.assert_allclose(found.forces_hartree_per_bohr + found.taken_off_hartree_per_bohr, forces, atol=1e-14)
    assert np.abs(forces.sum(0)).max() > 1e-4 and np.abs(torque(METHANETHIOL, forces)).max() > 1e-4
    assert np.abs(again.sum(0)).max() < 1e-8 and np.abs(torque(METHANETHIOL, again)).max() < 1e-8


def test_little_else_changes(thiol: tuple[Density, np.ndarray]) -> None:
    density, forces = thiol
    found = balance(density, forces).density
    assert electrons(found) == pytest.approx(electrons(density), abs=1e-12)
    np.testing.assert_allclose(dipole_e_bohr(found), dipole_e_bohr(density), atol=1e-12)
    points, weights = becke_points(build_mol(METHANETHIOL, DEFAULT_LEVEL), 3)
    moved = weights @ abs(density_at_points(found, points) - density_at_points(density, points))
    # A hundredth of a percent is what the third digit of a density error stands for.
    assert 0.0 < moved < 1e-5 * electrons(density)


def test_no_likelier_change_of_the_field_would_do() -> None:
    """Against a minimiser that is told what must hold and how likely errors are (their covariance, inverted)."""
    rng = np.random.default_rng(3)
    molecule = example("water-2")
    forces = rng.normal(size=(len(molecule), 3))
    charges = molecule.atomic_numbers[:, None]
    inverse = np.linalg.inv(np.eye(len(molecule)) + SHARED)

    def left(change: np.ndarray) -> np.ndarray:
        rest = forces - change.reshape(-1, 3) * charges
        return np.concatenate([rest.sum(0), torque(molecule, rest)])

    best = minimize(
        lambda change: np.einsum("ac,ab,bc->", change.reshape(-1, 3), inverse, change.reshape(-1, 3)),
        np.zeros(forces.size),
        jac=lambda change: 2.0 * (inverse @ change.reshape(-1, 3)).ravel(),
        constraints={"type": "eq", "fun": left},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert best.success
    np.testing.assert_allclose(unbalanced_part(molecule, forces) / charges, best.x.reshape(-1, 3), atol=1e-5)


def test_it_turns_and_moves_with_the_molecule_and_is_done_once() -> None:
    rng, molecule = np.random.default_rng(4), example("water-3")
    forces = rng.normal(size=(len(molecule), 3))
    off = unbalanced_part(molecule, forces)
    turn = Rotation.random(rng=5).as_matrix()
    turned = Molecule(molecule.atomic_numbers, molecule.positions_angstrom @ turn.T + [30.0, -20.0, 10.0])
    np.testing.assert_allclose(unbalanced_part(turned, forces @ turn.T), off @ turn.T, atol=1e-9)
    np.testing.assert_allclose(unbalanced_part(molecule, forces - off), 0.0, atol=1e-12)


def test_what_a_nucleus_takes_of_a_net_force() -> None:
    """In a small molecule nearly by the square of its charge, in a large one by its charge."""
    for molecule, power in ((example("water-1"), 2.0), (example("helix-18"), 1.0)):
        shares, charges = shares_of(molecule), molecule.atomic_numbers.astype(float)
        assert shares.sum() == pytest.approx(1.0)
        oxygen, hydrogen = shares[charges == 8].mean(), shares[charges == 1].mean()
        assert np.log(oxygen / hydrogen) / np.log(8.0) == pytest.approx(power, abs=0.2)


@pytest.mark.parametrize(
    ("numbers", "places"),
    [
        ([8], [[1.0, 2.0, 3.0]]),
        ([6, 8], [[0, 0, 0], [0, 0, 1.13]]),
        ([8, 6, 8], [[0, 0, -1.2], [0, 0, 0], [0, 0, 1.2]]),
    ],
)
def test_one_atom_and_atoms_on_a_line(numbers: list[int], places: list[list[float]]) -> None:
    molecule = Molecule(np.array(numbers), np.array(places, dtype=float))
    forces = np.random.default_rng(6).normal(size=(len(numbers), 3))
    rest = forces - unbalanced_part(molecule, forces)
    np.testing.assert_allclose(rest.sum(0), 0.0, atol=1e-12)
    np.testing.assert_allclose(torque(molecule, rest), 0.0, atol=1e-12)
    if len(numbers) == 1:
        np.testing.assert_allclose(rest, 0.0, atol=1e-12)


def test_a_prediction_is_balanced_and_says_what_was_taken_off() -> None:
    molecule, model = example("water-6"), load_model("water")
    prediction = predict(molecule, model)
    before = hellmann_feynman_forces(predict_density(molecule, model)) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    np.testing.assert_allclose(prediction.net_force_taken_off_mev_per_angstrom, before.sum(0), rtol=1e-3, atol=0.1)
    np.testing.assert_allclose(prediction.forces_mev_per_angstrom.sum(0), 0.0, atol=1e-9)
    exact = hellmann_feynman_forces(prediction.density, exact=True) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    np.testing.assert_allclose(exact, prediction.forces_mev_per_angstrom, atol=0.5)


def test_dft_forces_need_no_balance() -> None:
    """What is taken off those of calculations is the error of their quadrature."""
    records = list(read_records(FRAGMENTS / "heldout-0000.h5"))
    off = [unbalanced_part(r.molecule, r.forces_mev_per_angstrom) for r in records]
    assert max(np.abs(each).max() for each in off) < 5.0


def test_balanced_forces_are_nearer_to_dft() -> None:
    """On small cut-outs of proteins, which nothing was trained on."""
    model, before, after = load_model("bio"), [], []
    for record in read_records(FRAGMENTS / "small-cutouts-0000.h5"):
        prediction = predict(record.molecule, model)
        errors = prediction.forces_mev_per_angstrom - record.forces_mev_per_angstrom
        assert prediction.taken_off_hartree_per_bohr is not None
        raw = errors + prediction.taken_off_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        before.append(np.abs(raw).mean())
        after.append(np.abs(errors).mean())
    assert len(after) > 10 and np.mean(after) < 0.97 * np.mean(before)


def test_functions_that_take_it_up_are_there_for_every_element() -> None:
    basis = AuxiliaryBasis.load()
    for number in basis.elements:
        pair = Molecule(np.array([number, 1]), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.74]]))
        density = Density.free_atoms(pair, basis)
        found = balance(density, hellmann_feynman_forces(density, exact=True))
        before = np.abs(found.taken_off_hartree_per_bohr).max()
        left = hellmann_feynman_forces(found.density, exact=True)
        assert np.abs(left.sum(0)).max() < 1e-4 * before or before < 1e-12


def test_a_bent_line_and_a_long_rod_turn_nothing() -> None:
    rng = np.random.default_rng(8)
    bent = Molecule(np.array([8, 6, 8]), np.array([[0, 0, -1.2], [0, 0.001, 0], [0, 0, 1.2]]))
    places = rng.uniform(0.0, 1.0, size=(20_000, 3)) * [3400.0, 9.0, 9.0]
    for molecule in (bent, Molecule(np.full(20_000, 6), places)):
        forces = rng.normal(size=(len(molecule), 3))
        rest = forces - unbalanced_part(molecule, forces)
        size = np.abs(molecule.positions_bohr).max() * np.sqrt(len(molecule))
        np.testing.assert_allclose(rest.sum(0), 0.0, atol=1e-6)
        np.testing.assert_allclose(torque(molecule, rest), 0.0, atol=1e-6 * size)
