"""Explore: a structure in, its predicted density and the force on every atom out."""

from dataclasses import replace

import streamlit as st

from core.chem.examples import examples
from core.chem.prepare import Options
from core.chem.read import SUFFIXES
from core.chem.subject import DEFAULT_OPTIONS, Source, Subject
from core.density.pqr import pqr_text
from core.errors import RhoscopeError
from core.jobs.reading import read_identifier, read_smiles, read_source
from core.settings import settings
from core.view import structure
from core.view.address import Address, address_of
from core.view.details import focused_atoms, show_atoms_by, show_details
from core.view.export import ccp4_bytes, cube_text, forces_csv, html_page, safetensors_bytes
from core.view.facts import facts
from core.view.ions import ions_of, show_ions
from core.view.picture import Picture, picture_of, picture_ready
from core.view.potential import colored_by_potential, show_with_potential
from core.view.preparation import to_confirm
from core.view.trust import show_model
from core.view.words import escaped, seconds, significant
from core.view.working import FROM_ATOMS, expected, learn_from, may_start, working

EXAMPLES = {label: molecule for _, label, molecule in examples()}
LABELS = {key: label for key, label, _ in examples()}
KEYS = {label: key for key, label in LABELS.items()}
_LINK, _LINK_READ, _START = "link", "link_read", "link_level"


def follow_link() -> None:
    """At the first run of a visit: set the inputs as the address says, and have its structure read."""
    chosen = st.session_state
    if chosen.get(_LINK_READ):
        return
    chosen[_LINK_READ] = True
    link = address_of(st.query_params)
    if link is None:
        return
    if link.kind == "example":
        chosen.source, chosen.example = "Example", LABELS[link.value]
    elif link.kind == "id":
        chosen.source, chosen.identifier = "Id", link.value
    else:
        chosen.source, chosen.smiles, chosen.charge = "SMILES", link.value, link.charge
    read_again()
    chosen[_LINK] = link


def starting_level() -> float | None:
    """Where a viewer that is new puts its surface: where the link, or the person before, had it.

    It does not follow the slider: the viewer would take a scene with another level for another scene.
    """
    viewer, link = st.session_state.get("explore"), st.session_state.get(_LINK)
    if not (viewer and viewer.get("level")):
        st.session_state[_START] = link.level if link else None
    return st.session_state.get(_START)


def show_link(level: float | None) -> None:
    """Have the address bar name what is shown; a file cannot be named."""
    link: Address | None = st.session_state.get(_LINK)
    if link is not None and level is not None:
        link = st.session_state[_LINK] = replace(link, level=level)
    wanted = link.parameters() if link else {}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def read_again() -> None:
    """Have the structure read that the inputs name. A field left empty asks for nothing."""
    chosen = st.session_state
    charge = chosen.get("charge")
    if chosen.source == "Example":
        label = chosen.get("example") or next(iter(EXAMPLES))
        chosen[_LINK] = Address("example", KEYS[label])
        structure.ask_for(lambda progress: Subject(EXAMPLES[label]))
    elif chosen.source == "Id" and (chosen.get("identifier") or "").strip():
        identifier = chosen.identifier.strip()
        chosen[_LINK] = Address("id", identifier)
        structure.ask_for(lambda progress: read_identifier(identifier, progress))
    elif chosen.source == "File" and chosen.get("upload"):
        file = Source(chosen.upload.getvalue(), chosen.upload.name)
        options = replace(DEFAULT_OPTIONS, charge=charge)
        chosen[_LINK] = None
        structure.ask_for(lambda progress: read_source(file, options))
    elif chosen.source == "SMILES" and (chosen.get("smiles") or "").strip():
        smiles = chosen.smiles.strip()
        chosen[_LINK] = Address("smiles", smiles, charge=charge)
        structure.ask_for(lambda progress: Subject(read_smiles(smiles, charge=charge)))


def prepare_again(options: Options) -> None:
    """The structure on the screen anew, prepared otherwise."""
    subject = structure.shown()
    structure.ask_for(lambda progress: subject.again(options, read_source))
    st.rerun()


def structure_input() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        source = st.segmented_control(
            "Structure from",
            ["Example", "Id", "File", "SMILES"],
            default="Example",
            key="source",
            required=True,
            on_change=read_again,
        )
        if source == "Example":
            st.selectbox("Example", EXAMPLES, key="example", on_change=read_again)
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
                "PDB, mmCIF, XYZ or SDF", SUFFIXES, key="upload", on_change=read_again, max_upload_size=limit_mb
            )
        else:
            st.text_input("SMILES", key="smiles", placeholder="O, or CCO, or NC=O", on_change=read_again)
        st.number_input(
            "Total charge, e", -500, 500, None, key="charge", placeholder="as the structure says", on_change=read_again
        )


