"""What the README says of the largest errors of held-out structures: they are where Rhoscope says not to trust it."""

from pathlib import Path

import numpy as np
import pytest

from core.data.dataset import load_dataset
from core.model.checkpoint import load_model
from core.model.predict import predict
from core.model.trust import assess
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "folder", "worst", "trusted"), [("water", "water", 847, 172), ("bio", "fragments", 2115, 289)]
)
def test_the_largest_errors_are_of_the_one_that_is_not_trusted(
    name: str, folder: str, worst: int, trusted: int
) -> None:
    model = load_model(name)
    largest: dict[bool, list[float]] = {True: [], False: []}
    for path in sorted((ROOT / "assets" / "datasets" / folder).glob("heldout-*.h5")):
        for record in load_dataset(path):
            prediction = predict(record.molecule, model)
            true = record.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
            off = float(np.abs(prediction.forces_mev_per_angstrom - true).max())
            largest[assess(prediction, model).trusted].append(off)
    assert largest[False] == [pytest.approx(worst, rel=0.01)]
    assert max(largest[True]) == pytest.approx(trusted, rel=0.01)
    assert f"{trusted} (`{name}`)" in (ROOT / "README.md").read_text()
