"""Workshop, page 7: what symmetry saves in data, by curves made beforehand and by a training made now."""

from functools import partial

import streamlit as st

from core.lessons.data import KINDS, MEASURES, curves
from core.lessons.live import LiveTraining
from core.lessons.training import LONGEST_SECONDS, SIZES
from core.view.how_much import curves_figure, live_figure, runs_table
from core.view.lesson import Lesson, Setting, show_verdict
from core.view.plots import CONFIG
from core.view.tables import show_table
from core.view.visitor import visitor
from core.view.words import escaped, seconds, significant

SYMMETRIC, ASKED_AGAIN = 1e-4, 0.7
COUNTS = tuple(point.structures for point in curves().of("equivariant"))
LESSON = Lesson(
    7,
    "data",
    "How much data",
    "The same small network with messages of fewer degrees, and one that knows no symmetry and is shown every molecule "
    "in random poses. **How many molecules does each need to get as good?**",
    {
        "kind": Setting("equivariant", tuple(KINDS)),
        "measure": Setting("force", tuple(MEASURES)),
        "structures": Setting(COUNTS[-1], COUNTS),
        "size": Setting(8, SIZES),
    },
    (
        (
            "What is the slope?",
            "On logarithmic axes error against data is about a line: $\\text{error} \\propto n^{s}$. A steeper line "
            "learns more from every molecule; with $s=-0.5$ four times the data halve the error.",
        ),
        (
            "Does showing random poses not teach symmetry?",
            "It teaches it roughly, in the poses that were shown. The last column but two of the table asks again in "
            "another pose: what is left is the symmetry that was not learned. Built in, it is exact from the start.",
        ),
        (
            "What do they show?",
            "For the force, all networks with symmetry are ahead of the one without at every size, and at 100 "
            "molecules it errs more than $l=1$ or 2 do at 30. Messages up to $l=4$ are no better "
            "here than up to 2. The **density error** does not fall with data: the length of these short trainings "
            "limits it, at three times as much where symmetry must be learned as well.",
        ),
        (
            "What do they not show?",
            "The networks are small, there is one seed of each, they differ in their number of parameters, and a "
            "training takes a minute of one core, so that you can repeat it. In all of them the last layer reads "
            "directions up to $l=4$, as the density needs. The shipped networks have four times the channels and train "
            "about a hundred times as long; which degree pays there is another question.",
        ),
    ),
)


def ask_for(kind: str, size: int, asker: str) -> None:
    LiveTraining.shared().ask(kind, size, asker)


def show_live(kind: str, size: int, following: bool) -> None:
    """The training of this kind and size, and those that were made before. following: whether this runs by itself, as
    it does while one is under way."""
    training, asker = LiveTraining.shared(), visitor().browser
    if training.under_way(kind, size) != following:
        st.rerun()
    run = training.found(kind, size)
    words, button = st.columns([3, 1], vertical_alignment="center")
    label = f"{KINDS[kind]}, {size} waters"
    if run is None or run.state in ("stopped", "failed"):
        if run is not None and run.state == "failed":
            words.warning(escaped(run.problem), icon=":material/warning:")
        else:
            words.markdown(f"**{label}**: {seconds(LONGEST_SECONDS)} at most.")
        ask = partial(ask_for, kind, size, asker)
        button.button("Train", icon=":material/play_arrow:", type="primary", on_click=ask)
    elif not run.finished:
        before = training.position(run)
        words.progress(
            run.share, f"Waiting, {before} before it in the queue." if run.state == "waiting" else f"Training {label}"
        )
        if asker in run.askers:
            button.button("Stop", icon=":material/stop:", on_click=partial(training.stop, run, asker))
        else:
            button.button("I want it too", on_click=partial(ask_for, kind, size, asker))
    else:
        cut = "" if run.share >= 1.0 else f" Its time was up after {100.0 * run.share:.0f} % of its steps."
        words.markdown(
            f"**{label}**: {significant(run.force_errors_mev_per_angstrom[-1])} meV/Å after {seconds(run.seconds)}, "
            f"off in another pose by {run.residual:.0e}.{cut}"
        )
    shown = [
        other for each in KINDS for count in SIZES if (other := training.found(each, count)) is not None and other.steps
    ]
    if shown:
        st.plotly_chart(live_figure(shown), key="data-live", config=CONFIG)


LESSON.begin()
found = curves()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    kind = st.radio("Messages", KINDS, format_func=KINDS.__getitem__, key=LESSON.name("kind"))
    measure = st.segmented_control("Error of", list(MEASURES), key=LESSON.name("measure"), required=True)
    count = st.select_slider("Training structures of the table", COUNTS, key=LESSON.name("structures"))
    size = st.select_slider(
        "Waters of the training below", SIZES, key=LESSON.name("size"), help="Single waters, drawn with one seed."
    )
with picture:
    st.plotly_chart(curves_figure(found, str(measure), kind), key="data-curves", config=CONFIG)
    show_table(runs_table(found, int(count)))
    built_in = max(point.residual for point in found.points if point.kind != "plain")
    learned = min(point.residual for point in found.points if point.kind == "plain")
    show_verdict(
        built_in <= SYMMETRIC < learned,
        f"**Built in, symmetry is exact**: off in another pose by {built_in:.0e} at most. **Learned from random poses "
        f"it is not**: {learned:.0e} at best.",
    )
    st.markdown("**Train one now**")
    # Only what is under way is looked at again and again; when it ends, so does that, with the page.
    following = LiveTraining.shared().under_way(kind, int(size))
    st.fragment(show_live, run_every=ASKED_AGAIN if following else None)(kind, int(size), following)
    LESSON.show_link()
LESSON.end(
    f"""from core.lessons.data import curves
from core.lessons.training import train

for point in curves().of({kind!r}):  # made by `make curves`
    print(point.structures, point.force_mev_per_angstrom, point.density_percent)
print(curves().slopes[{kind!r}])
trained = train({kind!r}, {size})  # a minute at most
print(trained.force_error_mev_per_angstrom, trained.residual, trained.seconds)
"""
)
