"""Hydrogens that a file brings: kept by default where somebody chose or saw them, and taken by their word."""

from functools import cache

import numpy as np
import pytest
from rdkit import Chem

from core.chem.prepare import Options, Prepared, prepare
from core.chem.prepare.write import format_prepared
from core.errors import PreparationError
from tests.chem.prepare.test_protonation import hydrogens_on
from tests.chem.test_lacking_hydrogens import polar_only
from tests.molecules import atom, atoms_of, ligand, name_of, polymer, residue_of, without


def prepared(text: str, **options: object) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


@cache
def whole(sequence: str, ph: float = 7.0) -> str:
    """With all hydrogens, as PDB text."""
    return format_prepared(prepared(polymer(sequence), ph=ph, protonation="rules"), "pdb")


def said(structure: Prepared) -> str:
    return " ".join(entry.sentence for entry in structure.report.of("hydrogens"))


def shortened(text: str, factor: float = 0.87) -> str:
    """The hydrogens nearer to the atoms that bear them, as a refinement against X-rays has them."""
    lines = atoms_of(text)
    place = np.array([[float(line[k : k + 8]) for k in (30, 38, 46)] for line in lines])
    heavy = np.array([line[76:78].strip() != "H" for line in lines])
    moved = []
    for line, position, is_heavy in zip(lines, place, heavy, strict=True):
        if not is_heavy:
            bearer = place[heavy][np.linalg.norm(place[heavy] - position, axis=1).argmin()]
            x, y, z = bearer + factor * (position - bearer)
            line = f"{line[:30]}{x:8.3f}{y:8.3f}{z:8.3f}{line[54:]}"
        moved.append(line)
    return "".join(moved) + "END\n"


def test_by_default_hydrogens_stay_where_the_file_has_them() -> None:
    text = whole("GKHDG", 2.0)
    kept = prepared(text)
    assert kept.residue_charges.tolist() == [1, 1, 1, 0, 0]
    assert len(kept.molecule) == len(atoms_of(text))
    assert "these are kept" in said(kept) and "Completed" not in said(kept)
    assert "hydrogens at pH" not in said(kept) and "those of the file among them" in said(kept)
    assert prepared(text, hydrogens="rebuild").residue_charges.tolist() == [1, 1, 0, -1, -1]


def test_a_ph_that_says_nothing_is_told() -> None:
    """Aspartate has its charge by having no proton; that the pH asked for would give it one is to be confirmed."""
    low = prepared(whole("GKHDG"), ph=2.0)
    assert low.residue_charges.tolist() == [1, 1, 0, -1, -1]
    assert any("whatever the pH" in entry.sentence for entry in low.report.to_confirm)
    assert not any("whatever the pH" in entry.sentence for entry in prepared(whole("GKHDG")).report.to_confirm)


def test_hydrogens_that_ride_on_their_atoms_are_placed_anew() -> None:
    text = shortened(whole("GKHDG"))
    by_itself = prepared(text, ph=2.0)
    assert "0.95 angstrom" in said(by_itself)
    assert by_itself.residue_charges.tolist() == [1, 1, 1, 0, 0]
    kept = prepared(text, hydrogens="keep")
    assert any("as X-rays see them" in entry.sentence for entry in kept.report.to_confirm)


def test_waters_without_hydrogens_are_not_asked() -> None:
    waters = "".join(atom(200 + k, "O", "HOH", 200 + k, (40 + 4 * k, 0, 0), "O", "W") for k in range(20))
    text = "".join(atoms_of(whole("GKHDG", 2.0))) + waters + "END\n"
    kept = prepared(text, waters_angstrom=1000)
    assert kept.residue_charges[:5].tolist() == [1, 1, 1, 0, 0]
    assert all(len(kept.topology.atoms_of_residue[k]) == 3 for k in range(5, 25))


