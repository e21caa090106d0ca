"""Compare: the prediction held against a DFT calculation of the same structure, run here as a job or made elsewhere."""

import streamlit as st

from core.chem.topology import Topology
from core.errors import RhoscopeError
from core.jobs.client import JobClient
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.record import Record
from core.view import link, own_result, structure
from core.view.compared_files import atoms_csv, figures_csv, pane_cube
from core.view.comparison import (
    HeldAgainst,
    comparison_ready,
    held_against_meanwhile,
    sides_of_record,
    sides_ready,
)
from core.view.component import show_link
from core.view.error_tables import (
    REGION_WORDS,
    atom_columns,
    element_columns,
    region_rows,
    residue_columns,
    rung_rows,
)
from core.view.facts import formula
from core.view.figures import error_by_distance, force_parity
from core.view.job_panel import run_panel
from core.view.merits import merit_rows
from core.view.on_demand import show_compared
from core.view.one_shot import cycles_sentence, missing_words, of_other_weights, one_shot_table
from core.view.picture import Picture
from core.view.plots import CONFIG
from core.view.request import picture_of_request
from core.view.shipped import known_record, offer_to_calculate
from core.view.side_by_side import SideBySide
from core.view.snippet import comparison_snippet
from core.view.tables import show_table
from core.view.theory import chosen_level
from core.view.trust import show_model
from core.view.under_way import told_while
from core.view.words import escaped, seconds, show_problem

client = JobClient.shared()


def heading(text: str) -> None:
    st.markdown(f"#### {text}")


def show_pictures(sides: SideBySide, held: HeldAgainst | None, level: Level | None, topology: Topology | None) -> bool:
    """held: what was found of them, None where it is not there yet; returns whether the pictures wait for it. level: of
    the calculation; None of a visitor's own result, which has no address. topology: who the atoms are."""
    whose = sides.other.whose
    heading(f"Where the prediction differs from {whose}")
    shared = link.link_data(sides.picture, level) if level else link.no_link()
    waiting = show_compared(sides, held, key="compare", link=shared, topology=topology)
    if sides.other.forces_hartree_per_bohr is None:
        st.caption(
            f"The surface of the third picture is predicted minus {whose}. The arrows and their parts are those of the "
            f"predicted forces: {whose} holds none."
        )
    else:
        st.caption(
            f"The arrows are the forces on the nuclei. Those of the third picture are predicted minus {whose}, as its "
            "surface is, and have a scale of their own.",
            help=(
                "Of the parts of the forces the nuclear one is the same in both, so all of the error is the electrons'."
                f" The near and the far part of {whose} are those of its density fitted in the functions of the model, "
                "whose whole force is the same. Neighbouring atoms can share one density in many ways, so near and far "
                "part differ by far more than the whole."
            ),
        )
    return waiting


def show_figures(held: HeldAgainst, topology: Topology | None) -> None:
    """All tables and plots that there are for any result."""
    with st.container(key="told-merits"):
        st.markdown(merit_rows(held))
    if ladder := rung_rows(held):
        heading("The forces, rung by rung")
        with st.container(key="told-rungs"):
            st.markdown(ladder)
    heading("Where the misplaced electrons are")
    with st.container(key="regions"):
        st.markdown(region_rows(held))
    st.caption(REGION_WORDS)
    show_parts(held, topology)
    plots = [("Error of the density by distance", error_by_distance(held), "by_distance")]
    if parity := force_parity(held):
        plots.insert(0, ("Forces, component by component", parity, "parity"))
    for column, (words, figure, key) in zip(st.columns(2, gap="large"), plots, strict=False):
        with column:
            heading(words)
            st.plotly_chart(figure, key=key, config=CONFIG)


def show_result(picture: Picture, record: Record, *, shipped: bool) -> None:
    """The pictures, as soon as they are there, and below them all that is found."""
    held = comparison_ready(picture, record)
    sides = held.sides if held else sides_ready(picture, record)
    if sides is None:
        with told_while("Evaluating both densities on a grid"):
            sides = sides_of_record(picture, record)
    waiting = show_pictures(sides, held, record.level, structure.shown().topology)
    heading("How far off it is")
    if held is None:
        with told_while("Comparing") as tell:
            held = held_against_meanwhile(picture, record, tell)
        if waiting:
            st.rerun()
    show_findings(held, record, shipped=shipped)
    lines = None
    if picture.predicted.prediction:
        lines = comparison_snippet(picture, structure.shown(), link.shown_address(), record.level, shipped=shipped)
    show_downloads(held, lines, structure.shown().topology)


def show_findings(held: HeldAgainst, record: Record, *, shipped: bool) -> None:
    if record.level != DEFAULT_LEVEL:
        st.info(
            f"The prediction is one of {DEFAULT_LEVEL.label}; these figures also hold what {record.level.label} "
            "differs from it by.",
            icon=":material/info:",
        )
    show_figures(held, structure.shown().topology)
    table = one_shot_table(record)
    if table or held.picture.predicted.prediction:
        heading("From the predicted density alone, without an SCF")
    if table:
        st.markdown(table)
        st.caption(
            "PBE's orbitals in the field of the predicted density, then one diagonalisation of the Kohn-Sham matrix "
            "they make at the level of the calculation. The error of the energy is of second order; HOMO and LUMO also "
            f"hold what PBE's orbitals differ by, however good the density. {cycles_sentence(record)}"
        )
        if of_other_weights(record):
            st.caption("That prediction was of other weights of the model than those shown above.")
    elif held.picture.predicted.prediction:
        st.caption(missing_words(shipped=shipped))
    # On another machine than this where it came with the program.
    spent = None if shipped else record.provenance.get("seconds")
    ran = f" It took {seconds(float(spent))}." if spent else ""
    away = (
        " DFT in this orbital basis is itself about 0.5 % of the electrons away from its basis-set limit (water dimer)."
        if record.level == DEFAULT_LEVEL
        else ""
    )
    st.caption(f"Reference: {record.level.label}, energy {record.energy_hartree:.6f} hartree.{ran}{away}")


