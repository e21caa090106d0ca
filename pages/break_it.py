"""Workshop, page 2: one rule of the network is broken, and it is seen in which moves that shows."""

import streamlit as st

from core.lessons.model import lesson_model
from core.lessons.sabotage import SABOTAGES, sabotaged
from core.view.component import show_scene
from core.view.lesson import Lesson, Setting, show_verdict
from core.view.pose_input import POSE_SETTINGS, molecule_input, pose_as_python, pose_input
from core.view.turning import PRECISIONS, turned_by
from core.view.under_way import under_way

BREAKS = {sabotage.key: sabotage for sabotage in SABOTAGES}
LESSON = Lesson(
    2,
    "break",
    "Break it",
    "A density is a sum of pieces of degree $l$: for $l=0$ the same in all directions, for $l=1$ as an arrow, for "
    "larger $l$ finer. Break one rule of the network and turn, mirror or shift the molecule again. **Which breaks "
    "make the residual jump, and in which moves?** One passes every rotation and fails the mirror: find it.",
    {
        **{name: setting for name, setting in POSE_SETTINGS.items() if name != "precision"},
        "sabotage": Setting("relu", tuple(BREAKS)),
    },
    (
        (
            "Why may scalars go through ReLU, and vectors not?",
            "A scalar is the same in every pose, so any function of it is a scalar again. A component of a vector "
            "is not: ReLU keeps it or drops it according to the axes that somebody chose.",
        ),
        (
            "Why does losing a whole degree not show here?",
            "A rotation mixes components within one $l$ and never between two. Without $l=2$ the network is as "
            "equivariant as before; it has only less to say, and its density is worse. Symmetry is not accuracy.",
        ),
        (
            "What is wrong with a cross product?",
            "Nothing, where it is kept apart. $a \\times b$ turns like a vector, but in a mirror it points the "
            "other way: it is axial. Added to ordinary vectors it makes a network that tells left from right.",
        ),
    ),
)

LESSON.begin()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    chosen = BREAKS[
        st.selectbox("Break", BREAKS, format_func=lambda key: BREAKS[key].title, key=LESSON.name("sabotage"))
    ]
    molecule = molecule_input(LESSON)
    pose = pose_input(LESSON, molecule)
with picture:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{chosen.title}.** {chosen.what}", width="stretch")
        with st.popover("Why", help="What this break does to which moves: try them first."):
            st.markdown(chosen.why)
    with under_way("Predicting both poses", None, brief=True) as waiting:
        shown = turned_by(
            molecule, pose, lambda: sabotaged(lesson_model(molecule), chosen.key), "float32", chosen.key, waiting
        )
    _, bound = PRECISIONS["float32"]
    show_verdict(
        shown.turned.residual <= bound,
        f"**Residual {shown.turned.residual:.1e}**; equivariant is at most {bound:.0e}. The densities differ by "
        f"{shown.largest:.1e} e/a₀³ at most.",
    )
    show_scene(shown.scene, key="break", link=LESSON.link())
    st.caption("Grey sticks: the molecule in its old pose. Beneath, the residual of each degree: which of them fail.")
    st.dataframe(
        {f"l = {l}": [f"{value:.1e}"] for l, value in enumerate(shown.turned.by_degree)},
        hide_index=True,
    )
LESSON.end(
    f"""from core.chem.examples import example
from core.lessons.sabotage import sabotaged
from core.lessons.turning import Pose, turn
from core.lessons.model import lesson_model
from core.model.predict import predict_density

molecule = example({st.session_state[LESSON.name("molecule")]!r})
twin = sabotaged(lesson_model(molecule), {chosen.key!r})
pose = {pose_as_python(LESSON)}
turned = turn(molecule, pose, lambda m: predict_density(m, twin))
print(turned.residual, turned.by_degree)
"""
)
