"""Compare: the prediction held against a DFT calculation of the same structure, run here as a job."""

import streamlit as st

from core.errors import RhoscopeError
from core.jobs.client import JobClient
from core.jobs.status import key_of
from core.reference.level import DEFAULT_LEVEL, Level
from core.settings import settings
from core.view import structure
from core.view.comparison import HeldAgainstDFT, comparison_ready, held_against
from core.view.component import show_scene
from core.view.error_tables import (
    REGION_WORDS,
    atom_columns,
    element_columns,
    region_rows,
    residue_columns,
    rung_rows,
)
from core.view.facts import formula
from core.view.figures import convergence, error_by_distance, force_parity
from core.view.merits import merit_rows
from core.view.one_shot import cycles_sentence, of_other_weights, one_shot_table
from core.view.picture import Picture
from core.view.theory import chosen_level
from core.view.trust import show_model
from core.view.words import escaped, seconds, show_problem

client = JobClient.shared()


def heading(text: str) -> None:
    st.markdown(f"#### {text}")


WHAT_COMES = """
The calculation makes the true Kohn-Sham density of this structure. You will then see

* both densities and their difference side by side, turned as one, with the forces of each and their errors;
* the share of the electrons in the wrong place, beside the best that the functions can do and beside free atoms;
* which step, from orbitals to prediction, the error of the forces comes from, and in which region, atom or residue the
  misplaced electrons are;
* every component of the forces, predicted against DFT, and the error of the density by distance from the nuclei.
"""


def run_panel(picture: Picture, level: Level) -> None:
    """Estimate, start, progress, cancel; what a run that failed left behind."""
    molecule = picture.molecule
    job = key_of(molecule, level)
    if not client.status(job).finished:
        show_progress(job, client.estimate_seconds(molecule, level))
        return
    asked_here = job in st.session_state.get("jobs", ())
    if asked_here:
        show_end(job)
    offer_run(picture, level, again=asked_here)


def offer_run(picture: Picture, level: Level, *, again: bool) -> None:
    molecule = picture.molecule
    try:
        estimate = client.estimate_seconds(molecule, level)
    except RhoscopeError as error:
        show_problem(error)
        return
    limit = settings().dft_time_limit_seconds
    st.markdown(
        f"A **{level.label}** calculation of this structure takes about **{seconds(estimate)}** "
        "on this machine. It runs beside the app; you may leave this page. The result is kept, so it is done once only."
    )
    if estimate > limit:
        st.warning(
            f"That is longer than the limit of {seconds(limit)}, at which it would be stopped. "
            "Take a smaller structure, or raise RHOSCOPE_DFT_TIME_LIMIT_SECONDS.",
            icon=":material/warning:",
        )
    from_prediction = count = False
    if picture.predicted.prediction:
        from_prediction = st.checkbox(
            "Start DFT from the predicted density",
            value=True,
            help="The SCF begins with orbitals of the predicted density in place of PySCF's own guess, and ends at the "
            "same result. What these orbitals say of energy, HOMO, LUMO and dipole is shown beside it.",
        )
        if from_prediction:
            count = st.checkbox(
                "Also count the cycles that PySCF's own guess takes",
                help="Another SCF on the coarse grid, before this one: up to a third of the time more.",
            )
    if st.button("Run it again" if again else "Run the DFT calculation", type="primary", icon=":material/play_arrow:"):
        try:
            st.session_state.setdefault("jobs", set()).add(
                client.submit_reference(molecule, level, from_prediction=from_prediction, count_default=count)
            )
            st.rerun()
        except RhoscopeError as error:
            show_problem(error)
    st.markdown(WHAT_COMES)


@st.fragment(run_every=1.0)
def show_progress(job: str, estimate: float) -> None:
    status = client.status(job)
    if status.finished:
        st.rerun()
    share = min(0.98, status.elapsed_seconds / estimate)
    st.progress(share, f"{status.message} {seconds(status.elapsed_seconds)}; the estimate was {seconds(estimate)}.")
    if status.cycles:
        st.plotly_chart(convergence(status.cycles), key="convergence", config={"displayModeBar": False})
    if st.button("Cancel", icon=":material/stop:"):
        client.cancel(job)


