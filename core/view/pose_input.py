"""What the first three pages of the workshop ask for alike: a molecule, a pose, and the precision of the network."""

import numpy as np
import streamlit as st

from core.chem.bonding import bonded_pairs
from core.chem.examples import ENTRIES, example
from core.chem.molecule import Molecule
from core.lessons.turning import Pose
from core.view.component import show_ball
from core.view.lesson import Lesson, Setting
from core.view.turning import PRECISIONS

AXES = ("x", "y", "z")
STEP_DEGREES = 5
# Farther the molecule would leave the picture, whose camera stays where it is.
LARGEST_SHIFT = 1.0
# How far from the middle of the ball the outermost atom is, of its radius.
BALL_SHARE = 0.85
MOLECULES = {entry.key: entry.label for entry in ENTRIES if entry.key in ("water-1", "water-2", "formamide")}
POSE_SETTINGS = {
    "molecule": Setting("water-2", tuple(MOLECULES)),
    "x": Setting(0, bounds=(-180, 180)),
    "y": Setting(0, bounds=(-180, 180)),
    "z": Setting(40, bounds=(-180, 180)),
    "mirror": Setting(False),
    "shift": Setting(0.0, bounds=(0.0, LARGEST_SHIFT)),
    "precision": Setting("float32", tuple(PRECISIONS)),
}


def molecule_input(lesson: Lesson) -> Molecule:
    key = st.selectbox("Molecule", MOLECULES, format_func=MOLECULES.__getitem__, key=lesson.name("molecule"))
    return example(key)


def atom_input(lesson: Lesson, molecule: Molecule) -> int:
    """The index of the atom that is chosen; the widget counts from 1."""
    key, count = lesson.name("atom"), len(molecule)
    st.session_state[key] = min(st.session_state[key], count)
    names = [f"{symbol}{number}" for number, symbol in enumerate(molecule.symbols, 1)]
    return int(st.selectbox("Atom", range(1, count + 1), format_func=lambda n: names[n - 1], key=key)) - 1


def choice_input(lesson: Lesson, label: str, widget: str) -> int:
    """One of the few whole numbers that the setting allows, as buttons."""
    options = lesson.settings[widget].options
    chosen = st.segmented_control(label, options, key=lesson.name(widget), required=True)
    return int(chosen if chosen is not None else lesson.settings[widget].default)


def pose_input(lesson: Lesson, molecule: Molecule, *, shifted: bool = True) -> Pose:
    """shifted: whether it may be. molecule: what is turned, in a ball to drag or by sliders."""
    name = lesson.name
    _ball_input(lesson, molecule)
    x, y, z = (st.slider(f"Turn about {axis}, degrees", -180, 180, step=STEP_DEGREES, key=name(axis)) for axis in AXES)
    shift = st.slider("Shift along x, y and z, Å", 0.0, LARGEST_SHIFT, step=0.25, key=name("shift")) if shifted else 0.0
    mirror = st.toggle("Mirror", key=name("mirror"), help="Across an oblique plane, before the turn.")
    return Pose.of((x, y, z), mirrored=mirror, shift_angstrom=(shift, shift, shift))


def _ball_input(lesson: Lesson, molecule: Molecule) -> None:
    name = lesson.name
    key = name("ball")

    def turn() -> None:
        turned = st.session_state[key].get("angles") or {}
        for axis, angle in zip(AXES, turned.get("angles", ()), strict=False):
            setting = lesson.settings[axis].read(str(angle))
            if setting is not None:
                st.session_state[name(axis)] = setting

    mirrored = Pose.of(mirrored=bool(st.session_state[name("mirror")])).molecule(molecule)
    points = mirrored.positions_angstrom - mirrored.positions_angstrom.mean(0)
    points *= BALL_SHARE / np.linalg.norm(points, axis=1).max()
    data = {
        "angles": [st.session_state[name(axis)] for axis in AXES],
        "points": points.ravel().round(4).tolist(),
        "elements": list(molecule.symbols),
        "bonds": [list(map(int, pair)) for pair in bonded_pairs(molecule)],
        "step": STEP_DEGREES,
    }
    show_ball(data, key=key, on_turned=turn)


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
    values = {widget: st.session_state[lesson.name(widget)] for widget in lesson.settings if widget in POSE_SETTINGS}
    angles = f"({values['x']}, {values['y']}, {values['z']})"
    shift = float(values.get("shift", 0.0))
    moved = f", shift_angstrom=({shift}, {shift}, {shift})" if shift else ""
    return f"Pose.of({angles}, mirrored={values['mirror']}{moved})"
