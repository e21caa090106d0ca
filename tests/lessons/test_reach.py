"""Messages go no further than their rounds; the field goes everywhere at once."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.errors import LessonError
from core.lessons.model import lesson_model
from core.lessons.reach import answer, read_out, row_of_waters, without_field
from core.model.choose import model_for
from core.model.graph import build_graph
from core.model.predict import predict_density

SHIFT = np.array([0.1, 0.05, 0.0])


@pytest.fixture(scope="module")
def row() -> Molecule:
    return row_of_waters()


def test_messages_alone_reach_as_far_as_their_rounds(row):
    heard = answer(row, 0, SHIFT, without_field(model_for(row)))
    outside = heard.distances_bohr[None] > heard.reach_bohr[:, None]
    assert outside.any(axis=1)[0] and heard.beyond == 0.0
    near = heard.distances_bohr < 8.0
    assert (heard.features[:, near] > 1e-6).all() and (heard.coefficients[:, near] > 1e-6).all()


def test_the_field_reaches_everyone(row):
    heard = answer(row, 0, SHIFT, model_for(row))
    for change in (heard.features, heard.coefficients):
        assert change[0][heard.distances_bohr > heard.reach_bohr[0]].max() < 1e-12
        assert (change[-1] > 0).all()
    assert heard.beyond > 1e-9


def test_an_atom_that_is_not_there(row):
    with pytest.raises(LessonError, match="There is no atom 28"):
        answer(row, 27, SHIFT, model_for(row))


@pytest.mark.parametrize("shift", [SHIFT, None])
@pytest.mark.parametrize("atom", range(0, 27, 2))
def test_whoever_moves_or_goes_is_heard_as_far_and_no_farther(row, atom, shift):
    heard = answer(row, atom, shift, without_field(model_for(row)))
    assert heard.beyond == 0.0
    near = (heard.distances_bohr < 8.0) & (heard.distances_bohr > 0)
    assert near.sum() >= 2
    assert (heard.features[:, near] > 1e-6).all() and (heard.coefficients[:, near] > 1e-6).all()


def test_each_round_goes_farther_than_the_circle_before(row):
    heard = answer(row, 0, SHIFT, without_field(model_for(row)))
    for layer in (1, 2):
        beyond = heard.distances_bohr > heard.reach_bohr[layer - 1]
        assert (heard.features[layer][beyond] > 0.0).any() and (heard.changed[layer][beyond] > 0).any()


def test_coefficients_change_where_features_do_and_are_counted(row):
    heard = answer(row, 0, SHIFT, without_field(model_for(row)))
    np.testing.assert_array_equal(heard.coefficients > 0.0, heard.features > 0.0)
    np.testing.assert_array_equal(heard.changed > 0, heard.features > 0.0)
    assert (heard.changed <= heard.counts).all() and heard.counts[0] > heard.counts[1]
    # All of an atom nearby, but for those that symmetry keeps at nothing: the row and the move have a mirror plane.
    assert (heard.changed[-1][:6] > 0.5 * heard.counts[:6]).all()


def test_changes_by_degree_are_those_of_the_density(row):
    """After the last layer, against predictions in which the electron count moves functions of l = 0 only."""
    model = without_field(model_for(row))
    heard = answer(row, 0, SHIFT, model)
    positions = row.positions_angstrom.copy()
    positions[0] += SHIFT
    here, there = (
        predict_density(each, model, dtype=torch.float64) for each in (row, replace(row, positions_angstrom=positions))
    )
    offsets = here.basis.atom_offsets(row.atomic_numbers)
    for atom in (0, 1, 4, 26):
        exponents = here.basis.element(int(row.atomic_numbers[atom])).exponents
        start = offsets[atom] + len(exponents[0])
        for l, own in enumerate(exponents[1:], 1):
            part = slice(start, start + (2 * l + 1) * len(own))
            start = part.stop
            change = np.linalg.norm((there.coefficients - here.coefficients)[part])
            assert heard.by_degree[-1, atom, l] == pytest.approx(
                change / np.linalg.norm(here.coefficients[part]), rel=1e-6, abs=1e-13
            )
        assert np.isnan(heard.by_degree[-1, atom, len(exponents) :]).all()
    np.testing.assert_array_equal((np.nan_to_num(heard.by_degree) > 0.0).any(axis=-1), heard.changed > 0)


@pytest.mark.parametrize("key", ["water-2", "formamide"])
def test_all_read_outs_together_are_the_predicted_coefficients(key):
    """But for the electron count, mended in functions of l = 0 only and by as much in all atoms of an element."""
    molecule = example(key)
    model = lesson_model(molecule)
    network = copy.deepcopy(model.network).double()
    rounds: list[torch.Tensor] = []
    with torch.inference_mode():
        network(build_graph(molecule, network.config.graph_cutoff_bohr), rounds)
    read = np.concatenate(read_out(rounds, molecule, replace(model, network=network))[-1])
    density = predict_density(molecule, model, dtype=torch.float64)
    above = np.ones(len(read), dtype=bool)
    mended: dict[int, np.ndarray] = {}
    for start, z in zip(density.basis.atom_offsets(molecule.atomic_numbers), molecule.atomic_numbers, strict=False):
        scalars = slice(start, start + density.basis.element(int(z)).l_slices[0].stop)
        above[scalars] = False
        by = density.coefficients[scalars] - read[scalars]
        np.testing.assert_allclose(by, mended.setdefault(int(z), by), atol=1e-12)
        assert abs(by).max() > 0.0
    np.testing.assert_allclose(read[above], density.coefficients[above], atol=1e-12)