def show_end(job: str) -> None:
    """What a calculation that gave no result says, and the cycles it did."""
    status = client.status(job)
    if status.state == "cancelled":
        st.info(escaped(status.message), icon=":material/stop:")
    elif status.state == "failed":
        st.error(f"**{escaped(status.message)}**  \n{escaped(status.remedy)}", icon=":material/error:")
    if status.cycles:
        last = status.cycles[-1]
        st.caption(f"Kept: {len(status.cycles)} cycles, the last energy {last.energy_hartree:.6f} hartree.")
        st.plotly_chart(convergence(status.cycles), key="convergence_end", config={"displayModeBar": False})


def show_result(held: HeldAgainstDFT) -> None:
    heading("Where the prediction differs from DFT")
    show_scene(held.publish(), key="compare")
    st.caption(
        "The arrows are the forces on the nuclei. Those of the third picture are predicted minus DFT, as its surface "
        "is, and have a scale of their own."
    )
    heading("How far off it is")
    if held.record.level != DEFAULT_LEVEL:
        st.info(
            f"The prediction is one of {DEFAULT_LEVEL.label}; these figures also hold what {held.record.level.label} "
            "differs from it by.",
            icon=":material/info:",
        )
    st.markdown(merit_rows(held))
    heading("The forces, rung by rung")
    st.markdown(rung_rows(held))
    heading("Where the misplaced electrons are")
    st.markdown(region_rows(held))
    st.caption(REGION_WORDS)
    show_parts(held)
    left, right = st.columns(2, gap="large")
    with left:
        heading("Forces, component by component")
        st.plotly_chart(force_parity(held), key="parity", config={"displaylogo": False})
    with right:
        heading("Error of the density by distance")
        st.plotly_chart(error_by_distance(held), key="by_distance", config={"displaylogo": False})
    if table := one_shot_table(held.record):
        heading("From the predicted density alone, without an SCF")
        st.markdown(table)
        st.caption(
            "PBE's orbitals in the field of the predicted density, then one diagonalisation of the Kohn-Sham matrix "
            "they make at the level of the calculation. The error of the energy is of second order; HOMO and LUMO also "
            f"hold what PBE's orbitals differ by, however good the density. {cycles_sentence(held.record)}"
        )
        if of_other_weights(held.record):
            st.caption("That prediction was of other weights of the model than those shown above.")
    spent = held.record.provenance.get("seconds")
    ran = f" It took {seconds(float(spent))}." if spent else ""
    away = (
        " DFT in this orbital basis is itself about 0.5 % of the electrons away from its basis-set limit (water dimer)."
        if held.record.level == DEFAULT_LEVEL
        else ""
    )
    st.caption(f"Reference: {held.record.level.label}, energy {held.record.energy_hartree:.6f} hartree.{ran}{away}")


def show_parts(held: HeldAgainstDFT) -> None:
    """The error by atom, element or residue, as a table that sorts and downloads."""
    topology = structure.shown().topology
    choices = ["By atom", "By element"]
    if topology is not None and len(topology.residues) > 1:
        choices.append("By residue")
    chosen = st.segmented_control("Error", choices, default=choices[0], key="error_by", label_visibility="collapsed")
    if chosen == "By element":
        st.dataframe(element_columns(held), hide_index=True)
        st.caption("Means over the atoms of an element.")
    elif chosen == "By residue" and topology is not None:
        st.dataframe(residue_columns(held, topology), hide_index=True)
        st.caption("Electrons are sums over the atoms of a residue, force errors means of their lengths.")
    elif chosen:
        st.dataframe(atom_columns(held), hide_index=True)
        st.caption("Atoms share space as their free atoms do (Hirshfeld). The force error is a length.")


molecule = structure.shown().molecule
st.markdown(f"**{escaped(molecule.title) or 'Untitled structure'}**, {formula(molecule)}. Choose another on Explore.")
try:
    picture = structure.shown_picture()
    if picture.predicted.prediction is None:
        show_model(picture)
    level = chosen_level()
    record = client.store.get(molecule, level)
    if record is None:
        run_panel(picture, level)
    else:
        held = comparison_ready(picture, record)
        if held is None:
            place = st.empty()
            with place.status("Comparing") as status:
                held = held_against(picture, record, lambda text: status.update(label=text))
            place.empty()
        show_result(held)
except RhoscopeError as error:
    show_problem(error)
