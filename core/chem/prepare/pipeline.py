"""A structure as people have it, to one that can be computed on: the steps in their order, and the report of them.

The same bytes and options give the same atoms in the same order. Angstrom throughout.
"""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.chem.components import standard_components
from core.chem.elements import atomic_number
from core.chem.molecule import Molecule
from core.chem.prepare.backbone import drop_bare_phosphates, find_ends, require_backbone
from core.chem.prepare.draft import Draft, DraftResidue, Link
from core.chem.prepare.file_hydrogens import Kept, bare_in_file, decide
from core.chem.prepare.graph import build_graph
from core.chem.prepare.heavy import add_missing_atoms, note_missing_atoms
from core.chem.prepare.histidines import crowded_nitrogens
from core.chem.prepare.hydrogens import place_hydrogens
from core.chem.prepare.ions import FreeIon, separate_ions
from core.chem.prepare.ligands import components_of
from core.chem.prepare.links import bound_elsewhere, find_links
from core.chem.prepare.metal_sites import metal_sites
from core.chem.prepare.naming import AMINO_ACIDS, unify_names
from core.chem.prepare.options import Options
from core.chem.prepare.proton_network import Network, NetworkError, proton_network
from core.chem.prepare.reading import read_draft
from core.chem.prepare.report import Log, Report, listed
from core.chem.prepare.selection import (
    choose_waters,
    judge_elements,
    leave_out,
    remove_hydrogens,
    selenium_to_sulfur,
)
from core.chem.prepare.shape import note_mirror_images, require_lengths_of_bonds
from core.chem.read import format_and_text, has_residues, is_misnamed, plain_title, read_structure
from core.chem.topology import Residue, Topology
from core.chem.validate import require_atom_count, require_closed_shell, require_sound_positions, signed
from core.errors import PreparationError, StructureError
from core.settings import settings


@dataclass(frozen=True, eq=False)
class Prepared:
    """topology: who the atoms of the molecule are. residue_charges: formal, in e, (n_residues,) int64.

    free_ions: monoatomic ions that are no part of the molecule and not in its charge. chains: names of those that the
    file, or the assembly, has to choose from.
    """

    molecule: Molecule
    topology: Topology
    report: Report
    residue_charges: NDArray[np.int64]
    free_ions: tuple[FreeIon, ...] = ()
    chains: tuple[str, ...] = ()


def prepare(
    source: Path | str | bytes,
    filename: str | None = None,
    options: Options | None = None,
    *,
    max_atoms: int | None = None,
) -> Prepared:
    """Read and prepare PDB or mmCIF; other formats are read as they are, complete.

    source, filename, max_atoms: as `core.chem.read.read_structure` takes them.
    Raises StructureError, PreparationError, UnsupportedElementError, ChargeError.
    """
    chosen = options or Options()
    limit = settings().max_atoms if max_atoms is None else max_atoms
    entry, text, name = format_and_text(source, filename)
    if not has_residues(name):
        molecule = read_structure(source, filename, charge=chosen.charge, max_atoms=limit)
        return _as_it_is(molecule, entry.count(text))
    log = Log()
    if is_misnamed(entry, name):
        log.add("read", f"The name ends in {Path(name).suffix}, but this is {entry.name}: it was read as that.")
    draft = read_draft(text, entry.name, chosen, limit, log)
    try:
        ions = _select(draft, chosen, limit, log)
        charges = _build(draft, ions, chosen, log)
        title = plain_title(draft.title) or plain_title(Path(name).stem)
        return _prepared(draft, charges, ions, chosen, limit, title, log)
    except StructureError as error:
        error.chains = draft.chains
        if type(error) is not StructureError:
            raise
        # It could be read: whatever is wrong with it, another choice of its parts may do.
        refusal = PreparationError(error.message, error.remedy)
        refusal.chains = draft.chains
        raise refusal from error


def _as_it_is(molecule: Molecule, structures: int) -> Prepared:
    log = Log()
    if structures > 1:
        log.add("model", f"The first of {structures} structures in the file is used; the others are left out.")
    log.add("read", "This format holds a whole molecule; nothing was changed.")
    log.add("charge", f"Total charge {signed(molecule.charge)}, {molecule.electrons} electrons.", confirm=True)
    names = tuple(f"{symbol}{number}" for number, symbol in enumerate(molecule.symbols, 1))
    topology = Topology((Residue("", "MOL", 1),), names, np.zeros(len(molecule), dtype=np.int64))
    return Prepared(molecule, topology, log.report(), np.array([molecule.charge]))


