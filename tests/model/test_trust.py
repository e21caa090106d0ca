"""Trust in the shipped model: known bad structures, good ones, and true errors of structures it was not trained on."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.stats import spearmanr

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.chem.prepare.ions import FreeIon
from core.chem.topology import Residue
from core.data.dataset import load_dataset
from core.errors import UnsupportedElementError
from core.model.checkpoint import TrainedModel, load_model
from core.model.predict import atom_invariants, predict
from core.model.trust import Trust, assess
from tests.model.known_bad import BAD, good

WATER = Path(__file__).parents[2] / "assets" / "datasets" / "water"
GOOD = good()


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return load_model("water")


def trust_in(molecule: Molecule, model: TrainedModel) -> Trust:
    return assess(predict(molecule, model), model)


@pytest.mark.parametrize("name", BAD)
def test_known_bad_structures_are_not_trusted(name: str, model: TrainedModel) -> None:
    case = BAD[name]
    trust = trust_in(case.molecule, model)
    assert not trust.trusted
    assert trust.verdict.startswith("Do not trust")
    assert trust.flagged[list(case.atoms)].all() and trust.flagged.any()
    assert case.reason in " ".join(trust.reasons(most=20))


@pytest.mark.parametrize("name", GOOD)
def test_good_structures_are_trusted(name: str, model: TrainedModel) -> None:
    trust = trust_in(GOOD[name], model)
    assert trust.reasons() == []
    assert trust.trusted and not trust.flagged.any() and "Do not" not in trust.verdict
    assert np.isfinite(trust.expected_mev_per_angstrom).all()
    assert (trust.upper_mev_per_angstrom > trust.expected_mev_per_angstrom).all()


def test_carbon_is_refused_by_the_water_model(model: TrainedModel) -> None:
    dioxide = Molecule(np.array([6, 8, 8]), np.array([[0, 0, 0], [1.16, 0, 0], [-1.16, 0, 0.0]]))
    with pytest.raises(UnsupportedElementError, match="does not know C"):
        predict(dioxide, model)


def test_of_a_bad_part_the_rest_is_kept(model: TrainedModel) -> None:
    droplet = next(m for m in GOOD.values() if len(m) == 90)
    stray = Molecule(np.append(droplet.atomic_numbers, 8), np.vstack([droplet.positions_angstrom, [30.0, 0, 0]]))
    trust = trust_in(stray, model)
    assert np.flatnonzero(trust.flagged).tolist() == [90]
    assert "O91" in trust.verdict and "Do not trust the forces on" in trust.verdict


@cache
def held_out() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Atomic numbers, expected and upper errors, true errors (meV/angstrom), and whether flagged, of every atom."""
    model, rows = load_model("water"), []
    for record in load_dataset([WATER / "heldout-*.h5", WATER / "fresh-*.h5"]):
        prediction = predict(record.molecule, model)
        trust = assess(prediction, model)
        errors = np.linalg.norm(prediction.forces_mev_per_angstrom - record.forces_mev_per_angstrom, axis=1)
        expected, upper = trust.expected_mev_per_angstrom, trust.upper_mev_per_angstrom
        rows.append((record.molecule.atomic_numbers, expected, upper, errors, trust.flagged))
    numbers, expected, upper, errors, flagged = (np.concatenate(column) for column in zip(*rows, strict=True))
    return numbers, expected, upper, errors, flagged


def test_expected_errors_rank_the_true_ones() -> None:
    numbers, expected, _, errors, _ = held_out()
    assert spearmanr(expected, errors)[0] > 0.75
    for z in (1, 8):
        assert spearmanr(expected[numbers == z], errors[numbers == z])[0] > 0.6


def test_expected_errors_have_the_size_of_the_true_ones() -> None:
    _, expected, upper, errors, _ = held_out()
    assert (errors < expected).mean() == pytest.approx(0.5, abs=0.06)
    assert (errors < upper).mean() == pytest.approx(0.9, abs=0.04)


def test_what_is_flagged_among_the_held_out_is_what_went_wrong() -> None:
    *_, errors, flagged = held_out()
    assert flagged[errors.argmax()]
    assert 0 < flagged.sum() < 0.02 * len(errors)
    assert errors[flagged].min() > 5 * np.median(errors)


def test_trust_does_not_turn_with_the_molecule_nor_depend_on_order(model: TrainedModel) -> None:
    molecule = GOOD["Water pentamer"]
    order = np.random.default_rng(0).permutation(len(molecule))
    matrix = Rotation.random(random_state=1).as_matrix()
    turned = Molecule(molecule.atomic_numbers[order], molecule.positions_angstrom[order] @ matrix.T + 3.0)
    here, there = atom_invariants(molecule, model), atom_invariants(turned, model)
    np.testing.assert_allclose(there, here[order], atol=1e-4 * np.abs(here).max())
    one, other = trust_in(molecule, model), trust_in(turned, model)
    np.testing.assert_allclose(other.expected_mev_per_angstrom, one.expected_mev_per_angstrom[order], rtol=1e-3)


def test_what_reaches_an_atom_changes_its_invariants(model: TrainedModel) -> None:
    near, far = GOOD["hydrogen bond of 1.95"], GOOD["two waters 8 apart"]
    alone = atom_invariants(GOOD["water"], model)
    change = [np.abs(atom_invariants(m, model)[:3] - alone).max() for m in (near, far)]
    assert change[0] > 5 * change[1] > 0


def test_the_middle_and_the_worst_atom_are_said(model: TrainedModel) -> None:
    trust = trust_in(GOOD["Water hexamer"], model)
    expected = trust.expected_mev_per_angstrom
    worst = int(expected.argmax())
    assert f"{np.median(expected):.0f} meV/Å for the median atom" in trust.expectation
    assert f"{expected[worst]:.0f} for the worst, {trust.molecule.symbols[worst]}{worst + 1}" in trust.expectation


def test_atoms_beside_an_ion_that_was_not_predicted_are_flagged(model: TrainedModel) -> None:
    molecule = example("water-3")
    oxygen = molecule.positions_angstrom[0]
    outward = oxygen - molecule.positions_angstrom.mean(0)
    outward /= np.linalg.norm(outward)
    prediction = predict(molecule, model)
    for distance, expected in ((2.4, True), (9.0, False)):
        sodium = FreeIon(Residue("A", "NA", 7, kind="ion"), 11, oxygen + distance * outward, 1)
        trust = assess(prediction, model, [sodium])
        assert trust.trusted != expected and trust.flagged[0] == expected
        assert ("The ion NA A 7 (Na +1)" in " ".join(trust.reasons())) == expected
    assert assess(prediction, model).trusted
