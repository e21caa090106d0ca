"""PDB or mmCIF text to a Draft: one model, one assembly, some chains, one alternate of each residue."""

import re
from collections import Counter
from dataclasses import replace

import gemmi
import numpy as np

from core.chem.alternates import chosen_alternates, without_alternates
from core.chem.macromolecule import mmcif_structure, pdb_structure
from core.chem.pdb_columns import require_pdb_columns
from core.chem.prepare.after_end import note_no_end, read_on
from core.chem.prepare.chain_names import tell_chains_apart
from core.chem.prepare.dialects import WATERS
from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue, StatedLink
from core.chem.prepare.naming import is_water
from core.chem.prepare.options import Options
from core.chem.prepare.report import Log
from core.chem.read import plain_title
from core.chem.topology import Residue
from core.chem.validate import require_atom_count, require_coordinates
from core.errors import PreparationError, StructureError

# The longest in use have 8 characters; what is longer is no name.
LONGEST_NAME = 40
# A table of atoms of mmCIF: one in each block that has any.
_BLOCK = re.compile(r"^[ \t]*_atom_site\.Cartn_x\b", re.MULTILINE | re.IGNORECASE)


def read_draft(text: str, format_name: str, options: Options, max_atoms: int, log: Log) -> Draft:
    """format_name: "PDB" or "mmCIF". Raises StructureError, PreparationError for a choice that the file lacks."""
    if format_name == "PDB":
        require_pdb_columns(text.splitlines())
        note_no_end(text, log)
        text = tell_chains_apart(read_on(text, log), log)
        structure = pdb_structure(text)
    else:
        structure = mmcif_structure(text)
        blocks = len(_BLOCK.findall(text))
        if blocks > 1:
            log.add("model", f"The first of {blocks} data blocks with atoms is used; the others are left out.")
    if len(structure) == 0:
        raise StructureError("There is no atom in this file.", "Give a file with ATOM or HETATM records.")
    if format_name == "PDB":
        _note_serials(text, log)
        structure.setup_entities()
        structure.assign_label_seq_id()
    model = _model(structure, options, log)
    _name_entities(structure, model)
    model = _assembly(structure, model, options, max_atoms, log)
    try:
        chains = _chains(model, options, log)
        _require_size(chains, max_atoms)
    except StructureError as error:
        error.chains = _to_choose(model, options)
        raise
    lengths = {entity.name: len(entity.full_sequence) for entity in structure.entities}
    residues = [residue for chain in chains for residue in _residues(chain, lengths, log)]
    title = structure.info["_struct.title"] if "_struct.title" in structure.info else ""
    links = _stated_links(structure)
    if options.assembly:
        links = _in_copies(links, [chain.name for chain in model])
    return Draft(residues, links, title, chains=_to_choose(model, options))


def _note_serials(text: str, log: Log) -> None:
    serials = re.findall(r"^(?:ATOM  |HETATM)(.{5})", text.split("\nENDMDL", 1)[0], re.MULTILINE)
    repeated = len(serials) - len(set(serials))
    if repeated:
        log.add(
            "read",
            f"{repeated} serial numbers occur more than once; atoms are told apart by residue and name instead.",
        )


def _model(structure: gemmi.Structure, options: Options, log: Log) -> gemmi.Model:
    if options.model > len(structure):
        raise PreparationError(
            f"There is no model {options.model}: the file has {len(structure)}.",
            f"Choose a model from 1 to {len(structure)}.",
        )
    if len(structure) > 1:
        log.add("model", f"Model {options.model} of {len(structure)} is used; the others are left out.")
    return structure[options.model - 1]


def _name_entities(structure: gemmi.Structure, model: gemmi.Model) -> None:
    """gemmi leaves the entity of residues of a PDB file open; a copied chain would lose it for good."""
    names = {subchain: entity.name for entity in structure.entities for subchain in entity.subchains}
    for chain in model:
        for residue in chain:
            residue.entity_id = residue.entity_id or names.get(residue.subchain, "")


def _assembly(
    structure: gemmi.Structure, model: gemmi.Model, options: Options, max_atoms: int, log: Log
) -> gemmi.Model:
    names = [assembly.name for assembly in structure.assemblies]
    shown = ", ".join(plain_title(name)[:LONGEST_NAME] for name in names[:12])
    if not options.assembly:
        if names:
            named = f"an assembly named {shown}" if len(names) == 1 else f"assemblies named {shown}"
            log.add("assembly", f"The atoms are those of the file, which also describes {named}.")
        return model
    if options.assembly not in names:
        raise PreparationError(
            f"There is no assembly {options.assembly[:20]!r} in this file.",
            f"Assemblies: {shown}." if names else "Leave the assembly out: the file describes none.",
        )
    assembly = structure.assemblies[names.index(options.assembly)]
    require_atom_count(_assembly_size(assembly, model), max_atoms)
    log.add("assembly", f"Assembly {options.assembly} was built; copies of chains carry a number.")
    return gemmi.make_assembly(assembly, model, gemmi.HowToNameCopiedChain.AddNumber)


def _assembly_size(assembly: gemmi.Assembly, model: gemmi.Model) -> int:
    """Atoms of an assembly, at most, without building it."""
    atoms = 0
    for generator in assembly.generators:
        named = set(generator.chains) | set(generator.subchains)
        for chain in model:
            whole = chain.name in generator.chains
            count = sum(len(residue) for residue in chain if whole or residue.subchain in named)
            atoms += count * len(generator.operators)
    return max(atoms, 1)


