"""Active learning: what is kept of a pool, told by hand-made expected errors and by the shipped model."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.data import uncertain
from core.data.stream import Sample
from core.data.uncertain import UncertainStream, expected_error_mev_per_angstrom
from core.errors import UsageError
from core.model.checkpoint import load_model, model_folder

WATER = example("water-1")


@dataclass(frozen=True)
class Stretched:
    """Waters, two to a block, each with its first bond longer than the one before; five in all."""

    def identities(self, block: int) -> list[str]:
        return [f"stretched-1/default/9/{block}/{item}" for item in range(2)]

    def sample(self, block: int) -> list[Sample]:
        return [
            Sample(name, stretched(2 * block + item), "stretched", {"block": block})
            for item, name in enumerate(self.identities(block))
            if 2 * block + item < 5
        ]


def stretched(steps: int) -> Molecule:
    positions = WATER.positions_angstrom.copy()
    positions[1] += (positions[1] - positions[0]) * 0.08 * steps
    return Molecule(WATER.atomic_numbers, positions)


def test_the_most_uncertain_of_a_pool_are_kept_and_say_so() -> None:
    model = load_model("water")
    errors = [
        expected_error_mev_per_angstrom(sample, model) for block in range(3) for sample in Stretched().sample(block)
    ]
    assert errors[4] > 2 * errors[0]
    stream = UncertainStream(Stretched(), "water", pool=3)
    assert stream.identities(1) == [name for block in (3, 4, 5) for name in Stretched().identities(block)]
    (kept,) = stream.sample(0)
    assert kept.identity == Stretched().identities(2)[0] and kept.notes["block"] == 2
    assert kept.notes["chosen_from"] == 5 and kept.notes["chosen_by"].startswith("water ")
    assert kept.notes["expected_mev_per_angstrom"] == pytest.approx(errors[4], abs=0.1)


def test_the_order_is_that_of_the_expected_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are kept of a pool of two blocks with four, the unknown first."""
    expected = dict(zip((0.0, 0.08, 0.16, 0.24), (3.0, 9.0, float("inf"), 1.0), strict=True))

    def pretended(sample: Sample, model: object) -> float:
        bond = np.linalg.norm(np.subtract(*sample.molecule.positions_angstrom[[1, 0]]))
        first = np.linalg.norm(np.subtract(*WATER.positions_angstrom[[1, 0]]))
        return expected[round(bond / first - 1.0, 2)]

    monkeypatch.setattr(uncertain, "expected_error_mev_per_angstrom", pretended)
    kept = UncertainStream(Stretched(), "water", pool=2).sample(0)
    assert [sample.notes["expected_mev_per_angstrom"] for sample in kept] == [None, 9.0]


def test_elements_without_an_answer_are_the_most_uncertain() -> None:
    methane = Molecule(np.array([6, 1, 1, 1, 1]), np.eye(5, 3) * 1.1)
    assert expected_error_mev_per_angstrom(Sample("a", methane, "b"), load_model("water")) == float("inf")


def test_what_leaves_no_choice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no choice"):
        UncertainStream(Stretched(), "water", pool=1)
    shutil.copytree(model_folder("water"), tmp_path / "water")
    (tmp_path / "water" / "trust.safetensors").unlink()
    with pytest.raises(UsageError, match="no expected errors"):
        UncertainStream(Stretched(), str(tmp_path / "water"))
