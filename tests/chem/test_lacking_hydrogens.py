"""Carbons without the hydrogens that they must have: told from those that have none by right."""

import gemmi
import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

from core.chem.lacking_hydrogens import carbons_lacking_hydrogens
from core.chem.prepare import prepare
from core.chem.read import read_structure
from core.errors import StructureError
from tests.molecules import ligand

MOLECULES = (
    "CC(=O)O c1ccccc1 C#CC N#CC C=C=C O=C=O [C-]#[O+] CC#CC C1CC1 CN=C=O C[N+]#[C-] C12C3C4C1C5C2C3C45 "
    "FC(F)(F)c1ccccc1 CC(C)(C)C OC1OC(CO)C(O)C(O)C1O C1CC11CC1 C=O C S=C=S CP(=O)(O)O Clc1ccccc1 C[N+](C)(C)C "
    "C12=C3C4=C5C1=CC=C5C=CC4=CC=C3C=C2 CC(C)CC1CC(=O)C2(C)C1CCC2"
).split()


def placed(smiles: str) -> Chem.Mol:
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert rdDistGeom.EmbedMolecule(molecule, randomSeed=1) == 0
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
        rdForceFieldHelpers.MMFFOptimizeMolecule(molecule)
    return molecule


@pytest.mark.parametrize("smiles", MOLECULES)
def test_every_carbon_that_lost_its_hydrogens_is_found_and_no_other(smiles: str) -> None:
    molecule = placed(smiles)
    numbers = np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()])
    positions = np.array(molecule.GetConformer().GetPositions())
    assert carbons_lacking_hydrogens(numbers, positions).size == 0
    heavy = numbers > 1
    bearing = [a.GetIdx() for a in molecule.GetAtoms() if a.GetAtomicNum() == 6 and a.GetTotalNumHs(True)]
    assert carbons_lacking_hydrogens(numbers[heavy], positions[heavy]).tolist() == bearing


def polar_only(smiles: str) -> list[str]:
    """HETATM lines with the hydrogens of nitrogen and oxygen only."""
    lines = ligand(smiles, "QQQ", hydrogens=True).splitlines(keepends=True)
    places = np.array([[float(line[k : k + 8]) for k in (30, 38, 46)] for line in lines])
    elements = [line[76:78].strip() for line in lines]
    near = np.linalg.norm(places[:, None] - places[None], axis=-1) < 1.25
    return [
        line
        for index, line in enumerate(lines)
        if elements[index] != "H" or not any(near[index, k] and elements[k] == "C" for k in range(len(lines)))
    ]


@pytest.mark.parametrize("ending", ["pdb", "xyz"])
def test_a_file_with_polar_hydrogens_only_is_not_read_as_it_is(ending: str) -> None:
    lines = polar_only("NCCc1ccc(O)cc1")
    text = "".join(lines) + "END\n"
    if ending == "xyz":
        text = f"{len(lines)}\n\n" + "".join(f"{line[76:78]} {line[30:54]}\n" for line in lines)
    with pytest.raises(StructureError, match="Hydrogens are missing"):
        read_structure(text.encode(), f"a.{ending}")


def test_a_carbene_with_its_hydrogens_is_read() -> None:
    """A carbon that is bare by right: imidazol-2-ylidene."""
    molecule = placed("c1c[nH]c[nH+]1")
    kept = [a.GetIdx() for a in molecule.GetAtoms()]
    middle = next(a for a in molecule.GetAtoms() if a.GetAtomicNum() == 6 and a.GetDegree() == 3
                  and sum(n.GetAtomicNum() == 7 for n in a.GetNeighbors()) == 2)  # fmt: skip
    kept.remove(next(n.GetIdx() for n in middle.GetNeighbors() if n.GetAtomicNum() == 1))
    place = molecule.GetConformer().GetPositions()
    rows = [f"{molecule.GetAtomWithIdx(i).GetSymbol()} {place[i][0]} {place[i][1]} {place[i][2]}" for i in kept]
    read = read_structure("\n".join([str(len(kept)), "", *rows, ""]).encode(), "a.xyz")
    assert read.electrons == 36


@pytest.mark.parametrize("atoms", [["C 0 0 0", "O 0 0 1.4"], ["O -1.1 0.5 0", "C 0 0 0", "O 1.1 0.5 0"]])
def test_a_bond_stretched_or_an_angle_bent_on_purpose_is_read(atoms: list[str]) -> None:
    assert len(read_structure("\n".join([str(len(atoms)), "", *atoms, ""]).encode(), "a.xyz")) == len(atoms)


@pytest.mark.parametrize("coordinate", ["1e200", "-2e307"])
def test_an_atom_absurdly_far_away_is_refused_by_name(coordinate: str) -> None:
    """Distances to it overflow."""
    text = gemmi.read_pdb_string(ligand("CC(=O)NC", "QQQ", hydrogens=True)).make_mmcif_document().as_string()
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("HETATM"))
    place = next(n for n, word in enumerate(lines[first].split()) if word.count(".") and word != ".")
    words = lines[first].split()
    lines[first] = " ".join([*words[:place], coordinate, *words[place + 1 :]])
    for read in (read_structure, prepare):
        with pytest.raises(StructureError, match="angstrom away"):
            read("\n".join(lines).encode(), "a.cif")
