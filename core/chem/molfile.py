"""MOL and SDF (V2000 and V3000), by RDKit: the first molecule, angstrom, with its formal charges."""

import numpy as np
from rdkit import Chem, rdBase

from core.chem.parsed import ParsedStructure
from core.chem.validate import require_atom_count
from core.errors import StructureError


def parse_molfile(text: str, *, max_atoms: int) -> ParsedStructure:
    """The first molecule. Raises StructureError for a damaged block, a flat drawing, or hydrogens left out."""
    block = text.split("\n$$$$", 1)[0]
    lines = block.splitlines()
    counts = lines[3] if len(lines) > 3 else ""
    if "V3000" not in counts and counts[:3].strip().isdecimal():
        require_atom_count(int(counts[:3]), max_atoms)
    try:
        with rdBase.BlockLogs():
            found = Chem.MolFromMolBlock(block, sanitize=False, removeHs=False, strictParsing=True)
    except (RuntimeError, ValueError) as error:
        raise StructureError(
            f"This is not a readable MOL or SDF file: {str(error).splitlines()[0][:120]}.", "Save it again."
        ) from error
    if found is None:
        cut = "M  END" not in block
        raise StructureError(
            "This is not a readable MOL or SDF file" + (": it has no `M  END` line." if cut else "."),
            "It may be cut off or damaged: get or save it again.",
        )
    require_atom_count(found.GetNumAtoms(), max_atoms)
    if found.GetNumConformers() == 0:
        raise StructureError("The molecule has no coordinates.", "Save it with 3D coordinates, or paste its SMILES.")
    conformer = found.GetConformer()
    positions = np.array(conformer.GetPositions(), dtype=np.float64)
    if not conformer.Is3D() and found.GetNumAtoms() > 2 and not positions[:, 2].any():
        raise StructureError(
            "This file is a flat drawing, not a structure in space.",
            "Save it with 3D coordinates, or paste its SMILES.",
        )
    _require_hydrogens(found)
    return ParsedStructure(
        symbols=tuple(atom.GetSymbol() for atom in found.GetAtoms()),
        positions_angstrom=positions,
        charge=Chem.GetFormalCharge(found),
        title=lines[0].strip() if lines else "",
    )


def molecules_in(text: str) -> int:
    """How many molecules a file holds; what stands behind the last mark of an end is none."""
    return max(1, sum(bool(block.strip()) for block in text.split("$$$$")))


def _require_hydrogens(molecule: Chem.Mol) -> None:
    """Raises StructureError where valences are left for hydrogens that the file does not hold."""
    copy = Chem.Mol(molecule)
    with rdBase.BlockLogs():
        try:
            copy.UpdatePropertyCache(strict=False)
            missing = sum(atom.GetNumImplicitHs() for atom in copy.GetAtoms())
        except (RuntimeError, ValueError):
            missing = 0
    if missing:
        raise StructureError(
            f"{missing} hydrogen{'s are' if missing > 1 else ' is'} left out of this file.",
            "Add hydrogens in the program that made it, or paste the SMILES, which gets them.",
        )
