"""Predictions in processes of their own: the same numbers, ended when nobody wants them, kept over restarts."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from streamlit.testing.v1 import AppTest

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.errors import CalculationError, PredictionError
from core.jobs import predictions
from core.jobs.prediction_files import PredictionStore, write_prediction
from core.jobs.predictions import predict_apart
from core.jobs.runner import Limits
from core.jobs.status import Failure
from core.model.checkpoint import load_model
from core.model.predict import Prediction, predict
from core.settings import settings
from core.view import picture, working
from core.view.prediction import predict_density
from tests.processes import predicting
from tests.running_app import PATIENCE_SECONDS

MOLECULE = example("water-2")
PLENTY = Limits(300.0, 4.0, 1, "PREDICTION")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PredictionStore:
    return PredictionStore(tmp_path_factory.mktemp("predictions"), 1e9)


@pytest.fixture
def apart_from_six_atoms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RHOSCOPE_PREDICTION_APART_FROM_ATOMS", "6")
    monkeypatch.setenv("RHOSCOPE_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def put(molecule: Molecule, path: Path) -> None:
    """A prediction of `molecule` by the model "water" at this path of a store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_prediction(predict(molecule, load_model("water")), path, path.stem)


def not_called(*arguments: object, **options: object) -> None:
    raise AssertionError("a process was started")


def assert_same(made: Prediction) -> None:
    """`made` elsewhere is what this process predicts for MOLECULE."""
    here = predict(MOLECULE, load_model("water"))
    np.testing.assert_allclose(made.density.coefficients, here.density.coefficients, rtol=0, atol=2e-6)
    np.testing.assert_allclose(made.forces_hartree_per_bohr, here.forces_hartree_per_bohr, rtol=0, atol=2e-6)
    assert here.taken_off_hartree_per_bohr is not None and made.taken_off_hartree_per_bohr is not None
    np.testing.assert_allclose(made.taken_off_hartree_per_bohr, here.taken_off_hartree_per_bohr, rtol=0, atol=2e-6)
    assert made.invariants is not None and here.invariants is not None
    np.testing.assert_allclose(made.invariants, here.invariants, rtol=1e-3, atol=1e-4)
    assert made.model_name == "water" and made.density.molecule is MOLECULE
    assert made.seconds.keys() == here.seconds.keys() and all(spent > 0 for spent in made.seconds.values())


class Enough(Exception):
    """Of a visitor who wants it no more."""


def ended_while_it_runs(store: PredictionStore) -> list[psutil.Process]:
    """Begin a prediction, want it no more as soon as there is a process; the process, or processes. They are held, so
    that they cannot end by themselves."""
    running: list[psutil.Process] = []

    def unwanted(step: str, share: float) -> None:
        running.extend(predicting())
        for process in running:
            process.suspend()
        if running:
            raise Enough

    with pytest.raises(Enough):
        predict_apart(MOLECULE, "water", unwanted, store, PLENTY)
    return running


def test_it_is_the_prediction_and_is_kept(store: PredictionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, float]] = []
    assert not store.has(MOLECULE, "water")
    made = predict_apart(MOLECULE, "water", lambda *news: told.append(news), store, PLENTY)
    assert_same(made)
    assert told and {step for step, _ in told} <= {"coefficients", "forces"}
    assert all(0.0 <= share <= 1.0 for _, share in told)
    # As after a restart: another store in the same place, and no process.
    monkeypatch.setattr(predictions, "follow_child", not_called)
    again = predict_apart(MOLECULE, "water", store=PredictionStore(store.directory, 1e9))
    assert (again.density.coefficients == made.density.coefficients).all() and again.seconds == made.seconds
    # Another title is the same structure; another model is another prediction.
    assert store.has(Molecule(MOLECULE.atomic_numbers, MOLECULE.positions_angstrom, 0, "other"), "water")
    assert not store.has(MOLECULE, "bio")


