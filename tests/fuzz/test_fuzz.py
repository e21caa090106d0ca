"""A small slice of `make fuzz`: damaged inputs give a typed error or something sound, and always the same."""

import pytest

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
