"""Large predictions on a Dask scheduler of one's own: the same numbers, ended when nobody wants them, in words."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.chem.examples import example
from core.data.cluster import local_cluster
from core.errors import PredictionError
from core.jobs import elsewhere
from core.jobs.prediction_files import PredictionStore
from core.jobs.predictions import allowed_bytes, predict_apart
from core.jobs.runner import Limits
from core.jobs.status import Failure
from core.model.checkpoint import weights_hash
from core.settings import settings
from tests.jobs.test_predictions import MOLECULE, PLENTY, assert_same, ended_while_it_runs
from tests.processes import predicting
from tests.running_app import PATIENCE_SECONDS, ROOT

REQUEST = {
    "atomic_numbers": MOLECULE.atomic_numbers.tolist(),
    "positions_angstrom": MOLECULE.positions_angstrom.tolist(),
    "charge": 0,
    "model": "water",
    "key": "0",
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with local_cluster(1, processes=False, memory_limit=0, protocol="tcp://") as made:
        yield made.scheduler_address


@pytest.fixture
def scheduler(cluster: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("RHOSCOPE_SCHEDULER", cluster)
    settings.cache_clear()
    yield cluster
    monkeypatch.undo()
    settings.cache_clear()


def asked(scheduler: str, request: dict, weights: str, **changes: Any) -> Failure | None:
    """What `follow_elsewhere` says of a request for which nobody cares, but for the changes."""
    calls: dict[str, Any] = {"on_answer": print, "cancelled": lambda: False, "collect": print}
    return elsewhere.follow_elsewhere(scheduler, request, weights, PLENTY, **calls | changes)


@pytest.mark.usefixtures("scheduler")
def test_it_is_the_prediction_with_its_progress_and_is_kept_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PredictionStore(tmp_path, 1e9)
    heard: list[str] = []
    follow = elsewhere.follow_elsewhere

    def listening(*args: Any, on_answer: Callable[[dict], None], **rest: Any) -> Failure | None:
        def both(answer: dict) -> None:
            heard.append(answer.get("step", ""))
            on_answer(answer)

        return follow(*args, on_answer=both, **rest)

    monkeypatch.setattr(elsewhere, "follow_elsewhere", listening)
    told: list[tuple[str, float]] = []
    assert_same(predict_apart(MOLECULE, "water", lambda *news: told.append(news), store, PLENTY))
    assert told[0] == ("queued", 0.0) and {step for step, _ in told} <= {"queued", "coefficients", "forces"}
    # What the machine says on its way comes here; who is held up on his part may find it done when he looks.
    assert set(heard) & {"coefficients", "forces"}
    assert store.has(MOLECULE, "water")


@pytest.mark.usefixtures("scheduler")
def test_what_nobody_wants_is_ended_there(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path, 1e9)
    assert psutil.wait_procs(ended_while_it_runs(store), timeout=PATIENCE_SECONDS)[1] == []
    # The worker is there for the next one.
    assert predict_apart(example("water-1"), "water", store=store, limits=PLENTY)


def test_it_ends_there_with_the_app_that_wanted_it(cluster: str) -> None:
    """An app that is killed cancels nothing; the scheduler notices that it is gone."""
    lines = (
        "import sys\n"
        "from core.jobs.elsewhere import follow_elsewhere\n"
        "from core.jobs.runner import Limits\n"
        "from core.model.checkpoint import weights_hash\n"
        f"follow_elsewhere(sys.argv[1], {REQUEST!r}, weights_hash('water'), Limits(300.0, 4.0, 1), on_answer=print,\n"
        "                 cancelled=lambda: False, collect=print)\n"
    )
    app = subprocess.Popen([sys.executable, "-c", lines, cluster], cwd=ROOT)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while not (running := predicting()):
            assert app.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        for process in running:
            process.suspend()
    finally:
        app.kill()
        app.wait()
    # Held, so that it cannot have ended by itself.
    assert psutil.wait_procs(running, timeout=PATIENCE_SECONDS)[1] == []


@pytest.mark.usefixtures("scheduler")
def test_its_limits_hold_there(tmp_path: Path) -> None:
    with pytest.raises(PredictionError, match="memory limit"):
        predict_apart(MOLECULE, "water", store=PredictionStore(tmp_path, 1e9), limits=Limits(300.0, 0.02, 1))
    assert allowed_bytes(1.0) == 1e9 * settings().prediction_memory_gb


@pytest.mark.parametrize("model", ["water", "a model that is not there"])
def test_another_model_over_there_is_a_sentence(cluster: str, model: str) -> None:
    failure = asked(cluster, {**REQUEST, "model": model}, "0" * 64)
    assert failure is not None and f"another model {model!r}" in failure.message and failure.remedy


def test_what_breaks_over_there_is_a_sentence(cluster: str) -> None:
    with pytest.raises(PredictionError, match="was lost") as problem:
        asked(cluster, {}, "0" * 64)
    assert problem.value.remedy


def test_a_disk_that_is_full_here_is_a_sentence(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(PredictionError, match="No space left") as problem:
        asked(cluster, REQUEST, weights_hash("water"))
    assert "disk full" in problem.value.remedy


def test_a_scheduler_without_machines_is_a_sentence() -> None:
    with local_cluster(0, processes=False, memory_limit=0, protocol="tcp://") as empty:
        with pytest.raises(PredictionError, match="no machine") as problem:
            asked(empty.scheduler_address, REQUEST, weights_hash("water"))
    assert "dask worker" in problem.value.remedy


def test_a_scheduler_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "CONNECT_SECONDS", 1)
    with pytest.raises(PredictionError, match="does not answer") as problem:
        asked("tcp://127.0.0.1:1", REQUEST, weights_hash("water"))
    assert "dask scheduler" in problem.value.remedy


def test_a_scheduler_that_goes_is_a_sentence() -> None:
    begun = 0.0

    with local_cluster(1, processes=False, memory_limit=0, protocol="tcp://") as short:

        def goes() -> bool:
            nonlocal begun
            if begun == 0.0 and predicting():
                begun = time.monotonic()
                short.close()
            return False

        with pytest.raises(PredictionError, match="was lost"):
            asked(short.scheduler_address, REQUEST, weights_hash("water"), cancelled=goes)
    assert begun and time.monotonic() - begun < PATIENCE_SECONDS
