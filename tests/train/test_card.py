"""Model cards: what they say of a training set, and that the shipped pages are those of their numbers."""

import json

import pytest

from core.train.card import PAGE, card_folder, composition, render


def test_the_composition_of_a_set_in_words() -> None:
    formulas = {"H4O2": 3, "C1H4": 2, "H2O1": 2, "C1H3N1O1": 1, "H3O1": 1}
    assert composition(formulas) == (
        "5 clusters of 1 to 2 waters and 4 others, of 3 formulas, the commonest CH4 (2), CH3NO (1), H3O (1); "
        "C in 3, N in 1, O in 2"
    )
    assert composition({"H10O5": 7}) == "7 clusters of 5 waters"
    assert composition({"C1H4": 2}).startswith("2 others, of 1 formulas")


@pytest.mark.parametrize("name", ["bio", "water"])
def test_the_page_of_a_shipped_card_is_that_of_its_numbers(name: str) -> None:
    folder = card_folder(name)
    assert (folder / PAGE).read_text() == render(json.loads((folder / "card.json").read_text()))
