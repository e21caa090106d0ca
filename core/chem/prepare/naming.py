"""Residue and atom names of force fields and of old files, to those of the chemical component dictionary."""

import re
from collections.abc import Iterable
from itertools import pairwise

from core.chem.components import standard_components
from core.chem.elements import SUPPORTED_ELEMENTS, atomic_number
from core.chem.prepare.dialects import ATOM_ALIASES, ION_ELEMENTS, RESIDUE_ALIASES, WATERS
from core.chem.prepare.draft import (
    PEPTIDE_BOND_ANGSTROM,
    PHOSPHATE_BOND_ANGSTROM,
    Draft,
    DraftResidue,
    distance_angstrom,
)
from core.chem.prepare.patched_ends import split_patched_ends
from core.chem.prepare.report import Log
from core.chem.topology import Kind
from core.errors import StructureError

CAPS = {"ACE", "FOR", "NME", "NH2"}
AMINO_ACIDS = (
    "ALA", "ARG", "ASN", "ASP", "CYS", "GLN", "GLU", "GLY", "HIS", "ILE", "LEU", "LYS", "MET", "PHE", "PRO", "SER",
    "THR", "TRP", "TYR", "VAL",
)  # fmt: skip
NUCLEOTIDES = ("A", "C", "G", "U", "DA", "DC", "DG", "DT")
# Of last oxygens, where they differ.
_OLD_NAMES = {"O5T", "O3T", "O1", "O2"}
_OF_RESIDUES = {
    ("ILE", "CD"): "CD1", ("DT", "C5M"): "C7", ("NME", "CH3"): "C", ("NME", "CA"): "C", ("ACE", "CA"): "CH3",
    ("ACE", "CAY"): "CH3", ("ACE", "CY"): "C", ("ACE", "OY"): "O", ("NME", "NT"): "N", ("NME", "CAT"): "C",
    ("NH2", "NT"): "N",
}  # fmt: skip
_HYDROGEN = re.compile(r"\d*[HD]")
_ION_NAMES = {"Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Zn", "Cl", "Br"}
# Names that some programs write small.
_IN_CAPITALS = {*AMINO_ACIDS, *NUCLEOTIDES, *CAPS, *RESIDUE_ALIASES, *WATERS}
_BACKBONE, _SUGAR = {"N", "CA", "C"}, {"C1'", "C3'", "C4'", "C5'", "O3'", "O5'"}


def unify_names(draft: Draft, log: Log) -> None:
    """Rename, give every atom its element, every residue its kind and every atom of it a name of its own.

    Raises StructureError for an atom whose element cannot be told.
    """
    renamed: dict[tuple[str, str], int] = {}
    virtual = 0
    split_patched_ends(draft, log)
    for residue in draft.residues:
        old = residue.name
        if old.upper() in _IN_CAPITALS:
            residue.name = old.upper()
        _name_elements(residue)
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
    adenine, NHE the end of a peptide or a buffer.
    """
    if residue.name in WATERS:
        return "HOH" if is_water(atom.name for atom in residue.atoms) else residue.name
    name = RESIDUE_ALIASES.get(residue.name, residue.name)
    if name not in AMINO_ACIDS and name not in NUCLEOTIDES and name not in CAPS:
        return name
    known = standard_components()[name].elements
    found = {_in_dictionary(name, atom.name): atom.element for atom in residue.heavy}
    bare = name in NUCLEOTIDES and "C1'" not in found or name in AMINO_ACIDS and "CA" not in found
    stranger = any(
        other not in _OLD_NAMES and (other not in known or element not in ("", known[other]))
        for other, element in found.items()
    )
    return residue.name if bare or stranger else name


def is_water(names: Iterable[str]) -> bool:
    """Whether atoms of these names are one oxygen with hydrogens and the sites of a water model."""
    letters = [name.lstrip("0123456789")[:1] for name in names]
    return letters.count("O") == 1 and set(letters) <= {"O", "H", "D", "M", "E", "L"}


def _in_dictionary(residue: str, atom: str) -> str:
    """The dictionary's name of an atom of a standard residue or cap."""
    name = ATOM_ALIASES.get(atom, atom).replace("*", "'")
    return _OF_RESIDUES.get((residue, name), name)


def _name_elements(residue: DraftResidue) -> None:
    """Elements that the file leaves open, or that its columns make another of: the CA of a residue in the columns of
    calcium, HG1 in those of mercury."""
    name = RESIDUE_ALIASES.get(residue.name, residue.name)
    known = standard_components()[name].elements if name in AMINO_ACIDS + NUCLEOTIDES + tuple(CAPS) else {}
    if len(residue.atoms) == 1 and not known:
        [atom] = residue.atoms
        # Files without element columns have "CL" in the columns of a carbon, and "CES" in those of cerium.
        symbol = residue.name.rstrip("+-").capitalize()
        by_name = symbol if symbol in _ION_NAMES else ""
        if residue.name.upper() in ION_ELEMENTS and atom.name.upper() in (residue.name.upper(), ""):
            by_name = ION_ELEMENTS[residue.name.upper()]
        atom.element = by_name or atom.element
        return
    for atom in residue.atoms:
        own = _in_dictionary(name, atom.name)
        if atom.element and atom.element.upper() != atom.name[:2].upper():
            continue
        if own in known:
            atom.element = known[own]
        elif _HYDROGEN.match(atom.name) and (known or not atom.element):
            atom.element = "H"


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
    polymer = residue.name in AMINO_ACIDS or residue.name in NUCLEOTIDES or residue.name in CAPS
    if residue.name in AMINO_ACIDS and residue.names >= {"O1", "O2"} and not residue.names & {"O", "OXT"}:
        for atom in residue.atoms:
            atom.name = {"O1": "O", "O2": "OXT"}.get(atom.name, atom.name)
    for atom in residue.atoms:
        if polymer:
            atom.name = _in_dictionary(residue.name, atom.name)
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
        # The two hydrogens of a water are often both H.
        if count and residue.kind != "ligand" and not (residue.kind == "water" and atom.is_hydrogen):
            changed.append(atom.name)
            continue
        if count:
            changed.append(atom.name)
            atom.name = f"{atom.name}_{count + 1}"
        kept.append(atom)
    residue.atoms = kept
    if changed and (residue.kind != "water" or len(kept) < len(seen) + len(changed)):
        what = "were numbered" if residue.kind == "ligand" else "after the first were left out"
        log.add("names", f"{residue.label}: atoms that share a name {what}.", residue.label, tuple(changed))
