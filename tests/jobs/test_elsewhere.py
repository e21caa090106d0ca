"""Large predictions on a Dask scheduler of one's own: the same numbers, ended when nobody wants them, in words."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.chem.examples import example
from core.data.cluster import local_cluster
from core.errors import PredictionError
from core.jobs import elsewhere
from core.jobs.prediction_files import PredictionStore
from core.jobs.predictions import memory_bytes, predict_apart
from core.jobs.runner import Limits
from core.model.checkpoint import load_model
from core.model.predict import predict
from core.settings import settings
from tests.jobs.test_predictions import MOLECULE, PLENTY, predicting

REQUEST = {
    "atomic_numbers": MOLECULE.atomic_numbers.tolist(),
    "positions_angstrom": MOLECULE.positions_angstrom.tolist(),
    "charge": 0,
    "model": "water",
}


def use(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RHOSCOPE_SCHEDULER", scheduler)
    settings.cache_clear()


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with local_cluster(1, processes=False, memory_limit=0, protocol="tcp://") as made:
        yield made.scheduler_address


@pytest.fixture
def scheduler(cluster: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    use(cluster, monkeypatch)
    yield cluster
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("scheduler")
def test_it_is_the_prediction_with_its_progress_and_is_kept_here(tmp_path: Path) -> None:
    store, told = PredictionStore(tmp_path, 1e9), []
    made = predict_apart(MOLECULE, "water", lambda *news: told.append(news), store, PLENTY)
    here = predict(MOLECULE, load_model("water"))
    np.testing.assert_allclose(made.density.coefficients, here.density.coefficients, rtol=0, atol=2e-6)
    np.testing.assert_allclose(made.forces_hartree_per_bohr, here.forces_hartree_per_bohr, rtol=0, atol=2e-6)
    assert {step for step, _ in told} <= {"coefficients", "forces"}
    # More than the first word, which is said before anything is heard.
    assert any(share > 0.0 or step == "forces" for step, share in told)
    assert store.has(MOLECULE, "water")


@pytest.mark.usefixtures("scheduler")
def test_what_nobody_wants_is_ended_there(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    running: list[psutil.Process] = []

    def unwanted(step: str, share: float) -> None:
        running.extend(predicting())
        if running:
            raise Enough

    with pytest.raises(Enough):
        predict_apart(MOLECULE, "water", unwanted, PredictionStore(tmp_path, 1e9), PLENTY)
    assert psutil.wait_procs(running, timeout=30)[1] == []
    # The worker is there for the next one.
    assert predict_apart(example("water-1"), "water", store=PredictionStore(tmp_path, 1e9), limits=PLENTY)


@pytest.mark.usefixtures("scheduler")
def test_its_limits_hold_there(tmp_path: Path) -> None:
    with pytest.raises(PredictionError, match="memory limit"):
        predict_apart(MOLECULE, "water", store=PredictionStore(tmp_path, 1e9), limits=Limits(300.0, 0.02, 1))
    assert memory_bytes(1.0) == 1e9 * settings().prediction_memory_gb


def test_another_model_over_there_is_a_sentence(cluster: str) -> None:
    request = {"model": "water"}
    made = elsewhere.predict_on(cluster, request, "0" * 64, PLENTY, on_answer=print, wanted=lambda: None)
    assert not isinstance(made, bytes) and "another model 'water'" in made.message and made.remedy


def test_what_breaks_over_there_is_a_sentence(cluster: str) -> None:
    with pytest.raises(PredictionError, match="was lost") as problem:
        elsewhere.predict_on(cluster, {}, "0" * 64, PLENTY, on_answer=print, wanted=lambda: None)
    assert problem.value.remedy


def test_a_scheduler_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(elsewhere, "CONNECT_SECONDS", 1)
    use("tcp://127.0.0.1:1", monkeypatch)
    try:
        with pytest.raises(PredictionError, match="does not answer") as problem:
            predict_apart(MOLECULE, "water", store=PredictionStore(tmp_path, 1e9), limits=PLENTY)
        assert "dask scheduler" in problem.value.remedy
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_scheduler_that_goes_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[float] = []

    with local_cluster(1, processes=False, memory_limit=0, protocol="tcp://") as short:

        def wanted() -> None:
            heard.append(time.monotonic())
            if len(heard) == 2:
                short.close()

        with pytest.raises(PredictionError, match="was lost"):
            elsewhere.predict_on(
                short.scheduler_address,
                {**REQUEST, "key": "0"},
                elsewhere.weights_hash("water"),
                PLENTY,
                on_answer=print,
                wanted=wanted,
            )
    assert time.monotonic() - heard[1] < 60.0
