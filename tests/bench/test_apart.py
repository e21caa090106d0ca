"""Far apart: molecules that need the same correction of their electron count leave each other alone, others do not."""

import json

import numpy as np
import pytest

from core.bench import apart
from core.chem.examples import example
from core.chem.molecule import Molecule
from core.model.checkpoint import load_model


def test_far_is_far_and_last_is_the_small_one() -> None:
    large, small = example("water-30"), example("water-1")
    both = apart.beside(large, Molecule(small.atomic_numbers, small.positions_angstrom, charge=-1), 20.0)
    rows = both.positions_angstrom
    assert both.charge == -1 and both.symbols[-3:] == small.symbols
    assert rows[90:, 2].min() - rows[:90, 2].max() == pytest.approx(20.0)
    assert rows[:90] == pytest.approx(large.positions_angstrom)
    shift = rows[90:] - small.positions_angstrom
    assert shift == pytest.approx(np.broadcast_to(shift[0], (3, 3)))


def test_two_that_are_alike_do_not_notice_each_other() -> None:
    water, model = example("water-1"), load_model("water")
    assert apart.change_mev_per_angstrom(water, water, model) < 1.0


def test_a_helix_does_to_a_water_what_is_said(monkeypatch, capsys) -> None:
    """46 meV/angstrom with the model that is shipped, as docs/bio-tries.md has it: the next one shall not be worse."""
    monkeypatch.setattr("sys.argv", ["apart"])
    apart.main()
    found = json.loads(capsys.readouterr().out)
    assert found["atoms"] == 287 and found["apart_angstrom"] == 150.0
    assert 0.0 < found["change_mev_per_angstrom"] < 50.0