def test_a_ligand_keeps_its_own_beside_a_protein_without() -> None:
    """Acetic acid, as a docking program protonated it."""
    names = {"C1": "CH3", "C2": "C", "O1": "O", "O2": "OXT"}
    lines = atoms_of(ligand("CC(=O)O", "ACT", hydrogens=True))
    lines = [f"{line[:12]} {names.get(name_of(line), name_of(line)):<3s}{line[16:]}" for line in lines]
    text = "".join(atoms_of(polymer("GKG")) + lines) + "END\n"
    assert prepared(text).residue_charges.tolist() == [1, 1, -1, 0]
    assert prepared(text, hydrogens="rebuild").residue_charges.tolist() == [1, 1, -1, -1]


@pytest.mark.parametrize(("gone", "kept"), [("HD1", "HE2"), ("HE2", "HD1")])
@pytest.mark.parametrize("ph", [4.0, 7.0])
def test_a_neutral_histidine_of_either_kind_stays_neutral(gone: str, kept: str, ph: float) -> None:
    structure = prepared(without(whole("GHG", 2.0), "HIS", gone), ph=ph)
    names = [structure.topology.atom_names[index] for index in structure.topology.atoms_of_residue[1]]
    assert structure.residue_charges[1] == 0 and kept in names and gone not in names


@pytest.mark.parametrize("gone", ["HB2", "HB3", "HZ1 HZ2", "HZ3 HZ2", "HA", "HB2 HB3", "HE2"])
def test_what_is_incomplete_is_completed_and_what_is_there_stays(gone: str) -> None:
    text = whole("GKG")
    there = prepared(text)
    mended = prepared(without(text, "LYS", *gone.split()))
    assert mended.residue_charges.tolist() == there.residue_charges.tolist()
    assert set(mended.topology.atom_names) == set(there.topology.atom_names)
    assert "Completed" in said(mended)
    for line in atoms_of(text):
        if name_of(line) not in gone.split():
            place = np.array([float(line[k : k + 8]) for k in (30, 38, 46)])
            assert np.linalg.norm(mended.molecule.positions_angstrom - place, axis=1).min() < 1e-9
    distances = np.linalg.norm(
        mended.molecule.positions_angstrom[:, None] - mended.molecule.positions_angstrom[None], axis=-1
    )
    assert distances[np.triu_indices(len(distances), 1)].min() > 0.95


def test_a_lysine_with_two_hydrogens_is_neutral() -> None:
    structure = prepared(without(whole("GKG"), "LYS", "HZ1"))
    assert structure.residue_charges[1] == 0 and hydrogens_on(structure, 1, "NZ") == 2


def test_the_name_of_a_force_field_tells_a_thiolate() -> None:
    bare = without(whole("GCG"), "CYS", "HG")
    named = "".join(line.replace(" CYS ", " CYM ") for line in atoms_of(bare)) + "END\n"
    assert prepared(named).residue_charges[1] == -1
    without_name = prepared(bare)
    assert without_name.residue_charges[1] == 0
    assert any("CYS A 2 SG" in entry.sentence for entry in without_name.report.to_confirm)


def test_a_hydrogen_far_from_everything_is_told() -> None:
    text = "".join(
        f"{line[:30]}{float(line[30:38]) + 9:8.3f}{line[38:]}"
        if (residue_of(line), name_of(line)) == ("LYS", "HA")
        else line
        for line in atoms_of(whole("GKG"))
    )
    structure = prepared(text + "END\n")
    assert any("HA left out" in entry.sentence for entry in structure.report.to_confirm)
    assert len(structure.molecule) == len(prepared(whole("GKG")).molecule)


def histamine(smiles: str) -> str:
    """Of this tautomer, with all hydrogens, under the names of the dictionary, where NE2 has the ring's hydrogen."""
    names = {"N1": "N", "C1": "CA", "C2": "CB", "C3": "CG", "C4": "CD2", "N2": "NE2", "C5": "CE1", "N3": "ND1"}
    lines = atoms_of(ligand(smiles, "HSM", hydrogens=True))
    return "".join(f"{line[:12]} {names.get(name_of(line), name_of(line)):<3s}{line[16:]}" for line in lines) + "END\n"


