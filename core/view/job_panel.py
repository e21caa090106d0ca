"""A visitor's calculations on Compare: what one would take, the one that runs, and the others that wait meanwhile."""

import streamlit as st

from core.errors import RhoscopeError
from core.jobs.client import JobClient
from core.jobs.status import key_of
from core.reference.level import Level
from core.settings import settings
from core.view.figures import convergence
from core.view.picture import Picture
from core.view.shipped import offer_shipped
from core.view.visitor import visitor
from core.view.words import escaped, seconds, show_problem

WHAT_COMES = """
The calculation makes the true Kohn-Sham density of this structure. You will then see

* both densities and their difference side by side, turned as one, with the forces of each and their errors;
* how far the density is off and how many electrons would have to move, beside a fit of DFT in the same functions and
  beside free atoms;
* which step, from orbitals to prediction, the error of the forces comes from, and in which region, atom or residue the
  misplaced electrons are;
* every component of the forces, predicted against DFT, and the error of the density by distance from the nuclei.
"""


FROM_THE_PREDICTION = (
    "* what the predicted density alone says of energy, HOMO, LUMO and dipole, without an SCF, and how many cycles the "
    "SCF takes from there.\n"
)


def show_other_jobs(client: JobClient, shown: str) -> None:
    """The calculations of this visitor that wait or run, but the one called `shown`, each with its own end."""
    others = [(label, status) for label, status in client.unfinished(visitor()) if status.job_id != shown]
    if not others:
        return
    with st.expander(f"Your other calculations: {len(others)} running or waiting"):
        for label, status in others:
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(f"**{escaped(label)}**  \n{escaped(status.message)}")
            if button.button("Cancel", key=f"cancel {status.job_id}", icon=":material/stop:"):
                client.cancel(status.job_id, visitor())
                st.rerun()


def run_panel(client: JobClient, picture: Picture, level: Level) -> None:
    """Estimate, start, progress, cancel; what a run that failed left behind."""
    molecule = picture.molecule
    job = key_of(molecule, level)
    show_other_jobs(client, job)
    if not client.status(job).finished:
        _show_progress(client, job, client.estimate_seconds(molecule, level))
        offer_shipped(molecule, level)
        return
    tried = job in st.session_state.get("jobs", ()) or client.store.failure(job) is not None
    if tried:
        _show_end(client, job)
    _offer_run(client, picture, level, again=tried)


def _offer_run(client: JobClient, picture: Picture, level: Level, *, again: bool) -> None:
    molecule = picture.molecule
    try:
        estimate = client.estimate_seconds(molecule, level)
    except RhoscopeError as error:
        show_problem(error)
        return
    limit = settings().dft_time_limit_seconds
    too_long = estimate > limit
    st.markdown(
        f"A **{level.label}** calculation of this structure takes about **{seconds(estimate)}** "
        "on this machine. It runs beside the app; you may leave this page. The result is kept, so it is done once only."
    )
    if too_long:
        st.warning(
            f"That is longer than the {seconds(limit)} that a calculation may take here. Take a smaller structure, or "
            "a smaller orbital basis under **Level of theory**.",
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
    with st.container(horizontal=True):
        words = "Run it again" if again else "Run the DFT calculation"
        run = st.button(
            words,
            # The words on a primary button that is disabled cannot be read.
            type="secondary" if too_long else "primary",
            icon=":material/play_arrow:",
            disabled=too_long,
            help="Who runs this server sets the limit: RHOSCOPE_DFT_TIME_LIMIT_SECONDS." if too_long else None,
        )
        offer_shipped(molecule, level)
    if run:
        try:
            asked = client.submit_reference(
                molecule, level, from_prediction=from_prediction, count_default=count, visitor=visitor()
            )
            st.session_state.setdefault("jobs", set()).add(asked)
            st.rerun()
        except RhoscopeError as error:
            show_problem(error)
    st.markdown(WHAT_COMES + (FROM_THE_PREDICTION if from_prediction else ""))


@st.fragment(run_every=1.0)
def _show_progress(client: JobClient, job: str, estimate: float) -> None:
    status = client.status(job)
    if status.finished:
        st.rerun()
    share = min(0.98, status.elapsed_seconds / estimate)
    spent = "" if status.position else f"{seconds(status.elapsed_seconds)}; "
    st.progress(share, f"{status.message} {spent}the estimate was {seconds(estimate)}.")
    if status.cycles:
        st.plotly_chart(convergence(status.cycles), key="convergence", config={"displayModeBar": False})
    if not client.asked(job, visitor()):
        st.caption("Another visitor asked for this calculation. When it has ended you see its result too.")
    elif st.button("Cancel", key="cancel_shown", icon=":material/stop:"):
        client.cancel(job, visitor())
        st.rerun()


def _show_end(client: JobClient, job: str) -> None:
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
