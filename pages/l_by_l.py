"""Workshop, page 4: the density degree by degree, from spheres to lobes."""

import streamlit as st

from core.view.component import show_scene
from core.view.degrees import HIGHEST, degrees_of, ladder_of, last_seconds, mean_force_of, scene_up_to
from core.view.lesson import Lesson, Setting, show_verdict
from core.view.pose_input import MOLECULES, molecule_input
from core.view.tables import show_table
from core.view.under_way import under_way
from core.view.words import significant

LESSON = Lesson(
    4,
    "degrees",
    "l by l",
    "Each atom has pieces of degree $l$: balls for $l=0$, more on one side for $l=1$, lobes above. Raise the highest "
    "$l$ and watch the density grow. **From which $l$ on does it look right, and from "
    "which is the error of the force smaller than the force?**",
    {"molecule": Setting("water-2", tuple(MOLECULES)), "degree": Setting(0, tuple(range(HIGHEST + 1)))},
    (
        (
            "What is l?",
            "How many circles on the sphere a function is zero on: none for $l=0$, which is the same in all "
            "directions; one for $l=1$, an arrow, more on one side and less on the other; two for $l=2$, four lobes, "
            "or two and a ring. A function of degree $l$ has $2l+1$ components.",
        ),
        (
            "Why is the force wrong where the density looks right already?",
            "The nucleus feels the field at its own place, where densities are large and their lopsidedness decides. "
            "An error of a thousandth of an electron close to a nucleus pulls harder than a tenth of one far away.",
        ),
        (
            "Why does l = 0 not give the free atoms back?",
            "Balls may be larger or smaller than those of free atoms: hydrogen in water gives away charge, and that "
            "is round too. What $l=0$ cannot do is to put charge to one side of an atom other than by a neighbour.",
        ),
    ),
)

LESSON.begin()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    molecule = molecule_input(LESSON)
    l = st.select_slider(
        "Highest degree l", range(HIGHEST + 1), key=LESSON.name("degree"), help="Coefficients above it are left out."
    )
with picture, under_way("Adding up the density degree by degree, with the forces of each", last_seconds()) as waiting:
    found = ladder_of(molecule, waiting)
with inputs:
    rung = found.rungs[l]
    st.metric("Electrons misplaced", significant(rung.misplaced_electrons), help="Half the integral of |difference|.")
    st.metric(
        "Force off by",
        f"{significant(rung.force_mev_per_angstrom)} meV/Å",
        help="Mean over atoms and axes of the change of the Hellmann-Feynman force (nuclei and density: page 8).",
    )
    st.metric(
        "The force itself",
        f"{significant(mean_force_of(molecule))} meV/Å",
        help="Mean size over atoms and axes, of all degrees together.",
    )
with picture:
    show_scene(scene_up_to(molecule, l), key="degrees", link=LESSON.link())
    st.caption(
        "All degrees: the whole prediction of the network. Arrows have another scale for each l, and so has the level "
        "of the difference where it is small: the legends say which."
    )
    show_verdict(
        found.left_over <= 1e-12,
        f"**All degrees add up to the density**: {found.left_over:.0e} of it is left over, at most 1e-12.",
    )
    show_table(degrees_of(found))
LESSON.end(
    f"""from core.chem.examples import example
from core.lessons.degrees import ladder
from core.lessons.model import lesson_model
from core.model.predict import predict_density

molecule = example({st.session_state[LESSON.name("molecule")]!r})
density = predict_density(molecule, lesson_model(molecule))
for rung in ladder(density).rungs:
    print(rung.l, rung.misplaced_electrons, rung.force_mev_per_angstrom)
"""
)
