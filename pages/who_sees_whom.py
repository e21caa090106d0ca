"""Workshop, page 5: one atom moves, and it is seen whose coefficients change, layer by layer."""

import streamlit as st

from core.view.lesson import Lesson, Setting, show_verdict
from core.view.plots import CONFIG
from core.view.pose_input import choice_input
from core.view.reach import (
    ROW,
    SHIFTS_ANGSTROM,
    Quantity,
    answer_of,
    degrees_figure,
    distance_figure,
    row_figure,
    space_figure,
)
from core.view.under_way import under_way

LAYERS = 3
QUANTITIES: tuple[Quantity, ...] = ("coefficients", "features")
MOVES = {"move": "Move it up", "remove": "Take it away"}
LESSON = Lesson(
    5,
    "reach",
    "Who sees whom",
    "A row of nine waters, 28 Å long. Click an atom below the picture: it moves, or goes. The sphere shows how far "
    "messages have come. **Whose coefficients change, after how many layers?**",
    {
        "atom": Setting(1, bounds=(1, len(ROW))),
        "what": Setting("move", tuple(MOVES)),
        "shift": Setting(0.1, SHIFTS_ANGSTROM),
        "layer": Setting(1, tuple(range(1, LAYERS + 1))),
        "field": Setting(False),
        "quantity": Setting(QUANTITIES[0], QUANTITIES),
    },
    (
        (
            "What are coefficients after a layer?",
            "Each layer ends with a read-out: fixed weights turn the features of an atom into a share of its "
            "coefficients. After layer 2 they are the shares of the first two layers; after the last they are those "
            "of the density, but for one step: so that the number of electrons is exact, all atoms are changed a "
            "little at the very end. That step is left out here, as it reaches everyone.",
        ),
        (
            "Where do the spheres come from?",
            "In its first layer an atom hears from neighbours within 9 a₀ (4.8 Å). In each later one it hears from "
            "atoms within 14 a₀ (7.4 Å) what those had heard before: at most 12.2 Å after two layers, 19.6 Å after "
            "three. Where no atom sits at the end of a hop, it comes less far.",
        ),
        (
            "Why exactly zero, and not merely little?",
            "Messages are multiplied by a function of the distance that is zero from the cutoff on, with two "
            "derivatives. Beyond the sphere nothing arrives, so the same numbers are computed in the same order.",
        ),
        (
            "What is the far field?",
            "Electrostatics has no cutoff. So the shipped network for water also lets every atom make sixteen dipoles, "
            "and every other feel their field, which falls as $1/r^3$, from the second layer on (that for other "
            "molecules adds four charges, $1/r^2$). It is weak far away, but not zero: switch it on, and the sphere "
            "leaks.",
        ),
    ),
)


def choose_clicked() -> None:
    """The atom that was clicked in the picture is the one that moves."""
    points = st.session_state["reach-row"].selection.points
    if points and "customdata" in points[0]:
        found = points[0]["customdata"]
        st.session_state[LESSON.name("atom")] = int(found[0] if isinstance(found, list) else found) + 1


LESSON.begin()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    names = [f"{symbol}{number}" for number, symbol in enumerate(ROW.symbols, 1)]
    atom = st.selectbox("Atom", range(1, len(ROW) + 1), format_func=lambda n: names[n - 1], key=LESSON.name("atom"))
    what = st.radio("What happens to it", MOVES, format_func=MOVES.__getitem__, key=LESSON.name("what"))
    shift = st.select_slider("By how much, Å", SHIFTS_ANGSTROM, key=LESSON.name("shift"), disabled=what == "remove")
    layer = choice_input(LESSON, "After layer", "layer")
    quantity: Quantity = st.radio("Change of", QUANTITIES, key=LESSON.name("quantity"), horizontal=True)
    far = st.toggle("Far field", key=LESSON.name("field"), help="As the shipped network has it; off: messages only.")
shift_angstrom = float(shift) if what == "move" else None
with picture, under_way("Asking every atom what it heard", None, brief=True) as waiting:
    heard = answer_of(atom - 1, shift_angstrom, far_field=far, waiting=waiting)
with inputs:
    st.metric(
        f"Coefficients that change, after layer {layer}",
        f"{heard.changed[layer - 1].sum():,} of {heard.counts.sum():,}",
        help="By any amount at all, to the last digit of float64.",
    )
    if heard.changed[layer - 1].any():
        st.markdown("Which, by atom and degree; grey: none of that degree, or no change.")
        st.plotly_chart(degrees_figure(heard, layer), key="reach-degrees", config=CONFIG)
with picture:
    st.plotly_chart(space_figure(heard, quantity, atom - 1, layer), key="reach-space", config=CONFIG)
    st.plotly_chart(
        row_figure(heard, quantity, atom - 1, layer),
        key="reach-row",
        on_select=choose_clicked,
        selection_mode="points",
        config=CONFIG,
    )
    if far:
        show_verdict(
            heard.beyond > 0.0,
            f"**The far field reaches everyone**: beyond the spheres something changes, by up to {heard.beyond:.0e}.",
        )
    else:
        how = "exactly zero" if heard.beyond == 0.0 else f"{heard.beyond:.0e}"
        show_verdict(
            heard.beyond == 0.0,
            f"**Beyond the spheres nothing changes**, neither features nor coefficients: the largest change is {how}.",
        )
    st.plotly_chart(distance_figure(heard, quantity), key="reach-distance", config=CONFIG)
    LESSON.show_link()
LESSON.end(
    f"""import numpy as np
from core.lessons.reach import answer, row_of_waters, without_field
from core.lessons.model import lesson_model

row = row_of_waters()
model = {"lesson_model(row)" if far else "without_field(lesson_model(row))"}
shift_angstrom = {f"np.array([0.0, {shift_angstrom}, 0.0])" if shift_angstrom else None}
heard = answer(row, {atom - 1}, shift_angstrom, model)
print(heard.coefficients, heard.changed.sum(axis=1), heard.beyond)
"""
)
