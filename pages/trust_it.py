"""Workshop, page 9: when a prediction should not be believed, and whether the program says so."""

import streamlit as st

from core.lessons.doubt import DOUBTS, Examined
from core.view.doubt import all_examined, case_figure, errors_figure, gallery, said_of
from core.view.flat import WIDTH, drawing
from core.view.lesson import Lesson, Setting, show_verdict
from core.view.plots import CONFIG
from core.view.tables import show_table
from core.view.under_way import under_way
from core.view.words import escaped, significant

TITLES = {doubt.key: doubt.title for doubt in DOUBTS}
LESSON = Lesson(
    9,
    "doubt",
    "Trust it?",
    "A network answers anything, also what it knows nothing of. Open ions, radicals, torn bonds. **Does it know what "
    "it does not know?**",
    {"case": Setting("stretched", tuple(TITLES))},
    (
        (
            "How can an error be expected without DFT?",
            "From how far what no rotation changes of an atom's features, the numbers of $l=0$ and the lengths of "
            "vectors, is from that of the training set. On "
            "structures held back it was measured how errors grow with that distance, and the law is kept beside the "
            "model.",
        ),
        (
            "Why are there rules besides?",
            "Far from all training the law is a guess, as the plot shows. So bonds, angles, contacts and charges that "
            "training never held are named as what they are, and the prediction is disowned.",
        ),
        (
            "Why is a radical refused, and not only doubted?",
            "The reference calculations pair all electrons. For an odd number there is no such calculation, so no "
            "number here would mean anything.",
        ),
    ),
)


def choose(case: str) -> None:
    st.session_state[LESSON.name("case")] = case


def show_card(case: Examined) -> None:
    """A case of the gallery, with a click to choose it."""
    doubt = case.doubt
    with st.container(border=True, width=134, horizontal_alignment="center", gap=None):
        st.image(drawing(doubt.as_drawn), width=WIDTH)
        st.button(doubt.title, type="tertiary", key=f"doubt-{doubt.key}", on_click=choose, args=(doubt.key,))
        st.caption(said_of(case), text_alignment="center")


LESSON.begin()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    key = st.selectbox("Case", TITLES, format_func=TITLES.__getitem__, key=LESSON.name("case"))
with picture, under_way(f"Predicting {len(DOUBTS)} structures and judging each", None) as waiting:
    cases = all_examined(waiting)
case = next(case for case in cases if case.doubt.key == key)
with inputs:
    st.markdown(case.doubt.why)
    if case.expected_mev_per_angstrom is not None:
        st.metric(
            "Expected error of the worst force",
            f"{significant(case.expected_mev_per_angstrom)} meV/Å",
            help="Of half of such atoms it is smaller.",
        )
    if case.true_mev_per_angstrom is not None:
        st.metric(
            "True error of the worst force",
            f"{significant(case.true_mev_per_angstrom)} meV/Å",
            help="Against DFT of the reference level.",
        )
    figure = case_figure(case)
    if figure is not None:
        st.plotly_chart(figure, key="doubt-picture", config=CONFIG)
    st.plotly_chart(errors_figure(cases), key="doubt-errors", config=CONFIG)
with picture:
    said = "\n".join(f"* {escaped(reason)}" for reason in case.words)
    if case.outcome == "believed":
        st.info("**Inside the domain of the model.** Rhoscope has no objection.", icon=":material/check:")
    else:
        st.warning(
            f"**{'Refused' if case.outcome == 'refused' else 'Do not trust this prediction'}.**\n\n{said}",
            icon=":material/warning:",
        )
    with st.container(horizontal=True, gap="small", key="doubt-gallery"):
        for each in cases:
            show_card(each)
    st.caption(
        "Off by: true error of the worst force, meV/Å. Click a name to open its case. No objection says that training "
        "held the like, not that the force is exact: how far off it may be is the expected error. A warning says that "
        "training held nothing like it; now and then such a prediction is good all the same."
    )
    wrong = [each.doubt.title for each in cases if not each.holds]
    bad = sum(each.doubt.doubtful for each in cases)
    show_verdict(
        not wrong,
        f"**All {bad} bad cases are refused or warned of**, and the {len(cases) - bad} good ones are not."
        if not wrong
        else f"Judged wrongly: {', '.join(wrong)}.",
    )
    with st.expander("All cases as a table"):
        show_table(gallery(cases), height="content")
    LESSON.show_link()
LESSON.end(
    f"""from core.lessons.doubt import doubt_called, examine

found = examine(doubt_called({key!r}))
print(found.outcome, found.words)
print(found.expected_mev_per_angstrom, found.true_mev_per_angstrom)
"""
)
