"""Workshop, page 1: a molecule is turned, and its density turns with it."""

import streamlit as st

from core.lessons.model import lesson_model
from core.view.component import show_scene
from core.view.lesson import Lesson, show_verdict
from core.view.pose_input import POSE_SETTINGS, molecule_input, pose_as_python, pose_input, precision_input
from core.view.turning import PRECISIONS, turned_by
from core.view.under_way import under_way

LESSON = Lesson(
    1,
    "turn",
    "Turn it",
    "A network predicts the density of a molecule: how many electrons there are at each point, drawn as a surface. "
    "Turn the molecule, mirror it, shift it: it sees the new pose as if it had never seen the old one. Does its "
    "density **turn with the molecule**?",
    POSE_SETTINGS,
    (
        (
            "Why is the difference not exactly zero?",
            "Every number of the network has 7 digits in float32 and 16 in float64, and in another pose other "
            "numbers are rounded. Switch the precision: for a turn, the residual falls by some eight powers of ten.",
        ),
        (
            "How is a density turned without the network?",
            "The density is a sum of functions on the atoms, each with a degree $l$ and $2l+1$ components. Turning "
            "moves the atoms by the matrix $R$ and mixes the components of each $l$ by a matrix $D^l(R)$ of Wigner: "
            "$c'_m = \\sum_{m'} D^l_{mm'}(R)\\, c_{m'}$. For $l=0$ it is 1, for $l=1$ it is $R$ itself.",
        ),
        (
            "Has the network seen all poses in training?",
            "No. It was never shown a molecule in two poses. That a pose does not matter is built in: it knows neither "
            "positions nor axes, but distances and directions to neighbours, and combines directions by rules that "
            "turn with them.",
        ),
    ),
)

LESSON.begin()
st.caption(
    "The first of nine pages: each has one thing to do, one to see, and one number that says whether it holds. Who "
    "knows vectors can begin; other words are explained under **Words**."
)
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    molecule = molecule_input(LESSON)
    pose = pose_input(LESSON, molecule)
    precision = precision_input(LESSON)
with picture:
    with under_way("Predicting both poses", None, brief=True) as waiting:
        shown = turned_by(molecule, pose, lambda: lesson_model(molecule), precision, waiting=waiting)
    _, bound = PRECISIONS[precision]
    show_verdict(
        shown.turned.residual <= bound,
        f"**Residual {shown.turned.residual:.1e}**, at most {bound:.0e} for {precision}: the share by which the "
        "coefficients predicted in the new pose differ from the old ones, turned without the network. The densities "
        f"differ by {shown.largest:.1e} e/a₀³ at most.",
    )
    show_scene(shown.scene, key="turn", link=LESSON.link())
    st.caption("Grey sticks: the molecule in its old pose.")
LESSON.end(
    f"""from core.chem.examples import example
from core.lessons.turning import Pose, turn
from core.lessons.model import lesson_model
from core.model.predict import predict_density

molecule = example({st.session_state[LESSON.name("molecule")]!r})
model = lesson_model(molecule)
pose = {pose_as_python(LESSON)}
turned = turn(molecule, pose, lambda m: predict_density(m, model))
print(turned.residual, turned.by_degree)
"""
)
