"""Ligands: by the dictionary, perceived from their hydrogens, or by a SMILES; and what is none."""

import numpy as np
import pytest
from rdkit import Chem

from core.errors import PreparationError
from tests.chem.prepare.test_steps import prepared
from tests.molecules import atom, atoms_of, capped, ligand, name_of, number_of, polymer, renamed


def test_a_ligand_of_the_dictionary_and_its_charge() -> None:
    """Acetate, named as the dictionary names its atoms (C, O, OXT, CH3)."""
    names = {"C1": "CH3", "C2": "C", "O1": "O", "O2": "OXT"}
    lines = [renamed(line, "ACT", names[name_of(line)]) for line in atoms_of(ligand("CC(=O)O", "ACT"))]
    structure = prepared("".join(atoms_of(capped("S"))) + "".join(lines) + "END\n")
    assert structure.residue_charges[-1] == -1
    assert any(e.step == "ligands" and "charge -1" in e.sentence for e in structure.report.to_confirm)
    assert prepared("".join(lines) + "END\n", ph=2.0).molecule.charge == 0


@pytest.mark.parametrize("smiles", ["CC(=O)[O-]", "C[NH3+]", "c1ccncc1C=O", "CS(=O)(=O)C", "C#CCO"])
def test_an_unknown_ligand_with_hydrogens_is_perceived(smiles: str) -> None:
    text = ligand(smiles, "QQQ", hydrogens=True) + "END\n"
    structure = prepared(text)
    expected = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert structure.molecule.charge == Chem.GetFormalCharge(expected)
    assert len(structure.molecule) == expected.GetNumAtoms()
    assert structure.report.to_confirm


@pytest.mark.parametrize("smiles", ["CC(=O)[O-]", "CC(C)[NH3+]", "c1cc[nH]c1", "CP(=O)(O)[O-]"])
def test_an_unknown_ligand_with_a_smiles(smiles: str) -> None:
    structure = prepared(ligand(smiles, "QQQ") + "END\n", ligands=(("QQQ", smiles),))
    expected = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert structure.molecule.charge == Chem.GetFormalCharge(expected)
    assert sorted(structure.molecule.symbols) == sorted(a.GetSymbol() for a in expected.GetAtoms())


def test_an_unknown_ligand_without_either_is_refused_with_the_choices() -> None:
    with pytest.raises(PreparationError, match="Give its SMILES, leave it out") as caught:
        prepared(ligand("CCO", "QQQ") + "END\n")
    assert caught.value.without == caught.value.smiles == ("QQQ",)
    with pytest.raises(PreparationError, match="does not fit"):
        prepared(ligand("CCO", "QQQ") + "END\n", ligands=(("QQQ", "CCCCO"),))


def test_a_free_ligand_with_the_names_of_a_backbone_is_no_chain() -> None:
    """Its charge is to be confirmed as that of other ligands is; joined to a residue it is one."""
    names = {"N1": "N", "C1": "CA", "C2": "C", "O1": "O"}
    lines = [
        renamed(line, "QQQ", names.get(name_of(line), name_of(line)))
        for line in atoms_of(ligand("NCC(=O)OC", "QQQ", hydrogens=True))
    ]
    free = prepared("".join(atoms_of(capped("S")) + lines) + "END\n")
    assert free.topology.residues[-1].kind == "ligand"
    assert not any("QQQ" in entry.sentence for entry in free.report.of("termini"))
    assert any("QQQ L 1 has charge 0" in entry.sentence for entry in free.report.to_confirm)
    chain = "".join(renamed(x, "ABA", name_of(x)) if number_of(x) == 2 else x for x in atoms_of(polymer("GAG")))
    assert prepared(chain + "END\n").topology.residues[1].kind == "protein"


def test_a_name_of_the_dictionary_does_not_make_a_ligand_of_other_bonds_its_own() -> None:
    """Programs call atoms C1, C2; acetate of the dictionary is CH3-C(=O)OXT, here the oxygens are in a row."""
    names = {"C1": "CH3", "C2": "C", "O1": "O", "O2": "OXT"}
    lines = [renamed(line, "ACT", names.get(name_of(line), name_of(line))) for line in atoms_of(ligand("CCOO", "ACT"))]
    with pytest.raises(PreparationError, match="other atoms or bonds"):
        prepared("".join(lines) + "END\n")


@pytest.mark.parametrize(
    ("smiles", "hydrogens", "charge"),
    [("C[N+](C)(C)CCBr", 13, 1), ("FC(F)(F)c1ccccc1O", 5, 0), ("CC(=O)OCCl", 5, 0)],
)
def test_bonds_are_perceived_before_atoms_are_left_out(smiles: str, hydrogens: int, charge: int) -> None:
    """What bonds to the halogen is closed with hydrogen, and is neither an anion nor a carbene."""
    text = ligand(smiles, "QQX", hydrogens=True) + "END\n"
    structure = prepared(text, unsupported="drop")
    halogens = sum(smiles.count(name) for name in ("Br", "F", "Cl"))
    assert structure.molecule.charge == charge
    assert structure.molecule.symbols.count("H") == hydrogens + halogens
    given = prepared(text, unsupported="drop", ligands=(("QQX", smiles),))
    assert given.molecule.symbols == structure.molecule.symbols


