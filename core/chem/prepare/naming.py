"""Residue and atom names of force fields and of old files, to those of the chemical component dictionary."""

from itertools import pairwise

from core.chem.components import standard_components
from core.chem.elements import SUPPORTED_ELEMENTS, atomic_number
from core.chem.prepare.draft import (
    PEPTIDE_BOND_ANGSTROM,
    PHOSPHATE_BOND_ANGSTROM,
    Draft,
    DraftResidue,
    distance_angstrom,
)
from core.chem.prepare.report import Log
from core.chem.topology import Kind
from core.errors import StructureError

# The force field's protonation state is not kept: protonation follows the pH.
RESIDUE_ALIASES = {
    "HID": "HIS", "HIE": "HIS", "HIP": "HIS", "HSD": "HIS", "HSE": "HIS", "HSP": "HIS", "CYX": "CYS", "CYM": "CYS",
    "ASH": "ASP", "GLH": "GLU", "LYN": "LYS", "ARN": "ARG", "TYM": "TYR", "WAT": "HOH", "SOL": "HOH", "TIP": "HOH",
    "TIP3": "HOH", "H2O": "HOH", "DOD": "HOH", "ADE": "A", "GUA": "G", "CYT": "C", "URA": "U", "URI": "U",
    "THY": "DT", "T": "DT", "RA": "A", "RG": "G", "RC": "C", "RU": "U", "NMA": "NME",
} | {base + end: base for base in ("A", "C", "G", "U", "DA", "DC", "DG", "DT") for end in "35"}  # fmt: skip
ATOM_ALIASES = {"O1P": "OP1", "O2P": "OP2", "O3P": "OP3", "OC1": "O", "OC2": "OXT", "OT1": "O", "OT2": "OXT"}
CAPS = {"ACE", "FOR", "NME", "NH2"}
AMINO_ACIDS = (
    "ALA", "ARG", "ASN", "ASP", "CYS", "GLN", "GLU", "GLY", "HIS", "ILE", "LEU", "LYS", "MET", "PHE", "PRO", "SER",
    "THR", "TRP", "TYR", "VAL",
)  # fmt: skip
NUCLEOTIDES = ("A", "C", "G", "U", "DA", "DC", "DG", "DT")
# Of methyl groups and last oxygens, where they differ.
_OLD_NAMES = {"C5M", "O5T", "O3T"}
_ION_NAMES = {"Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Zn", "Cl", "Br"}
_BACKBONE, _SUGAR = {"N", "CA", "C"}, {"C1'", "C3'", "C4'", "C5'", "O3'", "O5'"}


def unify_names(draft: Draft, log: Log) -> None:
    """Rename, give every atom its element, every residue its kind and every atom of it a name of its own.

    Raises StructureError for an atom whose element cannot be told.
    """
    renamed: dict[tuple[str, str], int] = {}
    virtual = 0
    for residue in draft.residues:
        old = residue.name
        residue.name = _alias(residue)
        if residue.name in NUCLEOTIDES and "D" + residue.name in NUCLEOTIDES and _is_deoxy(residue):
            residue.name = "D" + residue.name
        if residue.name != old:
            residue.name_in_file = old
            renamed[old, residue.name] = renamed.get((old, residue.name), 0) + 1
        virtual += _drop_virtual_sites(residue)
        _name_atoms(residue)
        residue.kind = _kind(residue)
        _make_unique(residue, log)
    if virtual:
        log.add("names", f"{virtual} site{'s' * (virtual > 1)} of water models that are no atoms left out.")
    _find_modified_nucleotides(draft)
    _find_free_ligands(draft)
    for (old, new), count in renamed.items():
        log.add("names", f"{count} residue{'s' * (count > 1)} {old} read as {new}.")


def _alias(residue: DraftResidue) -> str:
    """The name of the dictionary for that of a force field, unless the atoms are those of another molecule.

    Some names mean both: HSE is a histidine or homoserine, HIP a histidine or its phosphate, ADE a nucleotide or free
    adenine.
    """
    name = RESIDUE_ALIASES.get(residue.name, residue.name)
    if name not in AMINO_ACIDS and name not in NUCLEOTIDES:
        return name
    known = standard_components()[name].elements
    found = {ATOM_ALIASES.get(atom.name, atom.name).replace("*", "'"): atom.element for atom in residue.heavy}
    bare = name in NUCLEOTIDES and "C1'" not in found
    stranger = any(
        other not in _OLD_NAMES and (other not in known or element not in ("", known[other]))
        for other, element in found.items()
    )
    return residue.name if bare or stranger else name