def picture_of_request() -> Picture:
    """The picture of what was asked for; where it cannot be made, of what was there before."""
    place = st.empty()
    try:
        if structure.wanted():
            with place.status("Reading the structure") as status:
                subject = structure.asked(lambda text: status.update(label=text))
        else:
            subject = structure.asked()
        molecule, ions = subject.molecule, ions_of(subject)
        picture = picture_ready(molecule, ions)
        if picture is None:
            if len(molecule) >= FROM_ATOMS:
                place.status(f"Finding out how long {len(molecule):,} atoms will take")
            needed = expected(molecule)
            place.empty()
            if not may_start(molecule, needed):
                return structure.shown_picture()
            with working(place, molecule, needed) as tell:
                picture = picture_of(molecule, tell, ions)
            learn_from(picture)
        structure.succeed(subject, picture)
    except RhoscopeError as error:
        structure.fail(error)
        picture = structure.shown_picture()
    place.empty()
    return picture


def show_facts(picture: Picture) -> None:
    numbers = facts(picture.predicted.density, picture.predicted.forces_hartree_per_bohr)
    st.markdown(
        f"**{escaped(picture.molecule.title) or 'Untitled structure'}**  \n{numbers.formula}, {numbers.atoms:,} atoms"
    )
    left, right = st.columns(2)
    left.metric("Electrons", f"{numbers.electrons:,.4f}")
    right.metric("Dipole", f"{significant(numbers.dipole_debye)} D")
    left.metric(
        "Net force",
        f"{significant(numbers.net_force_mev_per_angstrom)} meV/Å",
        help="The forces of an exact density add up to nothing, so this is an error that can be seen without DFT.",
    )
    right.metric(
        f"Largest force ({numbers.largest_force_atom})",
        f"{significant(numbers.largest_force_mev_per_angstrom)} meV/Å",
    )
    show_model(picture)
    show_ions(picture)
    spent = ", ".join(f"{name} {seconds(value)}" for name, value in picture.predicted.seconds.items())
    st.caption(f"Time: {spent}, grid {seconds(picture.seconds['grid'])}.")


def show_downloads(picture: Picture, level: float | None) -> None:
    stem = picture.scene.file_stem
    colored = colored_by_potential(picture, key="explore")
    density, predicted, forces = picture.density, picture.predicted.density, picture.predicted.forces_hartree_per_bohr
    topology = structure.shown().topology
    binary = "application/octet-stream"
    files = (
        ("Forces (CSV)", "-forces.csv", "text/csv", lambda: forces_csv(picture.molecule, forces),
         "Position and force of every atom, Å and meV/Å."),
        ("Density (cube)", ".cube", "text/plain", lambda: cube_text(density),
         "Gaussian cube file of the density on this grid, e/bohr³."),
        ("Density (CCP4)", ".ccp4", binary, lambda: ccp4_bytes(density),
         "Map for Coot, ChimeraX and PyMOL, e/Å³."),
        ("Density (safetensors)", ".safetensors", binary, lambda: safetensors_bytes(density),
         "All coefficients and the basis: the density itself, to evaluate anywhere."),
        ("Charges (PQR)", ".pqr", "text/plain", lambda: pqr_text(predicted, topology),
         "Hirshfeld charges of this density, e, and Bondi radii, Å, as APBS reads them."),
        ("This view (HTML)", ".html", "text/html", lambda: html_page(picture, level, colored=colored),
         "One file that shows this view in any browser, without internet."),
    )  # fmt: skip
    with st.container(horizontal=True):
        for label, ending, kind, make, meaning in files:
            st.download_button(label, make, f"{stem}{ending}", kind, on_click="ignore", help=meaning)


@st.fragment
def show_picture(picture: Picture, focus: tuple[int, ...]) -> None:
    trust = show_atoms_by(picture)
    link: Address | None = st.session_state.get(_LINK)
    level = show_with_potential(picture, key="explore", trust=trust, focus=focus, level=link.level if link else None)
    show_link(level)
    show_downloads(picture, level)


follow_link()
structure_input()
picture = picture_of_request()
subject = structure.shown()
structure.show_last_problem()
viewer, beside = st.columns([2.3, 1], gap="medium")
with viewer:
    show_picture(picture, focused_atoms(subject, picture))
with beside:
    show_facts(picture)
    to_confirm(subject)
show_details(subject, picture, prepare_again)
