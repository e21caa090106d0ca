"""Messages go no further than their rounds; the field goes everywhere at once."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.errors import LessonError
from core.lessons.reach import answer, row_of_waters, without_field
from core.model.choose import model_for

SHIFT = np.array([0.1, 0.05, 0.0])


@pytest.fixture(scope="module")
def row() -> Molecule:
    return row_of_waters()


def test_messages_alone_reach_as_far_as_their_rounds(row):
    heard = answer(row, 0, SHIFT, without_field(model_for(row)))
    outside = heard.distances_bohr[None] > heard.reach_bohr[:, None]
    assert outside.any(axis=1)[0] and heard.beyond == 0.0
    near = heard.distances_bohr < 8.0
    assert (heard.change[:, near] > 1e-6).all()


def test_the_field_reaches_everyone(row):
    heard = answer(row, 0, SHIFT, model_for(row))
    assert heard.change[0][heard.distances_bohr > heard.reach_bohr[0]].max() < 1e-12
    assert (heard.change[-1] > 0).all() and heard.beyond > 1e-9


def test_an_atom_that_is_not_there(row):
    with pytest.raises(LessonError, match="There is no atom 28"):
        answer(row, 27, SHIFT, model_for(row))


@pytest.mark.parametrize("shift", [SHIFT, None])
@pytest.mark.parametrize("atom", range(0, 27, 2))
def test_whoever_moves_or_goes_is_heard_as_far_and_no_farther(row, atom, shift):
    heard = answer(row, atom, shift, without_field(model_for(row)))
    assert heard.beyond == 0.0
    near = (heard.distances_bohr < 8.0) & (heard.distances_bohr > 0)
    assert near.sum() >= 2 and (heard.change[:, near] > 1e-6).all()


def test_each_round_goes_farther_than_the_circle_before(row):
    heard = answer(row, 0, SHIFT, without_field(model_for(row)))
    for layer in (1, 2):
        beyond = heard.distances_bohr > heard.reach_bohr[layer - 1]
        assert (heard.change[layer][beyond] > 0.0).any()