def _chains(model: gemmi.Model, options: Options, log: Log) -> list[gemmi.Chain]:
    names = list(dict.fromkeys(chain.name for chain in model))
    missing = [name for name in options.chains if name not in names]
    if missing:
        raise PreparationError(f"There is no chain {missing[0][:20]!r}.", f"Chains: {', '.join(names[:60])}.")
    if not options.chains:
        return list(model)
    left_out = [name for name in names if name not in options.chains]
    if left_out:
        log.add("chains", f"Left out on request: chain {', '.join(left_out[:60])}.")
    return [chain for chain in model if chain.name in options.chains]


def _to_choose(model: gemmi.Model, options: Options) -> tuple[str, ...]:
    """Chains that have more than waters, all where none has, and those that were chosen."""
    names = dict.fromkeys(chain.name for chain in model)
    wanted = {chain.name for chain in model if not all(_is_water(residue) for residue in chain)} or set(names)
    return tuple(name for name in names if name in wanted | set(options.chains))


def _require_size(chains: list[gemmi.Chain], max_atoms: int) -> None:
    """Waters do not count yet: most are left out."""
    # Files with more chains than names use names again.
    sizes: Counter[str] = Counter()
    for chain in chains:
        sizes[chain.name] += sum(len(residue) for residue in chain if not _is_water(residue))
    total = sum(sizes.values())
    if total > max_atoms:
        names = ", ".join(f"{name} ({size})" for name, size in list(sizes.items())[:12])
        raise PreparationError(
            f"{total:,} atoms without the waters are more than the {max_atoms:,} that are accepted.".replace(",", " "),
            f"Choose some of the chains: {names}. Or raise the setting RHOSCOPE_MAX_ATOMS.",
        )
    require_atom_count(max(total, sum(len(chain) for chain in chains)), max(max_atoms, 1_000_000))


def _is_water(residue: gemmi.Residue) -> bool:
    return bool(residue.is_water()) or residue.name in WATERS and is_water(atom.name for atom in residue)


def _residues(chain: gemmi.Chain, lengths: dict[str, int], log: Log) -> list[DraftResidue]:
    chosen = chosen_alternates(chain)
    found = []
    _require_name("chain", chain.name)
    for residue, atoms in without_alternates(chain):
        if not atoms:
            continue
        _require_sound(residue, atoms)
        known = [
            DraftAtom(atom.name, atom.element.name if atom.element.atomic_number else "", np.array(atom.pos.tolist()),
                      atom.charge)
            for atom in atoms
        ]  # fmt: skip
        draft = DraftResidue(
            chain.name, residue.name, residue.seqid.num or 0, residue.seqid.icode.strip(), "ligand", known,
            residue.label_seq, lengths.get(residue.entity_id) or None,
        )  # fmt: skip
        label = chosen.get(str(residue.seqid))
        if label is not None and any(atom.has_altloc() for atom in residue):
            others = _other_alternates(chain, residue, label)
            if others:
                log.add(
                    "alternates",
                    f"{draft.label}: alternate location {label} is used, {', '.join(others)} left out "
                    "(highest occupancy, the first among equals).",
                    draft.label,
                    tuple(atom.name for atom in atoms if atom.has_altloc()),
                )
        found.append(draft)
    return found


def _other_alternates(chain: gemmi.Chain, chosen: gemmi.Residue, label: str) -> list[str]:
    """Labels that are not used at the place of a residue, with the name of the residue where it is another one."""
    here = [residue for residue in chain if residue.seqid == chosen.seqid]
    found = {
        atom.altloc if residue.name == chosen.name else f"{atom.altloc} ({residue.name})"
        for residue in here
        for atom in residue
        if atom.has_altloc() and atom.altloc != label
    }
    return sorted(found)


def _require_sound(residue: gemmi.Residue, atoms: list[gemmi.Atom]) -> None:
    """Raises StructureError for names that are none, and for coordinates that are none or absurdly large."""
    _require_name("residue", residue.name)
    for atom in atoms:
        _require_name("atom", atom.name)
    positions = np.array([atom.pos.tolist() for atom in atoms]).reshape(-1, 3)
    require_coordinates(positions, lambda index: f"{atoms[index].name} in residue {residue.name} {residue.seqid}")


def _require_name(what: str, name: str) -> None:
    if len(name) > LONGEST_NAME or not name.isprintable():
        shown = plain_title(name)[:LONGEST_NAME]
        raise StructureError(
            f"The file calls {'an' if what == 'atom' else 'a'} {what} {shown!r}, which is no name.",
            f"Names have up to {LONGEST_NAME} characters on one line: mend the file, or get it again.",
        )


def _in_copies(links: list[StatedLink], chains: list[str]) -> list[StatedLink]:
    """The links of a file between all copies of their chains in an assembly, which carry numbers; most are too long to
    be any, and are not taken for bonds."""

    def copies(end: tuple[Residue, str]) -> list[tuple[Residue, str]]:
        residue, atom = end
        number = re.compile(re.escape(residue.chain) + r"\d*", re.ASCII)
        return [(replace(residue, chain=name), atom) for name in dict.fromkeys(chains) if number.fullmatch(name)]

    return [(one, two) for first, second in links for one in copies(first) for two in copies(second)]


def _stated_links(structure: gemmi.Structure) -> list[StatedLink]:
    """Covalent bonds that LINK, SSBOND or _struct_conn state within the asymmetric unit."""

    def end(partner: gemmi.AtomAddress) -> tuple[Residue, str]:
        place = partner.res_id
        return (
            Residue(partner.chain_name, place.name, place.seqid.num or 0, place.seqid.icode.strip()),
            partner.atom_name,
        )

    covalent = (gemmi.ConnectionType.Covale, gemmi.ConnectionType.Disulf, gemmi.ConnectionType.Unknown)
    return [
        (end(connection.partner1), end(connection.partner2))
        for connection in structure.connections
        if connection.type in covalent and connection.asu != gemmi.Asu.Different
    ]
