"""Water goes to the specialist, everything else to the model that knows its elements; a name is obeyed."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.errors import ModelError
from core.model import choose
from core.model.choose import choose_model, model_for, weights_key

WATER = Molecule(np.array([8, 1, 1]), np.array([[0.0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0]]))
STRETCHED = Molecule(WATER.atomic_numbers, WATER.positions_angstrom * 1.6)
METHANE = Molecule(
    np.array([6, 1, 1, 1, 1]), 0.63 * np.array([[0, 0, 0], [1, 1, 1], [-1, -1, 1], [-1, 1, -1], [1, -1, -1]])
)
SPECIALIST = {
    "elements": ["H", "O"], "charges": [0], "atoms": [3, 24], "environments": ["O: H2", "H: O1"],
    "bonded_angstrom": {"H-O": [0.9, 1.1]}, "closest_contact_angstrom": {"H-H": 1.3},
}  # fmt: skip
GENERAL = {"elements": ["C", "H", "O"]}


@pytest.fixture
def two_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "shipped_domains", lambda: {"water": SPECIALIST, "bio": GENERAL})


@pytest.mark.parametrize(("molecule", "name"), [(WATER, "water"), (STRETCHED, "bio"), (METHANE, "bio")])
def test_the_most_special_model_that_holds_it(two_models: None, molecule: Molecule, name: str) -> None:
    assert choose_model(molecule) == name


def test_an_element_that_none_knows_goes_to_the_general_one(two_models: None) -> None:
    assert choose_model(Molecule(np.array([10]), np.zeros((1, 3)))) == "bio"


def test_no_models_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "shipped_domains", dict)
    with pytest.raises(ModelError, match="no model"):
        choose_model(WATER)


def test_a_name_is_obeyed() -> None:
    assert model_for(WATER, "water").name == "water"
    with pytest.raises(ModelError):
        model_for(WATER, "no-such-model")


def test_shipped_water_takes_water_and_the_key_is_of_the_weights() -> None:
    assert model_for(WATER).name == "water"
    assert weights_key("water") in weights_key() and len(weights_key("water")) == 64
