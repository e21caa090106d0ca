"""The catalogue against RDKit: charges, closed shells, parameters; complete and of the right hand."""

from collections import Counter

import pytest
from rdkit.Chem import FindMolChiralCenters, GetFormalCharge, Mol, MolFromSmarts, MolFromSmiles, MolToSmiles
from rdkit.Chem.rdForceFieldHelpers import MMFFHasAllMoleculeParams

from core.data.catalogue import AMINO_ACIDS, WATER, Piece, pieces

ALL = (*pieces(), WATER)
BY_NAME = {piece.name: piece for piece in ALL}
# L amino acids by CIP: S, but R where the side chain outranks the carbonyl.
ALPHA_CARBON = MolFromSmarts("[#7][CX4;$([CH]C(=O)[#7]),$([CH]C(=O)[O-])]C(=O)")
SECOND_CENTRES = {"T": "R", "I": "S"}


def centres(graph: Mol) -> dict[int, str]:
    return dict(FindMolChiralCenters(graph, includeUnassigned=True, useLegacyImplementation=False))


@pytest.mark.parametrize("piece", ALL, ids=lambda piece: piece.name)
def test_a_piece_is_a_closed_shell_of_its_charge_that_mmff_knows(piece: Piece) -> None:
    atoms = list(piece.graph.GetAtoms())
    assert GetFormalCharge(piece.graph) == piece.charge
    assert sum(atom.GetNumRadicalElectrons() for atom in atoms) == 0
    assert (sum(atom.GetAtomicNum() for atom in atoms) - piece.charge) % 2 == 0
    assert {atom.GetSymbol() for atom in atoms} <= set("HCNOSP")
    assert MMFFHasAllMoleculeParams(piece.graph)
    assert len(piece) == len(atoms) <= 30
    assert "." not in piece.smiles


def test_no_piece_is_there_twice() -> None:
    for kind in ({piece.name for piece in ALL}, {MolToSmiles(MolFromSmiles(piece.smiles)) for piece in ALL}):
        assert len(kind) == len(ALL)


def test_every_amino_acid_is_there_as_a_side_chain_and_as_a_capped_residue() -> None:
    for kind in ("side chain", "capped residue"):
        assert {letter for piece in pieces() if piece.kind == kind for letter in piece.residues} == set(AMINO_ACIDS)
    assert len(AMINO_ACIDS) == 20 and set(AMINO_ACIDS) >= {letter for piece in ALL for letter in piece.residues}


@pytest.mark.parametrize(
    ("letters", "charges"), [("D", {0, -1}), ("E", {0, -1}), ("K", {0, 1}), ("R", {0, 1}), ("H", {0, 1}),
                             ("C", {0, -1}), ("Y", {0, -1})]
)  # fmt: skip
def test_side_chains_that_titrate_are_there_in_both_states(letters: str, charges: set[int]) -> None:
    found = {piece.charge for piece in pieces() if piece.kind == "side chain" and letters in piece.residues}
    assert found == charges


def test_histidine_has_both_tautomers() -> None:
    """Delta: the protonated nitrogen is next to the carbon of the side chain; epsilon: it is not."""
    near, far = MolFromSmarts("[CH3]c[nH]"), MolFromSmarts("[CH3]cc[nH]")
    for name, own, other in (("methylimidazole-delta", near, far), ("methylimidazole-epsilon", far, near)):
        bare = MolFromSmiles(BY_NAME[name].smiles)
        assert bare.HasSubstructMatch(own) and not bare.HasSubstructMatch(other)


def test_phosphates_and_both_ends_of_a_chain_are_there_in_their_charges() -> None:
    charges = {kind: {p.charge for p in pieces() if p.kind == kind} for kind in ("phosphate", "terminus")}
    assert charges == {"phosphate": {0, -1, -2}, "terminus": {-1, 0, 1}}


def test_residues_are_l_by_cip() -> None:
    chiral = [piece for piece in pieces() if piece.kind in ("capped residue", "terminus") and piece.residues != "G"]
    for piece in chiral:
        bare = MolFromSmiles(piece.smiles)
        found = centres(bare)
        [(_, alpha, _, _), *_] = bare.GetSubstructMatches(ALPHA_CARBON)
        assert found.pop(alpha) == ("R" if piece.residues == "C" else "S"), piece.name
        assert list(found.values()) == list(SECOND_CENTRES.get(piece.residues, "")), piece.name
    assert Counter("".join(piece.residues for piece in chiral)).keys() == set(AMINO_ACIDS) - {"G"}


def test_deoxyribose_is_the_natural_one_and_no_sugar_is_left_open() -> None:
    """C3' S and C4' R, as in 2'-deoxy-D-ribose without its base."""
    core = MolFromSmiles(BY_NAME["deoxyribose-core"].smiles)
    assert Counter(centres(core).values()) == {"S": 1, "R": 1}
    hydroxyl = core.GetSubstructMatch(MolFromSmarts("[CH;R][OH]"))[0]
    assert centres(core)[hydroxyl] == "S"
    for piece in pieces():
        if piece.kind == "sugar":
            assert "?" not in centres(piece.graph).values(), piece.name


@pytest.mark.parametrize(("name", "aromatic"), [("guanine", True), ("1-methyluracil", True), ("indole", True),
                                                ("imidazolium", True), ("tetrahydrofuran", False),
                                                ("n-methylacetamide", False)])  # fmt: skip
def test_what_may_be_stacked(name: str, aromatic: bool) -> None:
    assert BY_NAME[name].aromatic is aromatic
