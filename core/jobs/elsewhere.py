"""Large predictions on the machines of a Dask scheduler of one's own (RHOSCOPE_SCHEDULER)."""

import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from distributed import Client

from core.errors import PredictionError, RhoscopeError
from core.jobs.predicting_child import CHILD, MADE, at_home
from core.jobs.runner import POLL_SECONDS, Limits, follow_child
from core.jobs.status import Failure
from core.jobs.task import released, teller
from core.logs import get_logger
from core.model.checkpoint import weights_hash

CONNECT_SECONDS = 10
# One for all predictions of this process: a scheduler forgets no topic.
TOPIC = f"rhoscope-predictions-{uuid.uuid4().hex}"
DISK_FULL = "Is the disk full? See the log."


def run_prediction(token: str, topic: str, request: dict, weights: str, limits: Limits) -> bytes | Failure:
    """Run one large prediction on this worker: the file that it makes, or why there is none.

    token names this attempt. request: of the child, its model by its name. weights: hash of those that are asked for.
    """
    try:
        same = weights_hash(request["model"]) == weights
    except RhoscopeError:
        same = False
    if not same:
        return Failure(
            f"The machine that was to predict has another model {request['model']!r}, or none.",
            "Bring the program on all machines of the scheduler to the same version.",
        )
    made: list[bytes] = []
    failure = follow_child(
        CHILD,
        at_home(request),
        limits,
        on_answer=teller(token, topic),
        cancelled=released(),
        collect=lambda folder: made.append((folder / MADE).read_bytes()),
    )
    return made[0] if failure is None else failure


def follow_elsewhere(
    scheduler: str,
    request: dict,
    weights: str,
    limits: Limits,
    *,
    on_answer: Callable[[dict], None],
    cancelled: Callable[[], bool],
    collect: Callable[[Path], None],
) -> Failure | None:
    """As `core.jobs.runner.follow_child`, of the child of a large prediction on a worker of `scheduler`
    (tcp://host:port); weights: as of `run_prediction`.

    on_answer is called from another thread. Whatever ends this, the prediction ends too, wherever it runs. Raises
    PredictionError where the scheduler does not answer, has no machine, or is lost.
    """
    token = f"rhoscope-prediction-{uuid.uuid4().hex}"

    def heard(event: tuple[float, dict]) -> None:
        if event[1]["token"] == token:
            on_answer(event[1])

    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False, name="rhoscope")
    except (OSError, ValueError) as error:
        raise PredictionError(
            f"The Dask scheduler at {scheduler} does not answer: {error}.", "Start it with `dask scheduler`."
        ) from error
    # A client that is closed lets its tasks go, and so they end.
    with client, tempfile.TemporaryDirectory(prefix="rhoscope-prediction-") as folder:
        if not client.scheduler_info()["workers"]:
            raise PredictionError(
                f"The Dask scheduler at {scheduler} has no machine to predict on.",
                f"Start one with `dask worker {scheduler}` in the folder of the program.",
            )
        client.subscribe_topic(TOPIC, heard)
        future = client.submit(run_prediction, token, TOPIC, request, weights, limits, key=token, pure=False, retries=0)
        while not future.done():
            if cancelled():
                return Failure("", "")
            if client.status == "closed":
                raise _lost(scheduler, "no connection")
            time.sleep(POLL_SECONDS)
        try:
            made = future.result()
        except Exception as error:
            raise _lost(scheduler, repr(error)) from error
        if isinstance(made, Failure):
            return made
        try:
            Path(folder, MADE).write_bytes(made)
        except OSError as error:
            raise PredictionError(f"The prediction could not be taken over: {error}.", DISK_FULL) from error
        collect(Path(folder))
        return None


def _lost(scheduler: str, why: str) -> PredictionError:
    get_logger(__name__).warning("worker lost", scheduler=scheduler, error=why)
    return PredictionError("The machine that made the prediction was lost.", "Try again; see the log for the reason.")