def _is_deoxy(residue: DraftResidue) -> bool:
    """Old files write DNA without the D: a whole sugar without O2' tells."""
    names = {name.replace("*", "'") for name in residue.names}
    return "C1'" in names and "C2'" in names and "O2'" not in names


def _drop_virtual_sites(residue: DraftResidue) -> int:
    """Of waters, what is neither oxygen nor hydrogen: the charges of models of four and five sites."""
    atoms = [atom for atom in residue.atoms if atom.element in ("O", "H", "D")]
    if residue.name != "HOH" or not any(atom.element == "O" for atom in atoms):
        return 0
    dropped = len(residue.atoms) - len(atoms)
    sites = [atom for atom in residue.atoms if atom not in atoms]
    if any(atom.name[:1] not in ("M", "E", "L") or atom.element in ("C", "N", "S", "P") for atom in sites):
        return 0
    residue.atoms = atoms
    return dropped


def _name_atoms(residue: DraftResidue) -> None:
    if len(residue.atoms) == 1 and residue.name.capitalize() in _ION_NAMES:
        # Files without element columns have "CL" in the columns of a carbon.
        residue.atoms[0].element = residue.name.capitalize()
    polymer = residue.name in AMINO_ACIDS or residue.name in NUCLEOTIDES
    for atom in residue.atoms:
        if residue.name == "NME" and atom.name == "CH3":
            atom.name = "C"
        if polymer:
            atom.name = ATOM_ALIASES.get(atom.name, atom.name).replace("*", "'")
            if residue.name == "ILE" and atom.name == "CD":
                atom.name = "CD1"
            if residue.name == "DT" and atom.name == "C5M":
                atom.name = "C7"
        if residue.name == "HOH" and len(residue.heavy) == 1 and not atom.is_hydrogen:
            atom.name = "O"
        try:
            atomic_number(atom.element)
        except KeyError:
            raise StructureError(
                f"Which element atom {atom.name[:10]!r} of {residue.label} is cannot be told.",
                "Fill in the element columns (77-78 of a PDB file, type_symbol of mmCIF), or remove that atom.",
            ) from None


def _kind(residue: DraftResidue) -> Kind:
    names = residue.names
    if residue.name == "HOH":
        return "water"
    if residue.name in AMINO_ACIDS or residue.name in CAPS or names >= _BACKBONE:
        return "protein"
    if residue.name in NUCLEOTIDES:
        return "nucleic"
    monoatomic = len(residue.atoms) == 1 and atomic_number(residue.atoms[0].element) not in SUPPORTED_ELEMENTS
    return "ion" if monoatomic else "ligand"


def _find_modified_nucleotides(draft: Draft) -> None:
    """A residue with a sugar that is joined to a nucleotide before or after it is one too; a free one is a ligand."""
    again = True
    while again:
        again = False
        for one, two in pairwise(draft.residues):
            kinds = {one.kind, two.kind}
            if kinds == {"nucleic", "ligand"} and one.chain == two.chain:
                other = one if one.kind == "ligand" else two
                if (
                    other.names >= _SUGAR
                    and distance_angstrom(one.atom("O3'"), two.atom("P")) < PHOSPHATE_BOND_ANGSTROM
                ):
                    other.kind, again = "nucleic", True


def _find_free_ligands(draft: Draft) -> None:
    """A molecule by itself with atoms N, CA and C is no part of a chain: not in the sequence, and not joined to a
    residue."""
    protein = [residue for residue in draft.residues if residue.kind == "protein"]
    for residue in protein:
        if residue.name in AMINO_ACIDS or residue.name in CAPS or residue.sequence_index is not None:
            continue
        joined = any(
            other is not residue
            and min(
                distance_angstrom(residue.atom("C"), other.atom("N")),
                distance_angstrom(other.atom("C"), residue.atom("N")),
            )
            < PEPTIDE_BOND_ANGSTROM
            for other in protein
        )
        if not joined and residue.name != "MSE":
            residue.kind = "ligand"


def _make_unique(residue: DraftResidue, log: Log) -> None:
    seen: dict[str, int] = {}
    kept, changed = [], []
    for atom in residue.atoms:
        count = seen.get(atom.name, 0)
        seen[atom.name] = count + 1
        if count and residue.kind != "ligand":
            changed.append(atom.name)
            continue
        if count:
            changed.append(atom.name)
            atom.name = f"{atom.name}_{count + 1}"
        kept.append(atom)
    residue.atoms = kept
    if changed:
        what = "were numbered" if residue.kind == "ligand" else "after the first were left out"
        log.add("names", f"{residue.label}: atoms that share a name {what}.", residue.label, tuple(changed))
