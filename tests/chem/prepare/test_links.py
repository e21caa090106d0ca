"""Bonds between residues that are no ordinary backbone: amides of side chains, and peptides that are rings."""

import gemmi
import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdDistGeom
from scipy.spatial.transform import Rotation

from core.chem.prepare import Options, Prepared, pipeline, prepare
from core.chem.prepare.proton_network import Network
from core.chem.prepare.reading import read_draft
from core.chem.prepare.report import Log
from tests.molecules import atom, atoms_of, capped, name_of, polymer, residue_of, without


def prepared(text: str, **options: object) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


def places_of(text: str) -> dict[str, np.ndarray]:
    """(3,) angstrom by name of atom."""
    return {
        name_of(line): np.array([float(line[30:38]), float(line[38:46]), float(line[46:54])]) for line in atoms_of(text)
    }


def amide_of_a_side_chain(link: bool) -> str:
    """A capped glutamate of whose acid the nitrogen of an alanine, chain B, has taken one oxygen; a LINK record says
    so, or nothing does."""
    glutamate, alanine = places_of(without(capped("E"), "NME")), places_of(polymer("A"))
    out = (glutamate["OE2"] - glutamate["CD"]) / np.linalg.norm(glutamate["OE2"] - glutamate["CD"])
    turn = Rotation.align_vectors([out], [alanine["CA"] - alanine["N"]])[0]
    moved = [
        atom(n, name, "ALA", 1, tuple(turn.apply(place - alanine["N"]) + glutamate["CD"] + 1.33 * out), name[0], "B")
        for n, (name, place) in enumerate(alanine.items(), 60)
    ]
    record = "LINK         N   ALA B   1                 CD  GLU A   2     1555   1555  1.33  \n"
    return (record if link else "") + "".join(atoms_of(without(capped("E"), "GLU", "OE2")) + moved) + "END\n"


@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
def test_an_amide_of_a_side_chain_is_no_missing_oxygen(protonation: str, link: bool) -> None:
    structure = prepared(amide_of_a_side_chain(link), protonation=protonation)
    assert not structure.report.of("missing_atoms")
    assert any("GLU A 2 CD" in entry.sentence for entry in structure.report.of("links"))
    assert [entry.sentence for entry in structure.report.of("termini")] == ["ALA B 1 is the C terminus."]
    nitrogen = structure.topology.atoms_of_residue[-1][0]
    positions = structure.molecule.positions_angstrom
    near = np.flatnonzero(np.linalg.norm(positions - positions[nitrogen], axis=1) < 1.2)
    assert [structure.molecule.symbols[i] for i in near.tolist() if i != nitrogen] == ["H"], "an amide, no ammonium"
    assert structure.molecule.charge == -1, "the end of the alanine"


@pytest.mark.parametrize("link", [True, False])
def test_a_ring_of_residues_has_no_ends(link: bool) -> None:
    ring = Chem.AddHs(Chem.MolFromSmiles("C1NC(=O)" + "CNC(=O)" * 4 + "CNC1=O"))
    assert rdDistGeom.EmbedMolecule(ring, randomSeed=7) == 0
    places = ring.GetConformer().GetPositions()
    residues = ring.GetSubstructMatches(Chem.MolFromSmarts("[NX3]-[CX4]-C=O"))
    residue, lines = residues[0], []
    for number in range(1, 7):
        lines += [
            atom(4 * number + k, name, "GLY", number, tuple(places[residue[k]]), name[0])
            for k, name in enumerate(("N", "CA", "C", "O"))
        ]
        following = [n.GetIdx() for n in ring.GetAtomWithIdx(residue[2]).GetNeighbors()]
        residue = next(other for other in residues if other[0] in following)
    assert residue == residues[0], "the ring is closed"
    record = "LINK         N   GLY A   1                 C   GLY A   6     1555   1555  1.33  \n"
    structure = prepared(record * link + "".join(lines) + "END\n")
    assert len(structure.molecule) == ring.GetNumAtoms() and structure.molecule.charge == 0
    assert not structure.report.of("termini") and not structure.report.of("missing_atoms")


def thioether(hydrogens: bool) -> str:
    """Gly-Cys-Gly whose sulfur is bonded to N-methylacetamide, a ligand that no dictionary has."""
    molecule = Chem.AddHs(Chem.MolFromSmiles("NCC(=O)N[C@@H](CSCC(=O)NC)C(=O)NCC(=O)O"))
    assert rdDistGeom.EmbedMolecule(molecule, randomSeed=3) == 0
    places = molecule.GetConformer().GetPositions()
    of = [
        *(("GLY", 1, name) for name in ("N", "CA", "C", "O")),
        *(("CYS", 2, name) for name in ("N", "CA", "CB", "SG")),
        *(("QQX", 4, name) for name in ("C1", "C2", "O1", "N1", "C3")),
        *(("CYS", 2, name) for name in ("C", "O")),
        *(("GLY", 3, name) for name in ("N", "CA", "C", "O", "OXT")),
    ]
    rows = [(*one, index) for index, one in enumerate(of)]
    for one in molecule.GetAtoms():
        if one.GetSymbol() == "H" and (hydrogens or of[one.GetNeighbors()[0].GetIdx()][0] == "QQX"):
            residue, number, _ = of[one.GetNeighbors()[0].GetIdx()]
            rows.append((residue, number, f"H{one.GetIdx()}", one.GetIdx()))
    return "".join(
        atom(k, name, residue, number, tuple(places[index]), molecule.GetAtomWithIdx(index).GetSymbol())
        for k, (residue, number, name, index) in enumerate(sorted(rows, key=lambda row: row[1]))
    )


