"""What stands below the picture, one thing at a time: forces by atom, residues, hydrogen bonds, preparation."""

import streamlit as st

from core.chem.subject import Subject
from core.chem.topology import Topology
from core.model.atom_table import atom_table
from core.view.contacts import show_hydrogen_bonds
from core.view.picture import Picture
from core.view.plots import CONFIG
from core.view.preparation import Apply, show_preparation
from core.view.residue_figures import figure_by_distance, figure_by_residue, force_with_uncertainty, words_of
from core.view.residues import groups_of, pushes_on
from core.view.sharing import give_up_others, share, table_now
from core.view.tables import show_table
from core.view.trust import trust_of
from core.view.words import escaped

ATOMS, RESIDUES, BONDS, PREPARATION = "Force on each atom", "Residues", "Hydrogen bonds", "Preparation"


def show_details(subject: Subject, picture: Picture, apply: Apply) -> None:
    """The chosen one of what there is to tell of `subject`."""
    give_up_others(picture)
    choices = [ATOMS, BONDS]
    if subject.topology is not None and len(subject.topology.residues) > 1:
        choices.insert(0, RESIDUES)
    if subject.report.entries:
        choices.append(PREPARATION)
    chosen = st.segmented_control("Details", choices, key="details", label_visibility="collapsed")
    if chosen == ATOMS:
        forces = picture.predicted.forces_hartree_per_bohr
        show_table(atom_table(picture.molecule, forces, subject.topology, trust_of(picture)))
    elif chosen == RESIDUES and subject.topology is not None:
        _show_residues(subject.topology, picture)
    elif chosen == BONDS:
        show_hydrogen_bonds(picture, subject.topology)
    elif chosen == PREPARATION:
        show_preparation(subject, apply)


def focused_atoms(subject: Subject, picture: Picture) -> tuple[int, ...]:
    """Atoms of the residues, chain or ligand chosen in the table of residues, while it is open."""
    topology = subject.topology
    if topology is None or st.session_state.get("details") != RESIDUES:
        return ()
    group = _chosen(topology, picture)[0]
    return tuple(sorted(atom for residue in group for atom in topology.atoms_of_residue[residue].tolist()))


def _table_key(picture: Picture) -> str:
    return f"residues {picture.molecule.content_hash}"


def _group_key(picture: Picture) -> str:
    return f"group {picture.molecule.content_hash}"


def _chosen(topology: Topology, picture: Picture) -> tuple[tuple[int, ...], str]:
    """Residues ticked in the table, or else those of the named group, with its name."""
    picked = st.session_state.get(_table_key(picture))
    group = tuple(sorted(int(row) for row in picked["selection"]["rows"])) if picked else ()
    name = "" if group else st.session_state.get(_group_key(picture)) or ""
    return group or groups_of(topology).get(name, ()), name


def _show_residues(topology: Topology, picture: Picture) -> None:
    place = st.container()
    table = table_now(picture, topology)
    rows = table.rows()
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        show_table(rows, on_select="rerun", selection_mode="multi-row", key=_table_key(picture))
        st.caption(
            "Charge and dipole by Hirshfeld's partition of the predicted density; the force is the sum over the nuclei "
            "of the residue, with its uncertainty. Tick rows at their left to look at these residues and see what "
            "pushes them."
        )
        st.download_button(
            "Residues (CSV)", table.csv, f"{picture.scene.file_stem}-residues.csv", "text/csv", on_click="ignore"
        )
    with right:
        named = groups_of(topology)
        if named:
            st.selectbox("Force on", named, None, placeholder="choose a group", key=_group_key(picture))
        group, name = _chosen(topology, picture)
        if group:
            _show_pushes(picture, topology, group, name)
    with place:
        share(picture, topology)


def _show_pushes(picture: Picture, topology: Topology, group: tuple[int, ...], name: str) -> None:
    with st.spinner("Telling the forces apart"):
        pushes = pushes_on(picture, topology, group, name)
    st.markdown(f"**{escaped(pushes.label)}**: {force_with_uncertainty(pushes)}")
    st.plotly_chart(figure_by_residue(pushes), key="by_residue", config=CONFIG)
    st.plotly_chart(figure_by_distance(pushes), key="by_distance_of_residue", config=CONFIG)
    st.caption(words_of(pushes))