@pytest.mark.parametrize("smiles", ["NCCc1c[nH]cn1", "NCCc1cnc[nH]1"])
def test_a_ligand_stays_the_tautomer_that_it_is(smiles: str) -> None:
    text = histamine(smiles)
    structure = prepared(text)
    assert (structure.molecule.charge, len(structure.molecule)) == (0, len(atoms_of(text)))
    perceived = any("elsewhere than the dictionary" in entry.sentence for entry in structure.report.to_confirm)
    assert perceived == (smiles == "NCCc1cnc[nH]1")
    assert prepared(text, hydrogens="rebuild").molecule.charge == 1


@pytest.mark.parametrize("smiles", ["NCCc1ccc(O)cc1", "CC(=O)NCCO", "OCC1OC(O)C(O)C1O", "CC(C)(N)C(O)=O"])
def test_bonds_are_not_perceived_from_polar_hydrogens_alone(smiles: str) -> None:
    """As docking programs keep them: refused, and whole with a SMILES."""
    text = "".join(polar_only(smiles)) + "END\n"
    with pytest.raises(PreparationError, match="not complete") as caught:
        prepared(text)
    assert "Give its SMILES" in caught.value.remedy and caught.value.smiles == caught.value.without == ("QQQ",)
    given = prepared(text, ligands=(("QQQ", smiles),))
    assert sorted(given.molecule.symbols) == sorted(prepared(whole_ligand(smiles)).molecule.symbols)
    assert given.molecule.charge == 0


def whole_ligand(smiles: str) -> str:
    return ligand(smiles, "QQQ", hydrogens=True) + "END\n"


def test_a_single_carbon_without_its_hydrogen_is_told() -> None:
    """Toluene without a hydrogen of its ring would pass as an anion."""
    lines = whole_ligand("Cc1ccccc1").splitlines(keepends=True)
    ring = [line for line in lines if name_of(line) in ("H4", "H5", "H6", "H7", "H8")]
    with pytest.raises(PreparationError, match="not complete"):
        prepared("".join(line for line in lines if line != ring[2]))


@pytest.mark.parametrize(
    ("in_file", "given", "charge"),
    [("Oc1ccncc1", "O=c1cc[nH]cc1", 0), ("C[NH3+]", "CN", 0), ("CN", "C[NH3+]", 1), ("CC(=O)O", "CC(=O)[O-]", -1)],
)
def test_the_hydrogens_are_those_of_the_smiles(in_file: str, given: str, charge: int) -> None:
    """Another tautomer or charge in the file than the SMILES says is told, and not mixed with it."""
    structure = prepared(whole_ligand(in_file), ligands=(("QQQ", given),))
    expected = Chem.AddHs(Chem.MolFromSmiles(given))
    assert structure.molecule.charge == charge
    assert sorted(structure.molecule.symbols) == sorted(a.GetSymbol() for a in expected.GetAtoms())
    assert any("anew" in e.sentence or "Completed" in e.sentence for e in structure.report.to_confirm)


def test_hydrogens_at_a_distance_that_no_bond_has_are_told() -> None:
    text = whole("GSG")
    assert "no bond has" not in said(prepared(text))
    lines = atoms_of(text)
    oxygen, hydrogen = (
        next(x for x in lines if residue_of(x) == "SER" and name_of(x) == name) for name in ("OG", "HG")
    )
    here, there = (np.array([float(line[k : k + 8]) for k in (30, 38, 46)]) for line in (oxygen, hydrogen))
    x, y, z = here + 1.38 * (there - here) / np.linalg.norm(there - here)
    structure = prepared(text.replace(hydrogen, f"{hydrogen[:30]}{x:8.3f}{y:8.3f}{z:8.3f}{hydrogen[54:]}"))
    [entry] = [entry for entry in structure.report.to_confirm if "no bond has" in entry.sentence]
    assert "1 hydrogen is kept" in entry.sentence and "SER A 2 HG (1.38 from OG)" in entry.sentence
