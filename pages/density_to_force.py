"""Workshop, page 8: how a density pulls on a nucleus, and what a basis does to that."""

import streamlit as st

from core.lessons.force_steps import ORBITAL_BASES, Way
from core.view.force_steps import (
    OPENS_WITH,
    RADIUS_ANGSTROM,
    STRETCHES,
    arrows_figure,
    growing_figure,
    last_seconds,
    steps_of,
)
from core.view.lesson import Lesson, Setting, show_verdict
from core.view.plots import CONFIG
from core.view.under_way import under_way
from core.view.words import significant

TOLERANCE_MEV_PER_ANGSTROM = 1.0
WAYS: dict[Way, str] = {"orbitals": "Orbitals as they are", "fit": "Fit", "exact": "Force-exact fit"}
ARROWS = ("all", "nuclear", "electronic", "sum")
ATOMS = {0: "O1", 1: "H2", 2: "H3"}
LESSON = Lesson(
    8,
    "steps",
    "From density to force",
    "The other nuclei push a nucleus away, the electrons pull. Grow the sphere until all electrons are in it. "
    "**Is what is left over the force that DFT gives?** Then change the density.",
    {
        "stretch": Setting(OPENS_WITH[0], STRETCHES),
        "atom": Setting(OPENS_WITH[3], tuple(ATOMS)),
        "basis": Setting(OPENS_WITH[1], ORBITAL_BASES),
        "way": Setting(OPENS_WITH[2], tuple(WAYS)),
        "arrows": Setting("all", ARROWS),
        "radius": Setting(1.0, bounds=(0.0, RADIUS_ANGSTROM)),
    },
    (
        (
            "What does the theorem of Hellmann and Feynman say?",
            "That the force on a nucleus is plain electrostatics: the other nuclei, and the cloud of electrons with "
            "density $\\rho$, $\\mathbf{F}_A = Z_A \\left[ \\sum_B Z_B \\frac{\\mathbf{R}_{AB}}{R_{AB}^3} - \\int "
            "\\rho(\\mathbf{r}) \\frac{\\mathbf{R}_A-\\mathbf{r}}{|\\mathbf{R}_A-\\mathbf{r}|^3} d\\mathbf{r} "
            "\\right]$. For the exact density it is exact.",
        ),
        (
            "Why is it wrong by electronvolts per ångström in an ordinary basis?",
            "The functions of a basis sit on the nuclei and move with them. Near a nucleus they cannot lean over to "
            "one side as the true density does, by very little, just where the pull is strongest. The analytic force "
            "corrects for the functions that move (Pulay's force); the density itself knows nothing of that.",
        ),
        (
            "What does the force-exact fit do?",
            "Of all densities in its own functions it takes the one closest to that of the orbitals **whose forces "
            "are the analytic ones**. A few sharp functions of $l=1$ on every atom lean over as needed. From such "
            "densities Rhoscope's networks learn, and so the forces of what they predict mean something.",
        ),
    ),
)

LESSON.begin()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    atom = st.segmented_control(
        "Nucleus", list(ATOMS), format_func=ATOMS.__getitem__, key=LESSON.name("atom"), required=True
    )
    radius = st.slider("Radius of the sphere, Å", 0.0, RADIUS_ANGSTROM, step=0.05, key=LESSON.name("radius"))
    shown = st.segmented_control("Arrows", ARROWS, key=LESSON.name("arrows"), required=True)
    way: Way = st.radio("Density", list(WAYS), format_func=WAYS.__getitem__, key=LESSON.name("way"))
    basis = st.selectbox(
        "Basis of the orbitals",
        ORBITAL_BASES,
        key=LESSON.name("basis"),
        help="The functions on the atoms of which DFT builds the density: fewest at the top, most at the bottom.",
    )
    stretch = st.select_slider(
        "First bond, times its length", STRETCHES, key=LESSON.name("stretch"), help="Of the bond from O1 to H2."
    )
with picture:
    with under_way(
        f"Computing the orbitals of this water in {basis}, by DFT, and its forces", last_seconds()
    ) as waiting:
        steps = steps_of(float(stretch), basis, way, int(atom or 0), waiting)
    space, plot = st.columns(2)
    space.plotly_chart(arrows_figure(steps, radius, str(shown)), key="steps-space", config=CONFIG)
    plot.plotly_chart(growing_figure(steps, radius), key="steps-plot", config=CONFIG)
    for column, (label, text) in zip(st.columns(4), steps.told(radius), strict=True):
        column.metric(label, text)
    off = steps.error_mev_per_angstrom
    show_verdict(
        off <= TOLERANCE_MEV_PER_ANGSTROM,
        f"**All electrons together miss the analytic force by {significant(off)} meV/Å** on the worst nucleus, "
        f"by {significant(steps.own_error_mev_per_angstrom)} on {ATOMS[steps.atom]}; allowed is "
        f"{TOLERANCE_MEV_PER_ANGSTROM:g}.",
    )
    LESSON.show_link()
LESSON.end(
    f"""from core.chem.examples import example
from core.gaussian.basis import AuxiliaryBasis
from core.lessons.force_steps import calculated, case, growing_sphere, moved_off

water = moved_off(example("water-1"), {stretch})
found = case(calculated(water, {basis!r}), {way!r}, AuxiliaryBasis.load())
print(found.total - found.analytic)
print(growing_sphere(found, {atom}).at({radius} / 0.529177))
"""
)
