"""SMILES -> a structure in space: RDKit's ETKDGv3 with a fixed seed, hydrogens added, then MMFF94 (or UFF).

The same SMILES always gives the same coordinates. Riniker and Landrum, J. Chem. Inf. Model. 55, 2562 (2015).
"""

from typing import Any

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

from core.chem.parsed import ParsedStructure
from core.chem.validate import atomic_numbers_of, require_atom_count
from core.errors import StructureError

SEED = 20220110
LONGEST = 2000
LARGEST_EMBEDDED = 250
EMBEDDING_SECONDS = 10
MINIMISER_STEPS = 2000


def parse_smiles(text: str) -> ParsedStructure:
    """Raises StructureError where the SMILES is not valid, too large, or cannot be embedded."""
    smiles = text.strip()
    if not smiles:
        raise StructureError("The SMILES is empty.", "Write for instance O for water or CCO for ethanol.")
    if len(smiles) > LONGEST or any(character.isspace() for character in smiles):
        raise StructureError(
            "This is not one SMILES: it is too long or holds blanks.", "Give one molecule, up to 2000 characters."
        )
    with rdBase.BlockLogs():
        flat = Chem.MolFromSmiles(smiles)
        if flat is None:
            raise StructureError(
                f"{smiles[:60]!r} is not a valid SMILES.", "Check brackets, ring numbers and valences."
            )
        _require_embeddable(flat)
        atomic_numbers_of([atom.GetSymbol() for atom in flat.GetAtoms()])
        full = Chem.AddHs(flat)
        _require_embeddable(full)
        _embed(full, smiles)
    return ParsedStructure(
        symbols=tuple(atom.GetSymbol() for atom in full.GetAtoms()),
        positions_angstrom=np.array(full.GetConformer().GetPositions(), dtype=np.float64),
        charge=Chem.GetFormalCharge(full),
        title=smiles,
    )


def _require_embeddable(molecule: Chem.Mol) -> None:
    require_atom_count(molecule.GetNumAtoms(), max(1, molecule.GetNumAtoms()))
    if molecule.GetNumAtoms() > LARGEST_EMBEDDED:
        raise StructureError(
            f"This SMILES stands for {molecule.GetNumAtoms()} atoms or more; "
            f"a structure in space is made for up to {LARGEST_EMBEDDED}.",
            "Give a file with 3D coordinates instead.",
        )


def _embed(molecule: Chem.Mol, smiles: str) -> None:
    parameters: Any = rdDistGeom.ETKDGv3()
    parameters.randomSeed = SEED
    parameters.timeout = EMBEDDING_SECONDS
    done = rdDistGeom.EmbedMolecule(molecule, parameters)
    if done < 0:
        parameters.useRandomCoords = True
        done = rdDistGeom.EmbedMolecule(molecule, parameters)
    if done < 0:
        raise StructureError(
            f"No structure in space was found for {smiles[:60]!r}.", "Give a file with 3D coordinates instead."
        )
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
        rdForceFieldHelpers.MMFFOptimizeMolecule(molecule, maxIters=MINIMISER_STEPS, ignoreInterfragInteractions=False)
    elif rdForceFieldHelpers.UFFHasAllMoleculeParams(molecule):
        rdForceFieldHelpers.UFFOptimizeMolecule(molecule, maxIters=MINIMISER_STEPS, ignoreInterfragInteractions=False)
