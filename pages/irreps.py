"""Workshop, page 3: what the network knows of an atom, as a shape that turns with the molecule."""

import numpy as np
import streamlit as st

from core.lessons.features import change_of_norms
from core.view.irreps import feature_figure, features_of, in_words, norm_table
from core.view.lesson import Lesson, Setting, show_verdict
from core.view.plots import CONFIG
from core.view.pose_input import POSE_SETTINGS, atom_input, choice_input, molecule_input, pose_as_python, pose_input
from core.view.tables import show_table
from core.view.under_way import under_way

LARGEST_CHANGE = 1e-5
HIGHEST, LAYERS, CHANNELS = 4, 3, 64
LESSON = Lesson(
    3,
    "irreps",
    "Irreps",
    "Between its layers the network keeps, for every atom, 64 shapes of each degree $l$: numbers, vectors, and their "
    "many-lobed cousins. Choose one and turn the molecule. **What changes, and what does not?**",
    {
        **{name: setting for name, setting in POSE_SETTINGS.items() if name not in ("precision", "shift")},
        # Out of the plane in which the first feature lies.
        "x": Setting(40, bounds=(-180, 180)),
        "z": Setting(0, bounds=(-180, 180)),
        "atom": Setting(1, bounds=(1, 99)),
        "layer": Setting(2, tuple(range(1, LAYERS + 1))),
        "degree": Setting(1, tuple(range(HIGHEST + 1))),
        "channel": Setting(1, bounds=(1, CHANNELS)),
    },
    (
        (
            "What is an irrep?",
            "A set of numbers that a rotation mixes among themselves and cannot be split into smaller such sets: the "
            "$2l+1$ components of one degree. One number of $l=0$ stays as it is; three of $l=1$ turn like an arrow.",
        ),
        (
            "How do numbers become a shape?",
            "$f(\\mathbf{n}) = \\sum_m f_m Y_{lm}(\\mathbf{n})$: each component weighs one spherical harmonic "
            "$Y_{lm}$ of the direction $\\mathbf{n}$. The surface is $|f|$ away from the atom, blue where $f>0$ and "
            "orange where $f<0$.",
        ),
        (
            "Why may a norm be trusted?",
            "A rotation of the components is an orthogonal matrix: it keeps lengths. So a norm, the root of the sum of "
            "the squares, is a number of $l=0$, and the network may put it through any function without harm.",
        ),
    ),
)

LESSON.begin()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    molecule = molecule_input(LESSON)
    atom = atom_input(LESSON, molecule)
    layer = choice_input(LESSON, "After layer", "layer")
    l = choice_input(LESSON, "Degree l", "degree")
    channel = st.number_input("Channel", 1, CHANNELS, key=LESSON.name("channel"), help="Which of the 64 of a degree.")
    pose = pose_input(LESSON, molecule, shifted=False)
with picture, under_way("Predicting both poses", None, brief=True) as waiting:
    before, after = features_of(molecule, pose, waiting)
with picture:
    panes = st.columns(2)
    for pane, label, found in zip(panes, ("Before", "Now"), (before, after), strict=True):
        numbers = found.of(atom, layer, l, channel - 1)
        length = float(np.linalg.norm(numbers))
        pane.markdown(f"**{label}**: {in_words(numbers)}; length **{length:.4f}**")
        pane.plotly_chart(feature_figure(found, atom, layer, l, channel - 1), key=f"irreps-{label}", config=CONFIG)
    st.caption(
        "A feature as a function of the direction: its size is how far the surface is from the atom, blue where it is "
        "positive and orange where it is negative. Its length, or norm: the root of the sum of the squares of its "
        "numbers; in the table that of all channels together."
    )
    worst = change_of_norms(before, after)
    show_verdict(
        worst <= LARGEST_CHANGE,
        f"**No norm changes**: the largest relative change of all atoms, layers and degrees is {worst:.0e}, "
        f"at most {LARGEST_CHANGE:.0e}.",
    )
    show_table(norm_table(before, after, atom, layer))
    LESSON.show_link()
LESSON.end(
    f"""from core.chem.examples import example
from core.lessons.features import change_of_norms, features
from core.lessons.turning import Pose
from core.lessons.model import lesson_model

molecule = example({st.session_state[LESSON.name("molecule")]!r})
model = lesson_model(molecule)
pose = {pose_as_python(LESSON)}
before, after = features(molecule, model), features(pose.molecule(molecule), model)
print(before.of({atom}, {layer}, {l}, {channel - 1}), after.of({atom}, {layer}, {l}, {channel - 1}))
print(change_of_norms(before, after))
"""
)
