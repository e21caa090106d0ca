"""Explore: a structure in, its predicted density and the force on every atom out."""

from dataclasses import replace

import streamlit as st

from core.chem.examples import ENTRIES
from core.chem.prepare import Options
from core.chem.read import SUFFIXES
from core.chem.subject import DEFAULT_OPTIONS, Refused, Source, Subject
from core.chem.topology import Topology
from core.csv_text import csv_of
from core.density.pqr import pqr_text
from core.jobs.reading import read_source
from core.model.atom_table import atom_table
from core.settings import settings
from core.view import link, structure
from core.view.address import Address
from core.view.details import focused_atoms, show_details
from core.view.export import ccp4_bytes, cube_text, safetensors_bytes
from core.view.ions import show_ions
from core.view.leave_out import offer_to_leave_out
from core.view.net_force import show_net_force
from core.view.on_demand import show_picture
from core.view.picture import Picture
from core.view.preparation import to_confirm
from core.view.refused import show_refused
from core.view.request import picture_of_request
from core.view.snippet import snippet
from core.view.trust import show_model, trust_of
from core.view.words import escaped, seconds, significant
from core.view.workshop import PAGES

LABELS = {entry.key: entry.label for entry in ENTRIES}
# Pixels: on a phone the second is below the first.
WIDE, NARROW = 560, 240
KEYS = {label: key for key, label in LABELS.items()}


def show_in_inputs(address: Address | None) -> None:
    """Set the inputs as if `address` had been typed into them; None: a file was opened."""
    chosen = st.session_state
    if address is None or address.kind == "structure":
        chosen.source = "File"
    elif address.kind == "example":
        chosen.source, chosen.example = "Example", LABELS[address.value]
    elif address.kind == "id":
        chosen.source, chosen.identifier = "Id", address.value
    else:
        chosen.source, chosen.smiles, chosen.charge = "SMILES", address.value, address.charge


def read_again() -> None:
    """Have the structure read that the inputs name. A field left empty asks for nothing."""
    chosen = st.session_state
    charge = chosen.get("charge")
    if chosen.source == "Example":
        link.ask_for(Address("example", KEYS[chosen.get("example") or next(iter(KEYS))]))
    elif chosen.source == "Id" and (chosen.get("identifier") or "").strip():
        link.ask_for(Address("id", chosen.identifier.strip()))
    elif chosen.source == "File" and chosen.get("upload"):
        file = Source(chosen.upload.getvalue(), chosen.upload.name)
        options = replace(DEFAULT_OPTIONS, charge=charge)
        structure.ask_for(lambda progress: read_source(file, options))
    elif chosen.source == "SMILES" and (chosen.get("smiles") or "").strip():
        link.ask_for(Address("smiles", chosen.smiles.strip(), charge))


def prepare_again(options: Options) -> None:
    """The structure on the screen anew, prepared otherwise."""
    subject = structure.shown()
    structure.ask_for(lambda progress: subject.again(options, read_source))
    st.rerun()


def choose_otherwise(refused: Refused) -> None:
    """The choices for the file that was asked for last and refused."""

    def apply(options: Options) -> None:
        structure.ask_for(lambda progress: read_source(refused.source, options))
        st.rerun()

    show_refused(refused, apply)


def structure_input() -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        source = st.segmented_control(
            "Structure from",
            ["Example", "Id", "File", "SMILES"],
            key="source",
            required=True,
            on_change=read_again,
        )
        if source == "Example":
            st.pills("Example", KEYS, key="example", required=True, width="stretch", wrap=True, on_change=read_again)
            return
        if source == "Id":
            st.text_input(
                "Id of PDB, AlphaFold DB or PubChem",
                key="identifier",
                placeholder="1CRN, or P69905, or pubchem:aspirin",
                on_change=read_again,
            )
            return
        if source == "File":
            limit_mb = max(1, int(settings().max_upload_mb))
            st.file_uploader(
                "PDB, mmCIF, XYZ or SDF",
                SUFFIXES,
                key="upload",
                width=WIDE,
                on_change=read_again,
                max_upload_size=limit_mb,
                help=link.KEPT_HERE,
            )
        else:
            st.text_input("SMILES", key="smiles", width=WIDE, placeholder="O, or CCO, or NC=O", on_change=read_again)
        st.number_input(
            "Total charge, e", -500, 500, None, key="charge", width=NARROW, placeholder="as the structure says",
            on_change=read_again,
        )  # fmt: skip


_NET_FORCE = (
    "Length of the sum of all forces. Those of an exact density add up to nothing, so this is an error that can be "
    "seen without DFT."
)
_TAKEN_OFF = f"{_NET_FORCE} It is taken off where errors are likely: the forces shown add up to nothing."


