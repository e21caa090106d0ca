"""The file beside the weights: kept, stale, damaged, missing; a model predicts in every case."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.gaussian.basis import ASSETS
from core.model.checkpoint import load_model, read_model, save_model, weights_hash
from core.model.predict import predict
from core.model.trust import assess
from core.model.trust_file import TRUST, read_trust, save_trust
from tests.pyscf_functions import waters

WATER = ASSETS / "models" / "water"
LARGEST_BYTES = 2_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(WATER, tmp_path / "water"))


def test_the_shipped_file_belongs_to_the_shipped_weights() -> None:
    reference, problem = read_trust(WATER, weights_hash("water"))
    assert reference is not None and problem == ""
    assert set(reference.familiarity.elements) == set(load_model("water").elements)
    assert (WATER / TRUST).stat().st_size < LARGEST_BYTES


def test_a_saved_reference_expects_the_same(folder: Path) -> None:
    model = load_model("water")
    prediction = predict(waters(2), model)
    before = assess(prediction, model)
    assert model.trust is not None
    save_trust(folder, model.trust, weights_hash(str(folder)))
    after = assess(prediction, read_model(folder))
    np.testing.assert_allclose(after.expected_mev_per_angstrom, before.expected_mev_per_angstrom, rtol=1e-4)


def stale(folder: Path) -> None:
    model = read_model(folder)
    next(iter(model.network.parameters())).data += 0.01
    save_model(folder, model)


def missing(folder: Path) -> None:
    (folder / TRUST).unlink()


def cut(folder: Path) -> None:
    (folder / TRUST).write_bytes((folder / TRUST).read_bytes()[:2000])


def newer(folder: Path) -> None:
    (folder / TRUST).write_bytes((folder / TRUST).read_bytes().replace(b"rhoscope-trust-1", b"rhoscope-trust-9"))


def nonsense(folder: Path) -> None:
    """The law, spoiled without changing the length of the header."""
    (folder / TRUST).write_bytes((folder / TRUST).read_bytes().replace(b"furthest", b"farthest"))


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (stale, "other weights"),
        (missing, "without"),
        (cut, "cannot be read"),
        (newer, "trust-9"),
        (nonsense, "furthest"),
    ],
)
def test_without_a_fitting_file_there_are_no_expected_errors_and_that_is_said(folder: Path, spoil, word: str) -> None:
    assert read_model(folder).trust is not None
    spoil(folder)
    model = read_model(folder)
    assert model.trust is None and word in model.trust_problem
    trust = assess(predict(waters(1), model), model)
    assert np.isnan(trust.expected_mev_per_angstrom).all() and trust.summary is None
    assert trust.expectation == model.trust_problem
    assert trust.trusted, "the domain is judged without it"
