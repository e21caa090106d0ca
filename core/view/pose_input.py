"""What the first two pages of the workshop ask for alike: a molecule, a pose, and the precision of the network."""

import streamlit as st

from core.chem.examples import ENTRIES, example
from core.chem.molecule import Molecule
from core.lessons.turning import Pose
from core.view.lesson import Lesson, Setting
from core.view.turning import PRECISIONS

MOLECULES = {entry.key: entry.label for entry in ENTRIES if entry.key in ("water-1", "water-2", "adenine")}
POSE_SETTINGS = {
    "molecule": Setting("water-2", tuple(MOLECULES)),
    "x": Setting(40, bounds=(-180, 180)),
    "y": Setting(0, bounds=(-180, 180)),
    "z": Setting(0, bounds=(-180, 180)),
    "mirror": Setting(False),
    "shift": Setting(0.0, bounds=(0.0, 5.0)),
    "precision": Setting("float32", tuple(PRECISIONS)),
}


def molecule_input(lesson: Lesson) -> Molecule:
    key = st.selectbox("Molecule", MOLECULES, format_func=MOLECULES.__getitem__, key=lesson.name("molecule"))
    return example(key)


def pose_input(lesson: Lesson) -> Pose:
    name = lesson.name
    x, y, z = (st.slider(f"Turn about {axis}, degrees", -180, 180, step=5, key=name(axis)) for axis in ("x", "y", "z"))
    shift = st.slider("Shift along x, y and z, Å", 0.0, 5.0, step=0.5, key=name("shift"))
    mirror = st.toggle("Mirror", key=name("mirror"), help="x becomes -x before the turn.")
    return Pose.of((x, y, z), mirrored=mirror, shift_angstrom=(shift, shift, shift))


def precision_input(lesson: Lesson) -> str:
    chosen = st.segmented_control(
        "Numbers of the network",
        list(PRECISIONS),
        key=lesson.name("precision"),
        required=True,
        help="float32 has 7 digits, float64 has 16: what is left of the difference is their rounding.",
    )
    return str(chosen)


def pose_as_python(lesson: Lesson) -> str:
    """The pose that is set, as `core` is asked for it."""
    values = {widget: st.session_state[lesson.name(widget)] for widget in ("x", "y", "z", "mirror", "shift")}
    angles = f"({values['x']}, {values['y']}, {values['z']})"
    shift = float(values["shift"])
    return f"Pose.of({angles}, mirrored={values['mirror']}, shift_angstrom=({shift}, {shift}, {shift}))"
