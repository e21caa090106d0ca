"""How a structure was prepared: the report of what was done, and the choices by which it can be done otherwise."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from core.chem.prepare import Options
from core.chem.prepare.report import Entry
from core.chem.subject import DEFAULT_OPTIONS, Subject
from core.errors import PreparationError
from core.view.words import escaped, show_problem

_STEPS = {
    "read": "File", "model": "Model", "assembly": "Assembly", "chains": "Chains", "alternates": "Alternate positions",
    "names": "Names", "drop": "Left out", "selenomethionine": "Selenomethionine", "waters": "Waters", "ions": "Ions",
    "elements": "Elements", "backbone": "Backbone", "missing_atoms": "Missing atoms", "caps": "Open ends",
    "termini": "Termini", "links": "Links", "disulfides": "Disulfides", "hydrogens": "Hydrogens",
    "protonation": "Protonation", "flips": "Flips", "ligands": "Ligands", "charge": "Charge",
}  # fmt: skip
_HYDROGENS: dict[Literal["auto", "keep", "rebuild"], str] = {
    "auto": "The file's, if any",
    "keep": "The file's, completed",
    "rebuild": "All placed anew",
}
_IONS: dict[Literal["list", "add", "drop"], str] = {
    "list": "Name them, draw nothing",
    "add": "Add the density each has alone",
    "drop": "Leave them out",
}
_SHOWN_PER_STEP = 8
Apply = Callable[[Options], None]


def show_preparation(subject: Subject, apply: Apply) -> None:
    """The report beside the choices; `apply` is called with the new choices when they are to be used."""
    report, choices = st.columns([1.4, 1], gap="large")
    with report:
        _show_report(subject)
    with choices:
        if subject.source is not None and subject.chains:
            show_choices(subject.options, subject.chains, subject.source.digest, apply)


def to_confirm(subject: Subject) -> None:
    """What the person should look at before believing anything else."""
    entries = subject.report.to_confirm
    if entries:
        sentences = "\n".join(f"* {escaped(entry.sentence)}" for entry in entries[:_SHOWN_PER_STEP])
        more = len(entries) - _SHOWN_PER_STEP
        rest = f"\n* and {more} more, in the report" if more > 0 else ""
        st.info(f"**Please check what the file does not say.**\n{sentences}{rest}", icon=":material/fact_check:")


def _show_report(subject: Subject) -> None:
    if subject.source is not None:
        words = f"{subject.source.filename}" + (f" ({subject.source.origin})" if subject.source.origin else "")
        st.caption(f"Made from {escaped(words)}.")
    by_step: dict[str, list[Entry]] = {}
    for entry in subject.report.entries:
        by_step.setdefault(entry.step, []).append(entry)
    for step, entries in by_step.items():
        lines = [f"* {escaped(entry.sentence)}" for entry in entries[:_SHOWN_PER_STEP]]
        st.markdown(f"**{_STEPS[step]}**\n" + "\n".join(lines))
        if len(entries) > _SHOWN_PER_STEP:
            with st.expander(f"{len(entries) - _SHOWN_PER_STEP} more"):
                st.markdown("\n".join(f"* {escaped(entry.sentence)}" for entry in entries[_SHOWN_PER_STEP:]))
    programs = ", ".join(f"{name} {version}" for name, version in subject.report.programs)
    if programs:
        st.caption(f"With {escaped(programs)}.")


def show_choices(
    now: Options,
    chains_of_file: tuple[str, ...],
    file: str,
    apply: Apply,
    *,
    folded: bool = True,
    beneath: bool = False,
    unknown: tuple[str, ...] = (),
) -> None:
    """chains_of_file: empty where they are not known. file: what tells the choices of one file from another's. folded:
    whether most are behind a click. beneath: whether they have the whole width of the page, beneath a message. unknown:
    names of ligands whose SMILES is asked for in a field of its own."""
    key = f"prepare {file} {hash(now)}"
    with st.form(key, border=False):
        written = {name: _smiles_field(name, now, key) for name in unknown}
        with st.container(horizontal=beneath):
            ph = st.number_input("pH", 0.0, 14.0, now.ph, 0.5, key=f"{key} ph")
            hydrogens = st.selectbox(
                "Hydrogens", list(_HYDROGENS), list(_HYDROGENS).index(now.hydrogens), _HYDROGENS.__getitem__,
                key=f"{key} hydrogens",
            )  # fmt: skip
            waters = st.number_input("Waters within, Å", 0.0, 50.0, now.waters_angstrom, 0.5, key=f"{key} waters",
                                     help="Those this near to the rest are kept; 0 keeps none.")  # fmt: skip
            if chains_of_file:
                there = [chain for chain in now.chains if chain in chains_of_file]
                chains = st.multiselect("Chains", chains_of_file, there, key=f"{key} chains", placeholder="all")
            else:
                chains = st.text_input(
                    "Chains", " ".join(now.chains), key=f"{key} chains", placeholder="all, or A B"
                ).split()
        with st.expander("More choices", expanded=not folded):
            model = st.number_input("Model of the file", 1, 1000, now.model, key=f"{key} model")
            assembly = st.text_input("Biological assembly", now.assembly, key=f"{key} assembly",
                                     placeholder="the atoms of the file")  # fmt: skip
            drop = st.text_input("Leave out residues named", " ".join(now.drop), key=f"{key} drop",
                                 placeholder="SO4 GOL")  # fmt: skip
            ligands = st.text_area("Ligands no dictionary knows: name = SMILES, one a line",
                                   "\n".join("=".join(pair) for pair in now.ligands if pair[0] not in written),
                                   key=f"{key} ligands")  # fmt: skip
            charge = st.number_input("Total charge, e", -500, 500, now.charge, key=f"{key} charge",
                                     placeholder="as derived")  # fmt: skip
            missing = st.checkbox("Build missing heavy atoms", now.missing_atoms, key=f"{key} missing")
            caps = st.checkbox("Close broken backbones with hydrogen", now.caps, key=f"{key} caps")
            disulfides = st.checkbox("Bond near cysteines", now.disulfides, key=f"{key} disulfides")
            selenium = st.checkbox("Read selenomethionine as methionine", now.selenomethionine, key=f"{key} mse")
            flips = st.checkbox("Let Asn, Gln and His side chains turn", now.flips, key=f"{key} flips")
            rules = st.checkbox("Protonate by model pKa instead of PROPKA: faster for huge structures",
                                now.protonation == "rules", key=f"{key} rules")  # fmt: skip
            ions = st.selectbox("Free ions", list(_IONS), list(_IONS).index(now.ions), _IONS.__getitem__,
                                key=f"{key} ions")  # fmt: skip
            unsupported = st.checkbox("Leave out atoms of unsupported elements, their bonds closed with hydrogen",
                                      now.unsupported == "drop", key=f"{key} unsupported")  # fmt: skip
        prepare_again = st.form_submit_button("Prepare again", type="primary", icon=":material/refresh:")
    defaults = now != DEFAULT_OPTIONS and st.button("Undo all choices", key=f"{key} undo", icon=":material/undo:")
    if defaults:
        apply(DEFAULT_OPTIONS)
    if prepare_again:
        try:
            apply(
                Options(
                    ph=ph,
                    model=int(model),
                    assembly=assembly.strip(),
                    chains=tuple(chains),
                    drop=tuple(drop.split()),
                    selenomethionine=selenium,
                    missing_atoms=missing,
                    caps=caps,
                    disulfides=disulfides,
                    hydrogens=hydrogens,
                    protonation="rules" if rules else "pdb2pqr",
                    flips=flips,
                    waters_angstrom=waters,
                    ions=ions,
                    unsupported="drop" if unsupported else "refuse",
                    ligands=(*((name, smiles) for name, smiles in written.items() if smiles), *_ligands(ligands)),
                    charge=None if charge is None else int(charge),
                )
            )
        except PreparationError as error:
            show_problem(error)


def _smiles_field(name: str, now: Options, key: str) -> str:
    return st.text_input(
        f"SMILES of {escaped(name)}", dict(now.ligands).get(name, ""), key=f"{key} smiles {name}",
        placeholder="its heavy atoms and bonds, for instance CCO",
    ).strip()  # fmt: skip


def _ligands(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, smiles = (part.strip() for part in line.partition("="))
        if not (name and equals and smiles):
            raise PreparationError(f"{line[:60]!r} is not NAME=SMILES.", "Write for instance LIG=CCO.")
        pairs.append((name, smiles))
    return tuple(pairs)