def _select(draft: Draft, options: Options, limit: int, log: Log) -> tuple[FreeIon, ...]:
    """What is kept, under which names."""
    unify_names(draft, log)
    leave_out(draft, options, log)
    if options.selenomethionine:
        selenium_to_sulfur(draft, log)
    ions = separate_ions(draft, options, log)
    choose_waters(draft, options.waters_angstrom, log)
    judge_elements(draft, options, log)
    if not draft.residues:
        if ions:
            raise PreparationError(
                f"There is nothing in this structure but {len(ions)} monoatomic ion{'s' * (len(ions) > 1)}.",
                "An ion by itself is not predicted: give a structure that has molecules too.",
            )
        raise PreparationError("Nothing is left of this structure.", "Leave out less of it.")
    require_backbone(draft, log)
    heavy = sum(len(residue.heavy) for residue in draft.residues)
    require_atom_count(heavy, limit)
    # What is too large with its hydrogens is not worth the minutes until they are placed.
    require_atom_count(heavy + sum(_fewest_hydrogens(residue) for residue in draft.residues), limit)
    return ions


def _fewest_hydrogens(residue: DraftResidue) -> int:
    """Of a standard residue, those on the carbons that are there, whatever the pH; none are counted in others."""
    known = standard_components().get(residue.name)
    if known is None or residue.kind not in ("protein", "nucleic"):
        return 0
    orders = Counter(name for first, second, order in known.bonds for name in (first, second) for _ in range(order))
    return sum(4 - orders[atom.name] for atom in residue.heavy if atom.element == "C" and atom.name in orders)


def _build(draft: Draft, ions: tuple[FreeIon, ...], options: Options, log: Log) -> NDArray[np.int64]:
    """Missing atoms, bonds and hydrogens; returns the charge of each residue."""
    kept = decide(draft, options, log)
    components = components_of(draft, options, kept, log)
    if kept != "all":
        known = {name for name, component in components.items() if not component.fixed}
        replaced = known | {name for name, _ in options.ligands} if kept == "none" else set()
        remove_hydrogens(draft, replaced, log)
    drop_bare_phosphates(draft, log)
    _require_sound_heavy_atoms(draft)
    require_lengths_of_bonds(draft)
    note_mirror_images(draft, log)
    find_ends(draft, options.caps, log)
    if options.missing_atoms:
        add_missing_atoms(draft, _c_termini(draft, options), log)
    else:
        note_missing_atoms(draft, log)
    links = find_links(draft, options.disulfides, log, components)
    _mark_bonded(draft, links)
    network = Network() if kept == "all" else _network(draft, options, log)
    sites = metal_sites(draft, ions, log)
    if kept == "all":
        sites = replace(sites, bare=sites.bare | bare_in_file(draft))
    shaped = {index for index, _ in sites.bare}
    side_chains = {index for index, name in bound_elsewhere(draft) if name not in ("N", "C")}
    side_chains |= _linked_side_chains(links)
    _note_unturned(draft, [index for index in network.unturned if index not in shaped | side_chains], log)
    for index in shaped | side_chains:
        # What PDB2PQR says of a side chain without its metal, or without what is bonded to it, does not hold.
        if network.moved.pop(index, None):
            network.hydrogens.pop(index, None)
    for index in side_chains | shaped | {index for index, name in sites.held if name == "NZ"}:
        network.pka.pop(index, None)
    for index, positions in network.moved.items():
        residue = draft.residues[index]
        for atom in residue.atoms:
            atom.position_angstrom = positions.get(atom.name, atom.position_angstrom)
        log.add("flips", f"{residue.label}: side chain turned by 180 degrees.", residue.label, tuple(positions))
    sites = replace(sites, bare=sites.bare | crowded_nitrogens(draft, network, options.ph, log))
    graph = build_graph(draft, components, links)
    charges = place_hydrogens(draft, graph, network, options.ph, log, sites, ions)
    log.add("hydrogens", _hydrogens(draft, kept, options.ph))
    _note_states(draft, charges, network, {index for index, _ in sites.held} | shaped, log)
    return charges


def _require_sound_heavy_atoms(draft: Draft) -> None:
    """Raises StructureError for atoms on top of each other, by their names in the file, before any is built on them."""
    atoms = [(residue, atom) for residue in draft.residues for atom in residue.heavy]
    require_sound_positions(
        [atom.element for _, atom in atoms],
        np.array([atom.position_angstrom for _, atom in atoms]).reshape(-1, 3),
        [f"{residue.label} {atom.name}" for residue, atom in atoms],
    )


