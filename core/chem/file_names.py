"""Residue and atom names of a PDB or mmCIF file as it is, in the order in which `read_structure` reads its atoms."""

from pathlib import Path

import gemmi
import numpy as np

from core.chem.alternates import without_alternates
from core.chem.macromolecule import mmcif_structure, pdb_structure
from core.chem.read import format_and_text
from core.chem.topology import Kind, Residue, Topology

_STRUCTURES = {"PDB": pdb_structure, "mmCIF": mmcif_structure}


def names_in_file(source: Path | str | bytes, filename: str | None = None) -> Topology | None:
    """Who the atoms of the first model are; None for formats without residues. Raises StructureError as reading does.

    source, filename: as of `core.chem.read.read_structure`.
    """
    entry, text, _ = format_and_text(source, filename)
    if entry.name not in _STRUCTURES:
        return None
    residues: list[Residue] = []
    names: list[str] = []
    owners: list[int] = []
    for chain in _STRUCTURES[entry.name](text)[0]:
        for residue, atoms in without_alternates(chain):
            number, code = residue.seqid.num or 0, residue.seqid.icode.strip()
            residues.append(Residue(chain.name, residue.name, number, code, _kind(residue)))
            names += [atom.name for atom in atoms]
            owners += [len(residues) - 1] * len(atoms)
    return Topology(tuple(residues), tuple(names), np.array(owners, dtype=np.int64))


def _kind(residue: gemmi.Residue) -> Kind:
    known = gemmi.find_tabulated_residue(residue.name)
    if known.is_water():
        return "water"
    if known.is_amino_acid():
        return "protein"
    if known.is_nucleic_acid():
        return "nucleic"
    return "ion" if len(residue) == 1 else "ligand"
