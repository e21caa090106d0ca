"""The answers of the ninety-minute path say what is computed."""

from functools import partial

import numpy as np
import pytest
import torch

from core.chem.examples import example
from core.gaussian.basis import AuxiliaryBasis
from core.lessons.couplings import coupling
from core.lessons.data import KINDS, curves
from core.lessons.features import features
from core.lessons.force_steps import ORBITAL_BASES, calculated, case, moved_off
from core.lessons.model import lesson_model
from core.lessons.reach import answer, row_of_waters, without_field
from core.lessons.sabotage import MOVES, SABOTAGES
from core.lessons.turning import Pose, turn
from core.model.predict import predict_density
from core.reference.becke import becke_points
from core.reference.calculation import build_mol
from core.reference.level import CHEAP_LEVEL
from core.units import BOHR_IN_ANGSTROM, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.degrees import ladder_of
from core.view.lesson_paths import FIVE_MINUTES, NINETY_MINUTES
from core.view.workshop import PAGES

ANSWERS = {step.page: step.answer for step in NINETY_MINUTES}


def test_every_page_has_its_step_and_every_question_its_answer():
    assert [step.page for step in NINETY_MINUTES] == [page.number for page in PAGES]
    assert sum(step.minutes for step in NINETY_MINUTES) == 90 and sum(step.minutes for step in FIVE_MINUTES) == 5
    assert all(step.answer for step in NINETY_MINUTES)


def test_what_is_left_of_a_turn_is_the_last_digit():
    dimer = example("water-2")
    single, double = (
        turn(dimer, Pose.of((75, 20, -40)), partial(predict_density, model=lesson_model(dimer), dtype=dtype)).residual
        for dtype in (torch.float32, torch.float64)
    )
    assert "1e-7" in ANSWERS[1] and 2e-8 < single < 5e-7
    assert "1e-15" in ANSWERS[1] and 2e-16 < double < 5e-15


def test_which_move_shows_which_break():
    said = {}
    for sentence in ANSWERS[2].split(". "):
        breaks, shown_by = sentence.split(": ")
        moves = MOVES if "all three" in shown_by else [move for move in MOVES if move in shown_by.split(", as a")[0]]
        said |= {name.strip().lower(): frozenset(MOVES) - frozenset(moves) for name in breaks.split(", ")}
    assert said == {sabotage.title.lower(): sabotage.survives for sabotage in SABOTAGES}


def test_an_arrow_along_a_bond_stays_on_it_in_the_mirror():
    dimer = example("water-2")
    settings = NINETY_MINUTES[2].settings
    atom, layer, channel = (int(settings[name]) for name in ("atom", "layer", "channel"))
    assert f"H{atom} " in ANSWERS[3] and f"layer {layer}, channel {channel} " in ANSWERS[3]
    for pose in (Pose.of((0, 0, 0)), Pose.of((30, -80, 10), mirrored=True)):
        posed = pose.molecule(dimer)
        bond = posed.positions_angstrom[0] - posed.positions_angstrom[atom - 1]
        # Components of l = 1 are y, z, x.
        arrow = features(posed, lesson_model(posed)).of(atom - 1, layer, 1, channel - 1)[[2, 0, 1]]
        assert arrow @ bond > 0.999 * np.linalg.norm(arrow) * np.linalg.norm(bond)


def test_the_ladder_of_the_dimer():
    rungs = ladder_of(example("water-2")).rungs[:4]
    misplaced = [f"{rung.misplaced_electrons:.2f}" for rung in rungs]
    forces = [f"{rung.force_mev_per_angstrom:,.0f}" for rung in rungs]
    assert f"{', '.join(misplaced[:3])} and {misplaced[3]} electrons" in ANSWERS[4]
    assert f"{', '.join(forces[:3])} and {forces[3]} meV/Å" in ANSWERS[4]


def test_how_far_the_fourth_water_is_and_when_it_hears():
    row = row_of_waters()
    alone, felt = (
        answer(row, 0, np.array([0.0, 0.1, 0.0]), model)
        for model in (without_field(lesson_model(row)), lesson_model(row))
    )
    fourth, last = slice(9, 12), slice(24, 27)
    assert f"{alone.distances_bohr[9] * BOHR_IN_ANGSTROM:.1f} Å away" in ANSWERS[5]
    assert (alone.coefficients[0, fourth] == 0.0).all() and (alone.coefficients[1, fourth] > 0.0).all()
    first, more = alone.reach_bohr[0] * BOHR_IN_ANGSTROM, np.diff(alone.reach_bohr) * BOHR_IN_ANGSTROM
    assert f"{first:.1f} Å in the first layer and {more[0]:.1f} Å more in each" in ANSWERS[5]
    assert (felt.coefficients[1] > 0.0).all() and (felt.coefficients[1, last] < 1e-6).all()


def test_the_numbers_of_the_tables():
    """Three equal ones for l = 0; six for l = 1, whose sign changes with the factors; l = 2 stays, and has no trace."""
    dot, cross, traceless = (coupling(1, 1, l) for l in (0, 1, 2))
    np.testing.assert_allclose(dot[..., 0], np.eye(3) * dot[0, 0, 0], atol=1e-7)
    assert abs(dot[0, 0, 0]) == pytest.approx(3.0**-0.5)
    np.testing.assert_allclose(np.sort(abs(cross[cross != 0.0])), np.full(6, 6.0**-0.5), atol=1e-7)
    np.testing.assert_allclose(cross, -cross.swapaxes(0, 1), atol=1e-7)
    np.testing.assert_allclose(traceless, traceless.swapaxes(0, 1), atol=1e-7)
    np.testing.assert_allclose(np.trace(traceless), np.zeros(5), atol=1e-7)


def test_the_slopes():
    slopes = {kind: curves().slopes[kind]["force"] for kind in KINDS}
    symmetric = [slope for kind, slope in slopes.items() if kind != "plain"]
    least, most = -max(symmetric), -min(symmetric)
    assert f"−{least:.2f} to −{most:.2f} with symmetry and −{-slopes['plain']:.2f} without" in ANSWERS[7]
    assert f"{10**least:.1f} to {10**most:.1f} times smaller, or {10 ** -slopes['plain']:.1f} times" in ANSWERS[7]


def test_what_a_basis_and_a_fit_do_to_the_force() -> None:
    auxiliary_basis = AuxiliaryBasis.load()
    water = moved_off(example("water-1"), 1.05)
    points_bohr, weights = becke_points(build_mol(water, CHEAP_LEVEL), 3)
    worst = []
    for orbital_basis in ORBITAL_BASES:
        record = calculated(water, orbital_basis)
        found = case(record, "orbitals", auxiliary_basis)
        worst.append(abs(found.total - found.analytic).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM / 1000.0)
        if orbital_basis == "pcseg-1":
            plain, exact = (case(record, way, auxiliary_basis).at_points(points_bohr) for way in ("fit", "exact"))
            moved_percent = 100.0 * (weights @ abs(exact - plain)) / (weights @ plain)
    assert "from {:.0f} over {:.0f} and {:.0f} to {:.0f} eV/Å".format(*worst) in ANSWERS[8]
    assert f"moves {moved_percent:.2f} % of the density" in ANSWERS[8]
