"""A calculation that does not converge says so and leaves what it has."""

import json

import pytest

from core.chem.examples import example, example_path
from core.cli import dispatch
from core.jobs.status import key_of
from core.reference import calculation
from core.reference.level import DEFAULT_LEVEL


def test_no_convergence(empty_store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Two cycles on the coarse grid and two on the fine one are too few for a real calculation of water."""
    mean_field = calculation.mean_field

    def impatient(*args: object, **options: object):
        method = mean_field(*args, **options)
        method.max_cycle = 2
        return method

    monkeypatch.setattr(calculation, "mean_field", impatient)
    assert dispatch.main(["reference", str(example_path("water-1")), "--json"]) == 2
    shown = capsys.readouterr()
    error = json.loads(shown.out)
    assert "did not converge in 4 cycles" in error["error"] and "geometry" in error["remedy"]
    assert shown.err.count("SCF cycle") == 4
    failure = empty_store.failure(key_of(example("water-1"), DEFAULT_LEVEL))
    assert failure is not None and failure.message == error["error"]
    assert [cycle.cycle for cycle in failure.cycles] == [1, 2, 3, 4]
    assert -76.6 < failure.cycles[-1].energy_hartree < -75.0