def show_own_result(own: own_result.OwnResult, held: HeldAgainst) -> None:
    result = own.result
    says = f", {escaped(result.says)}" if result.says else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escaped(result.name)}**, {formula(own.molecule)}: {result.kind}{says}.")
        st.button(
            "Leave this result",
            icon=":material/arrow_back:",
            on_click=own_result.leave,
            help="Back to the structure of Explore and its calculation.",
        )
    own_result.ask()
    own_result.show_last_problem()
    if held.picture.predicted.prediction is None:
        show_model(held.picture)
    shown = structure.shown()
    topology = own_result.topology_for(own.molecule, shown.molecule, shown.topology)
    show_pictures(held.sides, held, None, topology)
    heading("How far off it is")
    st.info(
        f"The prediction is one of {DEFAULT_LEVEL.label}; these figures also hold what the method of your result "
        "differs from it by.",
        icon=":material/info:",
    )
    for sentence in own_result.found_words(own):
        st.caption(sentence)
    show_figures(held, topology)
    if result.energy_hartree is not None:
        st.caption(f"Energy in the file: {result.energy_hartree:.6f} hartree.")
    show_downloads(held, None, topology)


def show_downloads(held: HeldAgainst, lines: str | None, topology: Topology | None) -> None:
    """lines: of Python, where there are any that repeat it. topology: who the atoms are."""
    sides, whose = held.sides, held.other.whose
    stem, name = f"{sides.scene.file_stem}-compared", whose[0].upper() + whose[1:]
    # Of a cube there is no fit, and nothing beyond it.
    outside = "; zero outside of your cube, where nothing is compared" if held.anatomy.fitted is None else ""
    files = (
        ("Atoms (CSV)", "-atoms.csv", "text/csv", lambda: atoms_csv(held, topology),
         "Position, both forces and their difference, and misplaced electrons of every atom; Å, meV/Å, e."),
        ("Figures (CSV)", "-figures.csv", "text/csv", lambda: figures_csv(held), "The figures of the table above."),
        (f"{sides.scene.panes[0].label} (cube)", "-predicted.cube", "text/plain", lambda: pane_cube(sides, "predicted"),
         "Gaussian cube file of this density on the grid of its picture, e/bohr³."),
        (f"{name} (cube)", "-reference.cube", "text/plain", lambda: pane_cube(sides, "reference"),
         f"The density of {whose} on the same grid{outside}."),
        ("Difference (cube)", "-difference.cube", "text/plain", lambda: pane_cube(sides, "difference"),
         f"The first minus {whose}, on the same grid{outside}."),
    )  # fmt: skip
    heading("Take it away")
    with st.container(horizontal=True):
        for label, ending, kind, make, meaning in files:
            st.download_button(label, make, f"{stem}{ending}", kind, on_click="ignore", help=meaning)
        if lines:
            with st.popover("Python", help="The lines that repeat this with the code of Rhoscope."):
                st.code(lines, wrap_lines=True)
                st.caption("To be run in the folder of the program, or wherever its `core` can be imported.")


def show_parts(held: HeldAgainst, topology: Topology | None) -> None:
    """The error by atom, element or residue, as a table that sorts and downloads."""
    choices = ["By atom", "By element"]
    if topology is not None and len(topology.residues) > 1:
        choices.append("By residue")
    chosen = st.segmented_control("Error", choices, default=choices[0], key="error_by", label_visibility="collapsed")
    if chosen == "By element":
        show_table(element_columns(held))
        st.caption("Means over the atoms of an element.")
    elif chosen == "By residue" and topology is not None:
        show_table(residue_columns(held, topology))
        st.caption("Electrons are sums over the atoms of a residue, force errors means of their lengths.")
    elif chosen:
        show_table(atom_columns(held))
        st.caption("Atoms share space as their free atoms do (Hirshfeld). The force error is a length.")


def show_calculation() -> None:
    """The structure of Explore, or of a link: its calculation, or what it would take."""
    picture = picture_of_request() if structure.pending() else structure.shown_picture()
    structure.show_last_problem()
    molecule = picture.molecule
    with st.container(horizontal=True, vertical_alignment="center"):
        name = escaped(molecule.title) or "Untitled structure"
        st.markdown(f"**{name}**, {formula(molecule)}", width="content")
        st.page_link("explore.py", label="Choose another structure", icon=":material/blur_on:")
    link.show_words(picture)
    if picture.predicted.prediction is None:
        show_model(picture, structure.shown().topology)
    level = chosen_level()
    own_result.ask()
    own_result.show_last_problem()
    record, shipped = known_record(client, molecule, level)
    if record is None:
        # In one container, which a result replaces as a whole: else parts stay until all of the result is there.
        with st.container():
            run_panel(client, picture, level)
            show_link(link.link_data(picture, level), key="compare_link")
        return
    if shipped:
        offer_to_calculate(record)
    show_result(picture, record, shipped=shipped)


link.follow()
own_result.compare_wanted()
try:
    if own := own_result.shown():
        show_own_result(*own)
    else:
        show_calculation()
except RhoscopeError as error:
    show_problem(error)