@pytest.mark.parametrize("hydrogens", [True, False])
def test_a_ligand_bonded_to_a_residue_is_perceived_with_that_bond(hydrogens: bool) -> None:
    """By itself the carbon next to the sulfur would be an anion."""
    structure = prepared(thioether(hydrogens) + "END\n")
    assert structure.molecule.charge == 0 and structure.residue_charges[-1] == 0
    assert len(structure.molecule) == 38
    assert any("QQX A 4 has charge 0" in entry.sentence for entry in structure.report.to_confirm)


def test_a_record_that_names_an_atom_without_a_bond_left_is_told_and_passed_over() -> None:
    """An ether's oxygen in place of its carbon; an odd number of electrons came of it."""
    place = places_of(without(capped("N"), "ACE"))
    away = (place["ND2"] - place["CG"]) / np.linalg.norm(place["ND2"] - place["CG"])
    across = np.cross(away, [0.3, 0.5, 0.8])
    across *= 1.1 / np.linalg.norm(across)
    oxygen = place["ND2"] + 1.87 * away
    ether = {"O": oxygen, "C1": oxygen + 0.8 * away + across, "C2": oxygen + 0.8 * away - across}
    record = "LINK         ND2 ASN A   2                 O   QQX L   9     1555   1555  1.87  \n"
    lines = [atom(80 + k, name, "QQX", 9, tuple(xyz), name[0], "L") for k, (name, xyz) in enumerate(ether.items())]
    structure = prepared(record + "".join(atoms_of(capped("N")) + lines) + "END\n", ligands=(("QQX", "COC"),))
    assert structure.molecule.charge == 0 and len(structure.topology.atoms_of_residue[-1]) == 9
    assert any("has no bond left" in entry.sentence for entry in structure.report.to_confirm)


def test_a_side_chain_that_bears_something_is_never_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A methyl on the ND2 of an asparagine, which PDB2PQR does not see."""
    lines = atoms_of(capped("N"))
    at = {name_of(x): np.array([float(x[k : k + 8]) for k in (30, 38, 46)]) for x in lines if residue_of(x) == "ASN"}
    along = at["ND2"] - at["CG"]
    carbon = at["ND2"] + 1.45 * along / np.linalg.norm(along)
    across = np.cross(along, at["OD1"] - at["CG"])
    other = np.cross(along, across)
    text = "".join(lines) + atom(90, "C1", "QQQ", 9, tuple(carbon), "C", "L")
    for number, angle in enumerate((0.0, 2.094, 4.189), 1):
        turned = np.cos(angle) * across / np.linalg.norm(across) + np.sin(angle) * other / np.linalg.norm(other)
        place = carbon + 0.36 * along / np.linalg.norm(along) + 1.03 * turned
        text += atom(90 + number, f"H{number}", "QQQ", 9, tuple(place), "H", "L")
    swapped = {"OD1": at["ND2"], "ND2": at["OD1"]}
    monkeypatch.setattr(pipeline, "proton_network", lambda *_: Network(moved={1: swapped}))
    structure = prepared(text + "END\n", flips=True)
    assert not structure.report.of("flips")
    own = structure.topology.atoms_of_residue[1].tolist()
    place = {structure.topology.atom_names[k]: structure.molecule.positions_angstrom[k] for k in own}
    np.testing.assert_allclose(place["ND2"], at["ND2"])
    assert sum(name.startswith("HD2") for name in place) == 1


def test_links_that_the_file_states_hold_in_every_copy_of_an_assembly() -> None:
    structure = gemmi.read_pdb_string(amide_of_a_side_chain(True))
    structure.setup_entities()
    assembly, generator = gemmi.Assembly("1"), gemmi.Assembly.Gen()
    generator.chains = ["A", "B"]
    for copy in range(2):
        operator = gemmi.Assembly.Operator()
        operator.name = str(copy + 1)
        operator.transform = gemmi.Transform(gemmi.Mat33(), gemmi.Vec3(30.0 * copy, 0.0, 0.0))
        generator.operators.append(operator)
    assembly.generators.append(generator)
    structure.assemblies.append(assembly)
    text = structure.make_mmcif_document().as_string()
    for chosen, expected in (("", {("B", "A")}), ("1", {(f"B{n}", f"A{m}") for n in (1, 2) for m in (1, 2)})):
        draft = read_draft(text, "mmCIF", Options(assembly=chosen), 1000, Log())
        assert {(one.chain, two.chain) for (one, _), (two, _) in draft.stated_links} == expected
    built = prepare(text.encode(), "a.cif", Options(assembly="1", protonation="rules"))
    assert len(built.report.of("links")) == 2
