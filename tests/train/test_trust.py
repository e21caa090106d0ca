"""Calibration: what is reported of a structure never comes from that structure; the card shows what was measured."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from core.data.dataset import load_dataset
from core.errors import DataError
from core.model.checkpoint import load_model
from core.model.error_law import LEVELS
from core.model.familiarity import ElementFamiliarity, Familiarity
from core.train.card import render
from core.train.trust import Atoms, Foretold, by_expected, calibrate, crossed, describe, fit_law, halves, measure

WATER = Path(__file__).parents[2] / "assets" / "datasets" / "water"
CARD = json.loads((WATER.parents[1] / "models" / "water" / "card.json").read_text())
KNOWN = Familiarity({z: ElementFamiliarity(np.zeros(1), np.ones((1, 1)), 100) for z in (1, 8)})


def atoms(structures: int, seed: int = 0) -> Atoms:
    """Errors that are a multiple of the distance, with chance, a different multiple for each element."""
    rng = np.random.default_rng(seed)
    structure = np.repeat(np.arange(structures), rng.integers(3, 30, structures))
    numbers = rng.choice([1, 1, 8], size=len(structure))
    distances = rng.uniform(0.5, 3.0, len(structure))
    errors = np.where(numbers == 8, 40.0, 10.0) * distances * rng.lognormal(0.0, 0.4, len(structure))
    return Atoms(structure, numbers, distances, errors)


def test_halves_share_no_structure_and_are_alike_in_size() -> None:
    found = atoms(41)
    one, other = halves(found)
    assert (one ^ other).all()
    assert not set(found.structure[one]) & set(found.structure[other])
    assert 0.35 < one.mean() < 0.65
    with pytest.raises(DataError, match="too few"):
        halves(atoms(3))


def test_no_structure_tells_what_is_expected_of_itself() -> None:
    found = atoms(20)
    one, other = halves(found)
    before = crossed(found, KNOWN).quantiles
    spoiled = replace(found, errors=np.where(one, 50 * found.errors, found.errors))
    after = crossed(spoiled, KNOWN).quantiles
    np.testing.assert_array_equal(after[one], before[one])
    np.testing.assert_allclose(after[other], 50 * before[other], rtol=0.05)


def test_what_is_described_is_so() -> None:
    found = atoms(60)
    tested = crossed(found, KNOWN)
    row = describe(tested)
    assert row["atoms"] == len(found.errors) and row["structures"] == 60
    assert row["rank_correlation"]["all"] == pytest.approx(spearmanr(tested.expected, found.errors)[0], abs=1e-4)
    assert row["rank_correlation"]["all"] > row["rank_correlation"]["element_alone"] + 0.05
    own = found.atomic_numbers == 8
    within = spearmanr(found.distances[own], found.errors[own])[0]
    assert row["rank_correlation"]["within"]["O"] == pytest.approx(within, abs=0.02)
    np.testing.assert_allclose(row["coverage"], LEVELS, atol=0.08)
    groups = by_expected(tested)
    assert sum(group["atoms"] for group in groups) == len(found.errors)
    expected = [group["expected_mev_per_angstrom"] for group in groups]
    assert expected == sorted(expected)
    for group in groups:
        assert group["median_error_mev_per_angstrom"] == pytest.approx(group["expected_mev_per_angstrom"], rel=0.25)


def test_expected_errors_without_information_do_not_correlate() -> None:
    found = atoms(60)
    shuffled = replace(found, errors=np.random.default_rng(1).permutation(found.errors))
    law = fit_law(shuffled, KNOWN)
    assert abs(describe(Foretold.by(law, shuffled))["rank_correlation"]["all"]) < 0.15


def test_joined_sets_keep_their_structures_apart() -> None:
    parts = [atoms(4), atoms(5, seed=1)]
    joined = Atoms.joined(parts)
    assert len(np.unique(joined.structure)) == 9
    assert len(joined.errors) == sum(len(part.errors) for part in parts)


def test_true_errors_are_those_against_dft() -> None:
    model = load_model("water")
    record = load_dataset(WATER / "fresh-*.h5")[0]
    assert model.trust is not None
    found = measure(model, model.trust.familiarity, [record])
    shifted = replace(record, gradient_hartree_per_bohr=record.gradient_hartree_per_bohr + [1.0, 0.0, 0.0])
    moved = measure(model, model.trust.familiarity, [shifted])
    # One hartree/bohr is 51 422 meV/angstrom, far above any error here.
    np.testing.assert_allclose(moved.errors, 51_422, rtol=0.01)
    assert found.errors.max() < 500


def test_training_structures_cannot_calibrate() -> None:
    training = load_dataset(WATER / "train-0000.h5")
    with pytest.raises(DataError, match="both sides"):
        calibrate(load_model("water"), training, {"cheat": WATER / "train-0000.h5"}, {})


def test_the_shipped_card_meets_its_aim_and_its_page_says_so() -> None:
    trust = CARD["trust"]
    assert trust["all"]["rank_correlation"]["all"] >= 0.6
    assert all(value >= 0.6 for value in trust["all"]["rank_correlation"]["within"].values())
    assert set(trust["fitted_on"]) < set(trust["sets"])
    page = render(CARD)
    for name, row in trust["sets"].items():
        [line] = [
            line
            for line in page.split("## Trust")[1].splitlines()
            if line.startswith(f"| {name} | {row['structures']} ")
        ]
        assert f"| {row['atoms']} | {row['rank_correlation']['all']:.2f} |" in line
        assert f"{100 * row['coverage'][LEVELS.index(0.9)]:.0f} % |" in line
    assert "## Trust" not in render({key: value for key, value in CARD.items() if key != "trust"})