def test_what_nobody_wants_is_ended_at_once(tmp_path: Path) -> None:
    running = ended_while_it_runs(PredictionStore(tmp_path, 1e9))
    assert psutil.wait_procs(running, timeout=PATIENCE_SECONDS)[1] == []
    assert not list(tmp_path.rglob("*"))


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what the child made cannot be read: nothing is kept, and the visitor is told what may be the matter."""

    def refuse(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(predictions, "read_prediction", refuse)
    with pytest.raises(PredictionError, match="could not be read") as problem:
        predict_apart(MOLECULE, "water", store=PredictionStore(tmp_path, 1e9), limits=PLENTY)
    assert "disk full" in problem.value.remedy and not list(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("limits", "words", "remedy"),
    [
        (Limits(0.01, 4.0, 1, "PREDICTION"), "time limit", "RHOSCOPE_PREDICTION_TIME_LIMIT_SECONDS"),
        (Limits(300.0, 0.02, 1, "PREDICTION"), "memory limit", "RHOSCOPE_PREDICTION_MEMORY_GB"),
    ],
)
def test_beyond_its_limits_it_ends_with_words(tmp_path: Path, limits: Limits, words: str, remedy: str) -> None:
    with pytest.raises(PredictionError, match=words) as problem:
        predict_apart(MOLECULE, "water", store=PredictionStore(tmp_path, 1e9), limits=limits)
    assert remedy in problem.value.remedy
    # As after a restart: another store in the same place.
    store = PredictionStore(tmp_path, 1e9)
    kept = store.failure(MOLECULE, "water")
    assert kept is not None and (kept[0].message, kept[0].remedy) == (problem.value.message, problem.value.remedy)
    assert abs((datetime.now(UTC) - kept[1]).total_seconds()) < 60
    assert store.failure(MOLECULE, "bio") is None
    assert hasattr(settings(), remedy.removeprefix("RHOSCOPE_").lower())


def test_a_failure_is_forgotten_when_there_is_a_prediction(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path, 1e9)
    path = store.path(MOLECULE, "water")
    store.keep_failure(Failure("It was too large.", "Choose less."), path)
    assert store.failure(MOLECULE, "water") is not None
    predict_apart(MOLECULE, "water", store=store, limits=PLENTY)
    assert store.failure(MOLECULE, "water") is None and [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"message": "no more"}'])
def test_a_damaged_failure_counts_as_none_and_goes(tmp_path: Path, damage: bytes) -> None:
    store = PredictionStore(tmp_path, 1e9)
    path = store.path(MOLECULE, "water")
    store.keep_failure(Failure("It was too large.", "Choose less."), path)
    [file] = path.parent.iterdir()
    file.write_bytes(damage)
    assert store.failure(MOLECULE, "water") is None and not file.exists()


@pytest.mark.usefixtures("apart_from_six_atoms")
def test_what_failed_is_not_begun_again_unless_the_visitor_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is on the page, as text; agreeing to one more attempt is not agreeing to the one after it."""
    monkeypatch.setattr(predictions, "default_limits", lambda: Limits(300.0, 0.02, 1, "PREDICTION"))
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert page.markdown[-1].value == "starts: True" and not page.button
    with pytest.raises(PredictionError, match="memory limit"):
        predict_density(MOLECULE)
    store = PredictionStore()
    path = store.path(MOLECULE, "water")
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert page.markdown[-1].value == "starts: False"
    words = page.markdown[0].value.replace("\\", "")
    assert "**6 atoms** could not be predicted at the last attempt" in words
    assert "passed the memory limit of 0.02 GB" in words and "RHOSCOPE_PREDICTION_MEMORY_GB" in words
    page.button[0].click().run()
    assert page.markdown[-1].value == "starts: True" and not page.button
    page.run()
    assert page.markdown[-1].value == "starts: True"
    store.keep_failure(Failure("**<b>Again</b>**", ""), path)
    os.utime(path.with_suffix(".failed.json"), (2e9, 2e9))
    page.run()
    assert page.markdown[-1].value == "starts: False" and page.button[0].label == "Try again"
    assert "<b>" not in page.markdown[0].value


def _page() -> None:
    import streamlit as st

    from core.chem.examples import example
    from core.view.working import may_start

    st.write(f"starts: {may_start(example('water-2'), None)}")


@pytest.mark.parametrize("damage", ["cut", "other", "empty"])
def test_a_damaged_file_counts_as_none_and_goes(tmp_path: Path, damage: str) -> None:
    store = PredictionStore(tmp_path, 1e9)
    path = store.path(MOLECULE, "water")
    put(MOLECULE, path)
    assert store.get(MOLECULE, "water") is not None
    if damage == "other":
        # The prediction of another structure under this name.
        other = example("water-1")
        put(other, path)
    else:
        path.write_bytes(b"" if damage == "empty" else path.read_bytes()[:-100])
    assert store.get(MOLECULE, "water") is None and not path.exists()


