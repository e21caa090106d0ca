"""The seconds from a file to its picture: every step is there, the whole is their sum, and what is saved has them."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.bench import protein
from core.chem.examples import example_path
from core.chem.read import read_structure
from core.cli.readme import proteins
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.model.checkpoint import load_model
from core.model.predict import predict_density
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def test_all_steps_are_timed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["protein", "--here", str(example_path("water-6"))])
    protein.main()
    found = json.loads(capsys.readouterr().out)
    assert found["structure"] == "water-6" and found["atoms"] == 18 and found["peak_memory_gb"] > 0.05
    assert list(found["seconds"]) == [*protein.STEPS, "total"]
    assert found["seconds"]["total"] == pytest.approx(sum(found["seconds"][step] for step in protein.STEPS), abs=0.05)
    molecule = read_structure(example_path("water-6"))
    net = np.linalg.norm(hellmann_feynman_forces(predict_density(molecule, load_model("water"))).sum(0)) / len(molecule)
    expected = net * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert found["net_force_mev_per_angstrom_per_atom"] == pytest.approx(expected, abs=0.06)


def test_a_process_for_each_and_a_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    saved = tmp_path / "protein.json"
    monkeypatch.setattr("sys.argv", ["protein", str(example_path("water-1")), "--save", str(saved)])
    protein.main()
    found = json.loads(saved.read_text())
    assert [point["atoms"] for point in found["points"]] == [3] and found["exponent"] is None
    assert "| water-1 | 3 | water |" in proteins(found)


def test_sizes_give_an_exponent() -> None:
    points = [
        {"atoms": atoms, "seconds": {"total": 0.01 * atoms**1.25}, "structure": "", "model": "bio"}
        for atoms in (4000, 500)
    ]
    found = protein.summary(points, {})
    assert [point["atoms"] for point in found["points"]] == [500, 4000]
    assert found["exponent"] == pytest.approx(1.25)
