"""What a visitor sees while a picture is made: the step and, where it takes long, a bar, after how long it will take.

What takes very long is asked about before it starts, as is what failed before; what does not fit into memory is not
begun.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import psutil
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.chem.molecule import Molecule
from core.duration import duration
from core.errors import CalculationError, ModelError
from core.jobs import predictions
from core.jobs.prediction_files import PredictionStore
from core.jobs.status import Failure
from core.memory import free_bytes
from core.model.checkpoint import load_model
from core.model.choose import name_for
from core.model.estimate import Estimate, estimate, machine_slowness
from core.model.predict import Progress, check_elements
from core.settings import settings
from core.view.picture import Picture, measured_alone
from core.view.words import escaped

# Below so many atoms a picture takes a few seconds: nobody needs a bar.
FROM_ATOMS = 500
ASK_SECONDS = 60.0
STEPS = {
    "waiting": "Waiting for another prediction to end",
    "queued": "Waiting for a machine to predict on",
    "coefficients": "Predicting the density",
    "forces": "Adding up the force on every atom",
    "grid": "Evaluating the density on a grid",
    "levels": "Counting the electrons inside each surface",
}
_AGREED = "working_agreed"
# A process that has loaded a model and nothing else.
BARE_PROCESS_BYTES = 5e8


# Of this machine against the laws of the estimate, by model: the least that was measured, on large structures.
_slowness: dict[str, float] = {}


def expected(molecule: Molecule) -> Estimate | None:
    """What the picture of a large molecule will need; None for a small one, or where no model fits.

    Raises CalculationError where there is not the memory for it, UnsupportedElementError.
    """
    if len(molecule) < FROM_ATOMS:
        return None
    try:
        name = name_for(molecule)
        model = load_model(name)
    except ModelError:
        return None
    check_elements(molecule, model)
    free, apart = free_bytes(), predictions.is_apart(molecule)
    found = estimate(molecule, model, with_picture=True, base_bytes=BARE_PROCESS_BYTES if apart else None)
    if apart:
        if PredictionStore().has(molecule, name):
            return found.without("coefficients", "forces").slowed(_slowness.get(model.name, 1.0))
        free = predictions.allowed_bytes(free)
    else:
        # It is made in this process, whose own memory the estimate counts too.
        free += psutil.Process().memory_info().rss
    if found.memory_bytes > free:
        needed, there = found.memory_bytes / 1e9, free / 1e9
        raise CalculationError(
            f"{len(molecule):,} atoms need {needed:.1f} GB of memory; this server has {there:.1f} GB for them.",
            "Choose fewer chains or waters in the preparation, or try again when the server has less to do.",
        )
    if model.name not in _slowness:
        _slowness[model.name] = measured_alone(lambda: machine_slowness(molecule, model))
    found = found.slowed(_slowness[model.name])
    limit, long = settings().prediction_time_limit_seconds, found.seconds["coefficients"] + found.seconds["forces"]
    if apart and long > limit:
        raise CalculationError(
            f"{len(molecule):,} atoms would take about {duration(long)}; the limit is {duration(limit)}.",
            "Choose fewer chains or waters in the preparation, or raise RHOSCOPE_PREDICTION_TIME_LIMIT_SECONDS.",
        )
    return found


def learn_from(picture: Picture) -> None:
    """A large picture that took less time than this machine was thought to need makes later estimates shorter."""
    name = picture.predicted.model_name
    if name not in _slowness or picture.predicted.model is None or len(picture.molecule) < FROM_ATOMS:
        return
    if settings().scheduler and predictions.is_apart(picture.molecule):
        # It was made on another machine.
        return
    # The prediction may be older than the picture: its own seconds count.
    spent = sum(picture.predicted.seconds.values()) + picture.seconds["grid"] + picture.seconds["levels"]
    needed = estimate(picture.molecule, picture.predicted.model, with_picture=True).total_seconds
    _slowness[name] = min(_slowness[name], spent / needed)


def failed_before(molecule: Molecule) -> tuple[Failure, datetime] | None:
    """Why the last attempt to predict this large molecule came to nothing and when that was, UTC, or None."""
    if not predictions.is_apart(molecule):
        return None
    try:
        return PredictionStore().failure(molecule, name_for(molecule))
    except ModelError:
        return None


def may_start(molecule: Molecule, needed: Estimate | None) -> bool:
    """Whether to begin at once. Asks on the page where it takes long or failed before, and then it is no until the
    visitor agrees."""
    failed = failed_before(molecule)
    if failed is None and (needed is None or needed.total_seconds <= ASK_SECONDS):
        return True
    # Who agrees to another attempt does not agree to the one after that.
    what = molecule.content_hash, failed[1] if failed else None
    if st.session_state.get(_AGREED) == what:
        return True
    atoms, words = f"**{len(molecule):,} atoms**", "Predict them"
    with st.container(border=True):
        if failed:
            failure, ended = failed
            words = "Try again"
            st.markdown(
                f"{atoms} could not be predicted at the last attempt ({ended:%Y-%m-%d %H:%M} UTC). "
                f"{escaped(failure.message)}  \n{escaped(failure.remedy)}"
            )
        if needed:
            st.markdown(f"{atoms} take {needed} on this server.")
        agreed = st.button(words, type="primary", icon=":material/play_arrow:")
        st.caption("What you see below is still the structure that was there before.")
    if agreed:
        st.session_state[_AGREED] = what
        st.rerun()
    return False


def bar_with_cancel(
    place: DeltaGenerator, key: str, cancel: Callable[[], None], note: str = "It goes on while you look at other pages."
) -> DeltaGenerator:
    """A bar at `place`, and beneath it a button called `key`, which calls `cancel` before the page runs again."""
    with place.container(border=True):
        bar = st.progress(0.0)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Cancel", key=key, icon=":material/stop:", on_click=cancel)
            st.caption(note, width="content")
    return bar


def _words(step: str, share: float) -> str:
    """share: of a step that waits, how many others come first."""
    return f"Waiting for {share:.0f} predictions to end" if step == "waiting" and share > 1 else STEPS[step]


@contextmanager
def working(
    place: DeltaGenerator, molecule: Molecule, needed: Estimate | None, cancel: Callable[[], None]
) -> Iterator[Progress]:
    """What `core.view.picture` is to tell its progress, shown at `place`; where it takes long with a button, which
    calls `cancel` before the page runs again."""
    atoms = f"{len(molecule):,} atoms"
    if needed is None:
        with place.status(f"Working on {atoms}") as status:
            yield lambda step, share: status.update(label=f"{_words(step, share)}, {atoms}")
        return
    bar = bar_with_cancel(place, "cancel_picture", cancel)

    def tell(step: str, share: float) -> None:
        done = 0.0 if step in ("waiting", "queued") else min(1.0, needed.share(step, share))
        bar.progress(done, f"{_words(step, share)}: {atoms}, {needed} in all")

    yield tell
