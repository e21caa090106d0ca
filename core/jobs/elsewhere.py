"""Large predictions on the machines of a Dask scheduler of one's own (RHOSCOPE_SCHEDULER)."""

import time
import uuid
from collections.abc import Callable

from distributed import Client, Event

from core.errors import PredictionError
from core.jobs.predicting_child import CHILD, MADE, at_home
from core.jobs.runner import POLL_SECONDS, Limits, follow_child
from core.jobs.status import Failure
from core.jobs.task import asker, teller
from core.logs import get_logger
from core.model.checkpoint import weights_hash

CONNECT_SECONDS = 10


def run_prediction(token: str, topic: str, request: dict, weights: str, limits: Limits) -> bytes | Failure | None:
    """Run one large prediction on this worker: the file that it makes; None where it was cancelled.

    request: of the child, its model by its name. weights: hash of those that are asked for."""
    if weights_hash(request["model"]) != weights:
        return Failure(
            f"The machine that was to predict has another model {request['model']!r}.",
            "Bring the program on all machines of the scheduler to the same version.",
        )
    made: list[bytes] = []
    failure = follow_child(
        CHILD,
        at_home(request),
        limits,
        on_answer=teller(token, topic),
        cancelled=asker(token),
        collect=lambda folder: made.append((folder / MADE).read_bytes()),
    )
    if failure is not None:
        return failure if failure.message else None
    return made[0]


def predict_on(
    scheduler: str,
    request: dict,
    weights: str,
    limits: Limits,
    *,
    on_answer: Callable[[dict], None],
    wanted: Callable[[], None],
) -> bytes | Failure:
    """What `run_prediction` makes of `request` on a worker of `scheduler` (tcp://host:port).

    on_answer is called with the progress, from another thread. wanted is called four times a second, and what it raises
    ends the prediction, wherever it runs, and is raised. Raises PredictionError where the scheduler does not answer, or
    is lost.
    """
    topic = token = f"rhoscope-prediction-{uuid.uuid4().hex}"
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False, name="rhoscope")
    except (OSError, ValueError) as error:
        raise PredictionError(
            f"The Dask scheduler at {scheduler} does not answer: {error}.", "Start it with `dask scheduler`."
        ) from error
    with client:
        client.subscribe_topic(topic, lambda event: on_answer(event[1]))
        future = client.submit(run_prediction, token, topic, request, weights, limits, key=token, pure=False, retries=0)
        try:
            while not future.done():
                wanted()
                if client.status == "closed":
                    raise _lost(scheduler, "no connection")
                time.sleep(POLL_SECONDS)
        finally:
            if not future.done() and client.status != "closed":
                Event(token, client=client).set()
                future.cancel()
        try:
            made = future.result()
        except Exception as error:
            raise _lost(scheduler, repr(error)) from error
    # Without words: cancelled, by somebody who has the token.
    return made if made is not None else Failure("", "")


def _lost(scheduler: str, why: str) -> PredictionError:
    get_logger(__name__).warning("worker lost", scheduler=scheduler, error=why)
    return PredictionError("The machine that made the prediction was lost.", "Try again; see the log for the reason.")