def test_a_sulfate_of_which_only_the_sulfur_was_seen_is_refused() -> None:
    """It had become hydrogen sulfide."""
    sulfur = atom(900, "S", "SO4", 9, (30.0, 30.0, 30.0), "S", "X")
    with pytest.raises(PreparationError, match="lacks O1, O2, O3, O4 at S") as caught:
        prepared("".join(atoms_of(capped("S"))) + sulfur + "END\n")
    assert caught.value.without == ("SO4",)


def test_a_phosphate_that_is_bonded_to_a_residue_lacks_no_oxygen() -> None:
    """PO4 on the OG of a serine, which is in the place of its fourth oxygen."""
    lines = atoms_of(capped("S"))
    og, cb = (next(line for line in lines if name_of(line) == name) for name in ("OG", "CB"))
    at, before = (np.array([float(line[n : n + 8]) for n in (30, 38, 46)]) for line in (og, cb))
    along = (at - before) / np.linalg.norm(at - before)
    across = np.cross(along, [0.3, 0.5, 0.8])
    across /= np.linalg.norm(across)
    other = np.cross(along, across)
    phosphorus = at + 1.6 * along
    turns = [(np.cos(x), np.sin(x)) for x in (0.0, 2.094, 4.189)]
    oxygens = [phosphorus + 0.5 * along + 1.43 * (c * across + s * other) for c, s in turns]
    text = "".join(lines) + atom(900, "P", "PO4", 9, tuple(phosphorus), "P", "X")
    text += "".join(atom(900 + n, f"O{n}", "PO4", 9, tuple(o), "O", "X") for n, o in enumerate(oxygens, 1))
    assert prepared(text + "END\n").residue_charges[-1] == -2


@pytest.mark.parametrize(
    ("one", "two"),
    [("CCO", "COC"), ("CC(=O)[O-]", "OCC=O"), ("CC(=O)[O-]", "CC(=O)O"), ("CCO", "CCN"), ("CCO", "CCCO")],
)
def test_different_molecules_of_one_name_are_told_apart(one: str, two: str) -> None:
    """Programs call all of them LIG or UNL, and their atoms alike."""
    text = ligand(one, "QQQ", "L", hydrogens=True) + ligand(two, "QQQ", "M", 60.0, hydrogens=True) + "END\n"
    structure = prepared(text)
    charges = [Chem.GetFormalCharge(Chem.MolFromSmiles(smiles)) for smiles in (one, two)]
    assert structure.residue_charges.tolist() == charges
    written = [[float(line[k : k + 8]) for k in (30, 38, 46)] for line in atoms_of(text)]
    np.testing.assert_allclose(sorted(structure.molecule.positions_angstrom.tolist()), sorted(written), atol=1e-6)


def test_copies_of_a_ligand_are_described_once_even_without_their_hydrogens() -> None:
    text = ligand("CCO", "QQQ", "L", hydrogens=True) + ligand("CCO", "QQQ", "M", 60.0) + "END\n"
    structure = prepared(text)
    assert len(structure.molecule) == 18
    assert sum("perceived" in entry.sentence for entry in structure.report.of("ligands")) == 1


@pytest.mark.parametrize(
    "smiles",
    [
        "C[NH+](C)CCNC(=O)C", "C[NH+]1CC[NH+](CC1)Cc1ccncc1", "[NH3+]CC(=O)[O-]", "[O-]C(=O)CCC(=O)[O-]",
        "C[NH2+]Cc1ccc([N+](=O)[O-])cc1", "C[N+](C)(C)CCOP(=O)([O-])[O-]", "[O-]C(=O)C(=O)NCC[NH3+]", "CN=C=O",
        "NC(=[NH2+])NCCC([NH3+])C(=O)[O-]", "[O-]C(=O)CC(C([O-])=O)(O)CC([O-])=O", "[O-][n+]1ccccc1",
    ],
)  # fmt: skip
def test_perceived_charges_are_those_that_leave_fewest_atoms_charged(smiles: str) -> None:
    """Ammonium beside a carbonyl had become an anion of the same atoms."""
    structure = prepared(ligand(smiles, "QQQ", hydrogens=True) + "END\n")
    assert structure.molecule.charge == Chem.GetFormalCharge(Chem.MolFromSmiles(smiles))


def test_a_ligand_of_the_dictionary_under_other_names_of_atoms() -> None:
    """Citrate with RDKit's names; a molecule that only has its name is refused as before."""
    structure = prepared(ligand("OC(=O)CC(O)(C(=O)O)CC(=O)O", "CIT") + "END\n")
    assert structure.molecule.charge == -3
    assert any("whose atoms have other names" in entry.sentence for entry in structure.report.to_confirm)
    with pytest.raises(PreparationError, match="has other atoms or bonds"):
        prepared(ligand("OC(=O)CC(C(=O)O)CCC(=O)OO", "CIT") + "END\n")
