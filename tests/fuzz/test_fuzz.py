"""A small slice of `make fuzz`: damaged inputs give a typed error or something sound, and always the same."""

import json
from pathlib import Path

import pytest

from tests.fuzz.__main__ import save
from tests.fuzz.targets import TARGETS, Target, input_of, outcome

SEED = 1
# Preparing takes a while.
INPUTS = {"PDB, prepared": 15, "mmCIF, prepared": 15}


@pytest.fixture(autouse=True)
def quiet(capfd: pytest.CaptureFixture[str]) -> None:
    """C++ libraries write what they think of these inputs."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_only_typed_errors_come_out(target: Target) -> None:
    outcomes = {outcome(target, input_of(target, SEED, number)) for number in range(INPUTS.get(target.name, 40))}
    assert outcomes


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_inputs_begin_from_something_sound(target: Target) -> None:
    """Enough of them are read as they are; others lack hydrogens, or a chain that the options ask for."""
    found = [outcome(target, data) for data in target.corpus()]
    assert found.count("read") >= 0.2 * len(found), found


def test_an_input_is_the_same_for_the_same_number() -> None:
    for target in TARGETS:
        assert input_of(target, SEED, 7) == input_of(target, SEED, 7)
    assert input_of(TARGETS[0], SEED, 7) != input_of(TARGETS[0], SEED, 8)


def test_enough_of_everything() -> None:
    assert sum(target.inputs for target in TARGETS) >= 100_000


def test_rows_of_other_targets_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "fuzz.json"
    names = [target.name for target in TARGETS]
    for name, inputs in ((names[3], 1), (names[0], 2), (names[3], 3)):
        save(path, 5, {"target": name, "inputs": inputs})
    expected = [{"target": names[0], "inputs": 2}, {"target": names[3], "inputs": 3}]
    assert json.loads(path.read_text()) == {"seed": 5, "targets": expected}
    save(path, 6, {"target": names[1], "inputs": 4})
    assert json.loads(path.read_text()) == {"seed": 6, "targets": [{"target": names[1], "inputs": 4}]}
