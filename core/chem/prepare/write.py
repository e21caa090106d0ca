"""A prepared structure to files: mmCIF, PDB or extended XYZ, by the ending of the name. Angstrom."""

from pathlib import Path

import gemmi

from core.chem.prepare.pipeline import Prepared
from core.chem.xyz import format_xyz
from core.errors import DataError

ENDINGS = ("cif", "pdb", "xyz")
_PDB_RESIDUES, _PDB_ATOMS = 9999, 99_999


def format_prepared(prepared: Prepared, ending: str) -> str:
    """Text of the structure as `cif`, `pdb` or `xyz`. Charge stands in XYZ; PDB and mmCIF have nowhere for it.

    Raises DataError for another ending, and for a structure that does not fit into PDB columns.
    """
    if ending == "xyz":
        return format_xyz(prepared.molecule)
    structure = as_gemmi(prepared)
    if ending == "cif":
        return structure.make_mmcif_document().as_string()
    if ending == "pdb":
        _require_pdb(prepared)
        return structure.make_pdb_string()
    raise DataError(f"A prepared structure cannot be written as .{ending[:10]}.", f"Endings: {', '.join(ENDINGS)}.")


def write_prepared(prepared: Prepared, path: Path) -> Path:
    """Written whole under another name, then renamed. Raises DataError."""
    text = format_prepared(prepared, path.suffix.lower().lstrip("."))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".partial-{path.name}")
        partial.write_text(text)
        partial.replace(path)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.", "Choose another place.") from error
    return path


def as_gemmi(prepared: Prepared) -> gemmi.Structure:
    """One model with the residues and atoms in their order; residues of one chain stand together."""
    model = gemmi.Model(1)
    positions, symbols = prepared.molecule.positions_angstrom, prepared.molecule.symbols
    topology = prepared.topology
    chains: dict[str, gemmi.Chain] = {}
    for residue, atoms in zip(topology.residues, topology.atoms_of_residue, strict=True):
        one = gemmi.Residue()
        one.name, one.seqid = residue.name, gemmi.SeqId(residue.number, residue.insertion_code or " ")
        one.het_flag = "A" if residue.kind in ("protein", "nucleic") else "H"
        for index in atoms.tolist():
            atom = gemmi.Atom()
            atom.name, atom.element = topology.atom_names[index], gemmi.Element(symbols[index])
            atom.pos = gemmi.Position(*positions[index].tolist())
            one.add_atom(atom)
        chains.setdefault(residue.chain, gemmi.Chain(residue.chain or "A")).add_residue(one)
    for chain in chains.values():
        model.add_chain(chain)
    structure = gemmi.Structure()
    structure.name = "prepared"
    structure.info["_struct.title"] = prepared.molecule.title
    structure.add_model(model)
    structure.setup_entities()
    return structure


def _require_pdb(prepared: Prepared) -> None:
    residues = prepared.topology.residues
    if (
        len(prepared.topology) > _PDB_ATOMS
        or any(len(residue.chain) > 1 or len(residue.name) > 3 for residue in residues)
        or any(abs(residue.number) > _PDB_RESIDUES for residue in residues)
        or any(len(name) > 4 for name in prepared.topology.atom_names)
    ):
        raise DataError("This structure does not fit into the columns of PDB.", "Write it as .cif.")
