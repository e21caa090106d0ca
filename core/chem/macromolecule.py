"""PDB and mmCIF, by gemmi: first model, alternate location of the highest occupancy, angstrom."""

import re

import gemmi
import numpy as np

from core.chem.alternates import without_alternates
from core.chem.four_letter_names import give_back, marked
from core.chem.lacking_hydrogens import carbons_lacking_hydrogens
from core.chem.parsed import ParsedStructure
from core.chem.pdb_columns import require_pdb_columns
from core.chem.pdb_lines import is_ended, without_strange_columns
from core.chem.validate import LARGEST_COORDINATE_ANGSTROM, require_atom_count
from core.errors import StructureError

# Ranges of operators of an assembly, as 1-60; gemmi counts each through, and a few digits make it count for hours.
_RANGE = re.compile(r"(\d+)-(\d+)", re.ASCII)
MOST_OPERATORS = 20_000


def _hydrogens_expected(residue: gemmi.Residue) -> bool:
    """Whether this residue, whole, has hydrogens: from gemmi's table, or carbon or nitrogen in an unknown one."""
    known = gemmi.find_tabulated_residue(residue.name)
    if known.kind != gemmi.ResidueKind.UNKNOWN:
        return known.hydrogen_count > 0
    return sum(atom.element.name in ("C", "N") for atom in residue) > 2


def _from_structure(structure: gemmi.Structure, max_atoms: int, title: str, *, may_be_cut_off: bool) -> ParsedStructure:
    if len(structure) == 0:
        raise StructureError("There is no atom in this file.", "Give a file with ATOM or HETATM records.")
    require_atom_count(structure[0].count_atom_sites(), max_atoms)
    symbols, positions, charges, residue_of = [], [], [], []
    bare: set[int] = set()
    number = 0
    for chain in structure[0]:
        for residue, atoms in without_alternates(chain):
            hydrogens, number = 0, number + 1
            for atom in atoms:
                known = atom.element.atomic_number > 0
                hydrogens += atom.element.is_hydrogen
                symbols.append(atom.element.name if known else (atom.name or "?"))
                positions.append(atom.pos.tolist())
                charges.append(atom.charge)
                residue_of.append(number)
            if hydrogens == 0 and _hydrogens_expected(residue):
                bare.add(number)
    return ParsedStructure(
        symbols=tuple(symbols),
        positions_angstrom=np.array(positions, dtype=np.float64).reshape(-1, 3),
        charge=sum(charges) if any(charges) else None,
        title=title,
        residues_without_hydrogens=len(bare | _incomplete(symbols, positions, residue_of)),
        may_be_cut_off=may_be_cut_off,
    )


def _incomplete(symbols: list[str], positions: list[list[float]], residue_of: list[int]) -> set[int]:
    """Residues with hydrogens, but not on all carbons that must have some; empty where an element is not known, and
    for coordinates that `core.chem.validate.require_sound_positions` refuses."""
    elements = [gemmi.Element(symbol) for symbol in symbols]
    near = (np.abs(positions) <= LARGEST_COORDINATE_ANGSTROM).all()
    if not positions or not near or any(element.atomic_number == 0 for element in elements):
        return set()
    numbers = np.array([1 if element.is_hydrogen else element.atomic_number for element in elements])
    return {residue_of[index] for index in carbons_lacking_hydrogens(numbers, np.array(positions)).tolist()}


def pdb_structure(text: str) -> gemmi.Structure:
    """All models of a PDB file. Raises StructureError for a line that is cut or unreadable."""
    require_pdb_columns(text.splitlines())
    text, names = marked(without_strange_columns(text))
    try:
        # Columns are bytes to gemmi: a letter outside ASCII would be torn apart.
        structure = gemmi.read_pdb_string(text.encode("ascii", "replace"))
    except (RuntimeError, ValueError, IndexError) as error:
        raise StructureError(
            f"This is not a readable PDB file: {str(error).splitlines()[0][:120]}.",
            "Mend that line, or save the structure again from the program that made it.",
        ) from error
    give_back(structure, names)
    return structure


def parse_pdb(text: str, *, max_atoms: int) -> ParsedStructure:
    """Raises StructureError for a line that is cut or unreadable, and for no atoms."""
    structure = pdb_structure(text)
    lines = text.splitlines()
    title = " ".join(line[10:80].strip() for line in lines if line.startswith("TITLE "))
    return _from_structure(structure, max_atoms, title, may_be_cut_off=not is_ended(lines))


def _require_few_operators(block: gemmi.cif.Block) -> None:
    ranges = (
        found
        for expression in block.find_values("_pdbx_struct_assembly_gen.oper_expression")
        for found in _RANGE.findall(expression)
    )
    if sum(max(0, int(last[:20]) - int(first[:20])) for first, last in ranges) > MOST_OPERATORS:
        raise StructureError(
            f"An assembly in this file has more than {MOST_OPERATORS} operators.".replace(",", " "),
            "Remove the table _pdbx_struct_assembly_gen from the file.",
        )


def mmcif_structure(text: str) -> gemmi.Structure:
    """All models of an mmCIF file. Raises StructureError for a broken file, and for fractional coordinates."""
    try:
        document = gemmi.cif.read_string(text)
        block = next((b for b in document if b.find_values("_atom_site.Cartn_x")), None)
        crystal = block is None and any(b.find_values("_atom_site_fract_x") for b in document)
        if block is not None:
            _require_few_operators(block)
        structure = None if block is None else gemmi.make_structure_from_block(block)
    except (RuntimeError, ValueError, IndexError) as error:
        raise StructureError(
            f"This is not a readable mmCIF file: {str(error).splitlines()[0][:120]}.",
            "It may be cut off or damaged: get it again.",
        ) from error
    if crystal:
        raise StructureError(
            "This CIF describes a crystal by fractional coordinates.",
            "Save one molecule of it as XYZ or SDF, or give an mmCIF file with _atom_site.Cartn_x.",
        )
    if structure is None:
        raise StructureError("There is no atom in this file.", "Give an mmCIF file with an _atom_site table.")
    if len(structure) == 0:
        raise StructureError(
            "The _atom_site table of this mmCIF file lacks columns or rows.",
            "Give a file with the columns of the PDB archive: id, type_symbol, label_atom_id, label_alt_id, "
            "label_comp_id, label_asym_id, label_seq_id, auth_asym_id, auth_seq_id and Cartn_x, _y, _z.",
        )
    return structure


def parse_mmcif(text: str, *, max_atoms: int) -> ParsedStructure:
    """Raises StructureError for a broken file, and for a crystal CIF with fractional coordinates."""
    structure = mmcif_structure(text)
    title = structure.info["_struct.title"] if "_struct.title" in structure.info else ""
    return _from_structure(structure, max_atoms, title, may_be_cut_off=False)