def show_facts(subject: Subject, picture: Picture) -> None:
    numbers, topology = picture.facts, subject.topology
    labels = topology.atom_labels if topology else ()
    st.markdown(
        f"**{escaped(picture.molecule.title) or 'Untitled structure'}**  \n{numbers.formula}, {numbers.atoms:,} atoms"
    )
    left, right = st.columns(2)
    left.metric(
        "Electrons",
        f"{numbers.electrons:,.4f}",
        help="The integral of the predicted density: nuclear charges less the total charge, to the digits of float32.",
    )
    right.metric(
        "Dipole",
        f"{significant(numbers.dipole_debye)} D",
        help="Of nuclei and predicted density, in debye; of an ion, about the centre of the nuclear charges.",
    )
    left.metric(
        "Net force taken off" if picture.predicted.prediction else "Net force",
        f"{significant(numbers.net_force_mev_per_angstrom)} meV/Å",
        help=_TAKEN_OFF if picture.predicted.prediction else _NET_FORCE,
    )
    right.metric(
        f"Largest force ({labels[numbers.largest_force_index] if labels else numbers.largest_force_atom})",
        f"{significant(numbers.largest_force_mev_per_angstrom)} meV/Å",
        help="The longest of the Hellmann-Feynman forces on the nuclei; in brackets the atom.",
    )
    show_net_force(picture, topology)
    show_model(picture, topology, lambda: offer_to_leave_out(subject, picture, prepare_again))
    show_ions(picture)
    spent = ", ".join(f"{name} {seconds(value)}" for name, value in picture.predicted.seconds.items())
    st.caption(f"Time: {spent}, grid {seconds(picture.seconds['grid'])}.")
    first = PAGES[0]
    st.page_link(first.file, label="Why this works: nine pages to try it out", icon=first.icon)


def show_downloads(picture: Picture, level: float | None) -> None:
    stem = picture.scene.file_stem
    density, predicted = picture.density, picture.predicted.density
    topology, trust = structure.shown().topology, trust_of(picture)
    binary = "application/octet-stream"

    def atoms() -> str:
        return csv_of(atom_table(picture.molecule, picture.predicted.forces_hartree_per_bohr, topology, trust))

    files = (
        ("Forces (CSV)", "-forces.csv", "text/csv", atoms,
         "Name, position, force, its expected error, and why an atom is not to be trusted; Å and meV/Å."),
        ("Density (cube)", ".cube", "text/plain", lambda: cube_text(density),
         "Gaussian cube file of the density on this grid, e/bohr³."),
        ("Density (CCP4)", ".ccp4", binary, lambda: ccp4_bytes(density),
         "Map for Coot, ChimeraX and PyMOL, e/Å³."),
        ("Density (safetensors)", ".safetensors", binary, lambda: safetensors_bytes(density),
         "All coefficients and the basis: the density itself, to evaluate anywhere."),
        ("Charges (PQR)", ".pqr", "text/plain", lambda: pqr_text(predicted, topology),
         "Hirshfeld charges of this density, e, and Bondi radii, Å, as APBS reads them."),
    )  # fmt: skip
    with st.container(horizontal=True):
        for label, ending, kind, make, meaning in files:
            st.download_button(label, make, f"{stem}{ending}", kind, on_click="ignore", help=meaning)
        with st.popover("Python", help="The lines that repeat this with the code of Rhoscope."):
            address = link.shown_address()
            st.code(snippet(picture, structure.shown(), address, level or picture.scene.level), wrap_lines=True)
            st.caption("To be run in the folder of the program, or wherever its `core` can be imported.")


@st.fragment
def show_viewer(picture: Picture, topology: Topology | None, focus: tuple[int, ...]) -> None:
    level = show_picture(picture, key="explore", link=link.link_data(picture), topology=topology, focus=focus)
    show_downloads(picture, level)


def show_what_this_is() -> None:
    st.caption(
        "**Rhoscope** predicts the electron density of a molecule or protein with a neural network. From that density "
        "alone follows the force on every atom."
    )


if named := link.follow():
    show_in_inputs(named)
elif "source" not in st.session_state:
    show_in_inputs(link.shown_address())
show_what_this_is()
structure_input()
picture = picture_of_request()
subject = structure.shown()
structure.show_last_problem(choose_otherwise)
link.show_words(picture)
viewer, beside = st.columns([2, 1], gap="medium")
with viewer:
    show_viewer(picture, subject.topology, focused_atoms(subject, picture))
with beside:
    show_facts(subject, picture)
    to_confirm(subject)
show_details(subject, picture, prepare_again)
