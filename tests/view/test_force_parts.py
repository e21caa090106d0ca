"""Parts of the forces in a scene: what was asked for and nothing else, adding up to the forces that are there."""

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from core.chem.examples import example
from core.density.density import Density
from core.density.levels import enclosed_curve
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.gaussian.basis import AuxiliaryBasis
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.coefficients import pack_coefficients
from core.view.field import PackedField
from core.view.force_parts import FARTHEST, NEAREST, USUAL, Wish, remember, wish_of, with_asked_part
from core.view.picture import Picture
from core.view.prediction import Predicted
from core.view.scene import Scene

STRUCTURE = example("water-3").content_hash


@pytest.fixture(scope="module")
def picture() -> Picture:
    """Of made-up coefficients, without a field."""
    molecule, basis = example("water-3"), AuxiliaryBasis.load()
    count = basis.n_functions(molecule.atomic_numbers)
    density = Density(molecule, basis, np.random.default_rng(0).normal(0.0, 0.01, count), "made up")
    forces = hellmann_feynman_forces(density, exact=True)
    scene = Scene.of(molecule, source="", description="", forces_hartree_per_bohr=forces)
    predicted = Predicted(density, forces, {}, None)
    field = PackedField(b"", "", False, 1.0)
    return Picture(molecule, predicted, density, enclosed_curve(density), field, pack_coefficients(density), scene)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def asked(picture: Picture, part: str, within: float = 4.0) -> np.ndarray:
    """(n_atoms, 3) meV/angstrom as the scene brings it."""
    remember({"structure": STRUCTURE, "part": part, "within_angstrom": within}, key="explore")
    scene = with_asked_part(picture.scene, picture, key="explore")
    assert scene.force_part is not None and scene.force_part.part == part
    return np.array(scene.force_part.forces_mev_per_angstrom).reshape(-1, 3)


@pytest.mark.parametrize("pair", [("nuclear", "electronic"), ("near", "far")])
def test_parts_add_up_to_the_forces_of_the_scene(picture: Picture, pair: tuple[str, str]) -> None:
    total = np.array(picture.scene.forces_mev_per_angstrom).reshape(-1, 3)
    one, other = (asked(picture, part) for part in pair)
    # Each is rounded to a tenth.
    assert one + other == pytest.approx(total, abs=0.151)
    assert np.abs(one).max() > 10.0 and np.abs(other).max() > 10.0


def test_the_nuclear_part_is_coulombs(picture: Picture) -> None:
    charges, positions = picture.molecule.atomic_numbers, picture.molecule.positions_bohr
    expected = np.zeros_like(positions)
    for a, b in np.argwhere(~np.eye(len(charges), dtype=bool)):
        vector = positions[a] - positions[b]
        expected[a] += charges[a] * charges[b] * vector / np.linalg.norm(vector) ** 3
    assert asked(picture, "nuclear") == pytest.approx(HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM * expected, abs=0.051)


def test_nothing_is_sent_that_was_not_asked_for(picture: Picture) -> None:
    scene = with_asked_part(picture.scene, picture, key="explore")
    assert scene.force_part is None and scene.offers_parts
    remember({"structure": "another", "part": "near", "within_angstrom": 5.0}, key="explore")
    assert with_asked_part(picture.scene, picture, key="explore").force_part is None
    remember({"structure": STRUCTURE, "part": "near", "within_angstrom": 5.0}, key="compare")
    assert with_asked_part(picture.scene, picture, key="explore").force_part is None


def test_free_ions_have_no_part(picture: Picture) -> None:
    remember({"structure": STRUCTURE, "part": "nuclear"}, key="explore")
    scene = with_asked_part(replace(picture.scene, free_ions=2), picture, key="explore")
    assert scene.force_part is not None
    assert scene.force_part.forces_mev_per_angstrom[-6:] == (0.0,) * 6
    assert len(scene.force_part.forces_mev_per_angstrom) == 3 * (9 + 2)


@pytest.mark.parametrize(
    "answer", [None, "nuclear", {}, {"structure": "a", "part": "all of it"}, {"part": "total"}, {"part": ["near"]}]
)
def test_an_answer_that_is_no_wish_is_none(answer: object) -> None:
    assert wish_of(answer) is None


@pytest.mark.parametrize(
    ("given", "taken"),
    [(5, 5.0), (1e9, FARTHEST), (-3, NEAREST), ("4.26", 4.3), ("near", USUAL), (float("nan"), USUAL), ([], USUAL)],
)
def test_the_distance_stays_within_its_bounds(given: object, taken: float) -> None:
    assert wish_of({"structure": "a", "part": "far", "within_angstrom": given}) == Wish("a", "far", taken)


def test_labels_say_which_and_how_near() -> None:
    assert Wish("a", "near", 4.0).label == "Near part (< 4 Å)" and Wish("a", "far", 4.5).label == "Far part (> 4.5 Å)"
    assert Wish("a", "nuclear", 5.0).label == "Nuclear part"