def test_the_ones_that_were_not_used_for_longest_make_room(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path, 1e9)
    molecules = [example(name) for name in ("water-1", "water-2", "water-3")]
    for age, molecule in enumerate(molecules):
        path = store.path(molecule, "water")
        put(molecule, path)
        os.utime(path, (1e9 + age, 1e9 + age))
    assert store.get(molecules[0], "water") is not None  # and so it is the one that was used last
    sizes = [store.path(molecule, "water").stat().st_size for molecule in molecules]
    PredictionStore(tmp_path, sizes[0] + sizes[2]).make_room()
    assert [store.has(molecule, "water") for molecule in molecules] == [True, False, True]


def test_what_a_crash_left_half_written_goes(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path, 1e9)
    path = store.path(MOLECULE, "water")
    put(MOLECULE, path)
    old, new = (path.with_name(f"{path.stem}.{name}.partial") for name in ("old", "new"))
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (1e9, 1e9))
    store.make_room()
    assert not old.exists() and new.exists() and path.exists()


def test_where_nothing_can_be_kept_the_prediction_is_there_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    store = PredictionStore(tmp_path / "file", 1e9)
    made = predict_apart(MOLECULE, "water", store=store, limits=PLENTY)
    assert made.forces_hartree_per_bohr.shape == (6, 3) and store.get(MOLECULE, "water") is None


def test_one_that_may_not_be_touched_is_not_taken_for_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PredictionStore(tmp_path, 1e9)
    path = store.path(MOLECULE, "water")
    put(MOLECULE, path)

    def refuse(*arguments: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(os, "utime", refuse)
    assert store.get(MOLECULE, "water") is not None and path.exists()


@pytest.mark.usefixtures("apart_from_six_atoms")
def test_one_that_cannot_end_in_time_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "FROM_ATOMS", 6)
    monkeypatch.setattr(working, "_slowness", {"water": 1e6})
    with pytest.raises(CalculationError, match="the limit is") as problem:
        working.expected(MOLECULE)
    assert "RHOSCOPE_PREDICTION_TIME_LIMIT_SECONDS" in problem.value.remedy


@pytest.mark.usefixtures("apart_from_six_atoms")
def test_memory_of_a_prediction_under_way_counts_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "FROM_ATOMS", 6)
    monkeypatch.setattr(working, "_slowness", {"water": 1.0})
    monkeypatch.setattr(working.psutil, "virtual_memory", lambda: SimpleNamespace(available=1e6))
    with pytest.raises(CalculationError, match="GB of memory"):
        working.expected(MOLECULE)
    monkeypatch.setattr(predictions, "_running_bytes", lambda: 3e9)
    assert working.expected(MOLECULE) is not None


@pytest.mark.usefixtures("apart_from_six_atoms")
def test_the_app_makes_large_ones_so_and_small_ones_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "default_limits", lambda: PLENTY)
    monkeypatch.setattr(working, "FROM_ATOMS", 6)
    monkeypatch.setattr(working, "_slowness", {"water": 1.0})
    before = working.expected(MOLECULE)
    assert before is not None and before.seconds["coefficients"] > 0
    made = predict_density(MOLECULE)
    assert made.model_name == "water" and PredictionStore().has(MOLECULE, "water")
    after = working.expected(MOLECULE)
    # What is kept needs its picture only.
    assert after is not None and after.seconds["coefficients"] == after.seconds["forces"] == 0 < after.seconds["grid"]
    monkeypatch.setattr(predictions, "follow_child", not_called)
    assert predict_density(example("water-1")).prediction is not None
    assert not PredictionStore().has(example("water-1"), "water")


@pytest.mark.usefixtures("apart_from_six_atoms")
def test_small_pictures_do_not_wait_for_large_ones() -> None:
    small = Molecule(np.array([8, 1, 1]), example("water-1").positions_angstrom + 0.01)
    with picture._lane_of(MOLECULE).pictures._turn("a large one", None):

        def tell(step: str, share: float) -> None:
            assert step != "waiting" or not share, "it waits for another"

        assert picture.picture_of(small, tell).molecule is small