def _note_unturned(draft: Draft, indices: list[int], log: Log) -> None:
    if indices:
        labels = [draft.residues[index].label for index in indices]
        log.add(
            "flips",
            "Left as in the file, though the hydrogen bonds would be better with the side chain turned by 180 degrees: "
            f"{listed(labels)}.",
        )


def _mark_bonded(draft: Draft, links: list[Link]) -> None:
    for link in links:
        for number, name in link.ends:
            if name == "N":
                draft.residues[number].bonded_before = True


def _linked_side_chains(links: list[Link]) -> set[int]:
    """Residues that are bonded to others by more than the backbone; sulfur does not turn."""
    return {index for link in links for index, name in link.ends if name not in ("N", "C", "SG", "O3'", "P")}


def _c_termini(draft: Draft, options: Options) -> set[int]:
    """Residues that end a chain as a terminus: their OXT is built where the file lacks it."""
    links = find_links(draft, False, Log())
    joined = {link.first for link in links if link.first_atom == "C"}
    joined |= {link.second for link in links if link.second_atom == "C"}
    return {
        index
        for index, residue in enumerate(draft.residues)
        if residue.name in AMINO_ACIDS and not residue.closed_after and index not in joined
    }


def _network(draft: Draft, options: Options, log: Log) -> Network:
    if options.protonation == "rules":
        return Network()
    try:
        return proton_network(draft, options.ph, options.disulfides, options.flips, log)
    except NetworkError as error:
        if any(residue.name in AMINO_ACIDS for residue in draft.residues):
            log.add("hydrogens", f"PDB2PQR could not be used ({error}); hydrogens were placed by rule instead.")
        return Network()


def _hydrogens(draft: Draft, kept: Kept, ph: float) -> str:
    count = sum(len(residue.atoms) - len(residue.heavy) for residue in draft.residues)
    if kept == "all":
        return f"{count} hydrogens, those of the file among them; pH {ph:g} is for what these leave open."
    return f"{count} hydrogens at pH {ph:g}."


def _note_states(draft: Draft, charges: NDArray[np.int64], network: Network, at_metals: set[int], log: Log) -> None:
    """Entries for what is charged, for every histidine, for what is at a metal, and for each ligand."""
    known = standard_components()
    for index, (residue, charge) in enumerate(zip(draft.residues, charges.tolist(), strict=True)):
        if residue.name not in known:
            log.add(
                "ligands",
                f"{residue.label} has charge {signed(charge)}.",
                residue.label,
                confirm=residue.kind == "ligand",
            )
        elif residue.name in AMINO_ACIDS and (
            charge or residue.name == "HIS" or index in network.pka or index in at_metals or _is_first(residue)
        ):
            pka = f", pKa {network.pka[index]:.1f}" if index in network.pka else ""
            log.add("protonation", f"{residue.label} has charge {signed(charge)}{pka}.", residue.label)


def _is_first(residue: DraftResidue) -> bool:
    """Whether it has the nitrogen that a chain begins with, charged or not."""
    return not residue.bonded_before and not residue.closed_before


def _prepared(
    draft: Draft,
    charges: NDArray[np.int64],
    ions: tuple[FreeIon, ...],
    options: Options,
    limit: int,
    title: str,
    log: Log,
) -> Prepared:
    atoms = [(index, atom) for index, residue in enumerate(draft.residues) for atom in residue.atoms]
    require_atom_count(len(atoms), limit)
    symbols = [atom.element if atom.element != "D" else "H" for _, atom in atoms]
    positions = np.array([atom.position_angstrom for _, atom in atoms])
    require_sound_positions(symbols, positions, [f"{draft.residues[i].label} {atom.name}" for i, atom in atoms])
    numbers = np.array([atomic_number(symbol) for symbol in symbols], dtype=np.int64)
    derived = int(charges.sum())
    charge = derived if options.charge is None else options.charge
    require_closed_shell(numbers, charge)
    molecule = Molecule(numbers, positions, charge, title)
    if charge != derived:
        log.add("charge", f"Total charge {signed(charge)} as given; derived was {signed(derived)}.", confirm=True)
    log.add("charge", f"Total charge {signed(charge)}, {len(molecule)} atoms, {molecule.electrons} electrons.")
    topology = Topology(
        tuple(residue.identity for residue in draft.residues),
        tuple(atom.name for _, atom in atoms),
        np.array([index for index, _ in atoms], dtype=np.int64),
    )
    return Prepared(molecule, topology, log.report(), charges, ions, draft.chains)
