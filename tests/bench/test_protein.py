"""The seconds from a file to its picture: every step is there, and the whole is their sum."""

import json

import pytest

from core.bench import protein
from core.chem.examples import example_path


def test_all_steps_are_timed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["protein", str(example_path("water-6"))])
    protein.main()
    found = json.loads(capsys.readouterr().out)
    assert found["atoms"] == 18 and found["peak_memory_gb"] > 0.05
    assert list(found["seconds"]) == ["prepared", "coefficients and forces", "grid", "levels"]
    assert found["total_seconds"] == pytest.approx(sum(found["seconds"].values()), abs=0.05)
