"""What holds a metal ion has no proton there: charges and hydrogens of zinc sites, made by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from core.chem.prepare import Options, Prepared, prepare
from core.errors import UnsupportedElementError
from tests.chem.prepare.test_protonation import hydrogens_on
from tests.molecules import atom, atoms_of, capped, ligand, name_of, number_of, polymer, renamed


def place(text: str, name: str) -> np.ndarray:
    """(3,) angstrom."""
    line = next(line for line in atoms_of(text) if name_of(line) == name)
    return np.array([float(line[30:38]), float(line[38:46]), float(line[46:54])])


def beside(text: str, name: str, *neighbours: str, angstrom: float = 2.1) -> np.ndarray:
    """(3,) where a metal stands that the atom holds with its lone pair: opposite to its neighbours."""
    origin = place(text, name)
    away = sum((origin - place(text, other)) / np.linalg.norm(origin - place(text, other)) for other in neighbours)
    return origin + angstrom * np.asarray(away) / np.linalg.norm(away)


def site(code: str, at: np.ndarray, metal: str = "ZN", **options: object) -> Prepared:
    lines = "".join(atoms_of(capped(code))) + atom(90, metal, f"{metal:>3s}", 90, tuple(at), metal) + "END\n"
    return prepare(lines.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize("ph", [5.0, 7.0])
@pytest.mark.parametrize(("holder", "neighbours", "other"), [("ND1", "CG CE1", "NE2"), ("NE2", "CD2 CE1", "ND1")])
def test_a_histidine_turns_its_lone_pair_to_the_zinc(
    holder: str, neighbours: str, other: str, ph: float, protonation: str
) -> None:
    structure = site("H", beside(capped("H"), holder, *neighbours.split()), ph=ph, protonation=protonation)
    assert structure.residue_charges[1] == 0
    assert (hydrogens_on(structure, 1, holder), hydrogens_on(structure, 1, other)) == (0, 1)
    zinc = structure.free_ions[0].position_angstrom
    hydrogens = structure.molecule.positions_angstrom[structure.molecule.atomic_numbers == 1]
    assert np.linalg.norm(hydrogens - zinc, axis=1).min() > 2.2
    assert any(f"coordinated by HIS A 2 {holder}: no" in entry.sentence for entry in structure.report.entries)


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize(("code", "holder", "neighbour"), [("C", "SG", "CB"), ("D", "OD1", "CG"), ("Y", "OH", "CZ")])
def test_acids_at_a_zinc_are_without_their_proton(code: str, holder: str, neighbour: str, protonation: str) -> None:
    at = beside(capped(code), holder, neighbour, angstrom=2.3)
    structure = site(code, at, ph=2.0, protonation=protonation)
    assert structure.residue_charges[1] == structure.molecule.charge == -1
    assert hydrogens_on(structure, 1, f"{holder} OD2") == 0


def test_what_is_left_out_and_what_is_loose_or_far_changes_nothing() -> None:
    near = beside(capped("C"), "SG", "CB", angstrom=2.3)
    assert site("C", near, ions="drop").molecule.charge == 0
    assert site("C", near, metal="NA").molecule.charge == 0
    assert site("C", beside(capped("C"), "SG", "CB", angstrom=4.0)).molecule.charge == 0


def test_hydrogens_of_the_file_win() -> None:
    whole = prepare(capped("H").encode(), "a.pdb", Options(ph=3.0))
    assert whole.residue_charges[1] == 1
    lines = [
        atom(n, name, whole.topology.residues[r].name, whole.topology.residues[r].number, tuple(xyz), symbol)
        for n, (name, r, xyz, symbol) in enumerate(
            zip(
                whole.topology.atom_names,
                whole.topology.residue_of_atom.tolist(),
                whole.molecule.positions_angstrom.tolist(),
                whole.molecule.symbols,
                strict=True,
            ),
            1,
        )
    ]
    at = beside(capped("H"), "NE2", "CD2", "CE1", angstrom=2.3)
    text = "".join(lines) + atom(90, "ZN", " ZN", 90, tuple(at), "ZN") + "END\n"
    kept = prepare(text.encode(), "a.pdb", Options(hydrogens="keep"))
    assert kept.residue_charges[1] == 1
    assert any("HIS A 2 NE2 holds ZN A 90, yet has a hydrogen" in entry.sentence for entry in kept.report.to_confirm)
    assert not any("no hydrogen towards" in entry.sentence for entry in kept.report.entries)


def nearest(structure: Prepared, at: np.ndarray) -> float:
    """Angstrom from a place to the nearest hydrogen."""
    hydrogens = structure.molecule.positions_angstrom[structure.molecule.atomic_numbers == 1]
    return float(np.linalg.norm(hydrogens - at, axis=1).min())


def tetrahedral(text: str, name: str, neighbour: str, before: str, angstrom: float = 2.1) -> np.ndarray:
    """(3,) a place that a hydrogen of the atom could point to, far from `before`."""
    origin, other, third = place(text, name), place(text, neighbour), place(text, before)
    axis = (origin - other) / np.linalg.norm(origin - other)
    across = (origin - third) - axis * np.dot(origin - third, axis)
    return origin + angstrom * (axis / 3 + across / np.linalg.norm(across) * np.sqrt(8) / 3)


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize("ph", [5.0, 7.0])
def test_a_lysine_at_a_zinc_is_neutral_and_faces_it(ph: float, protonation: str) -> None:
    structure = site("K", tetrahedral(capped("K"), "NZ", "CE", "CD"), ph=ph, protonation=protonation)
    assert structure.residue_charges[1] == 0 and hydrogens_on(structure, 1, "NZ") == 2
    assert nearest(structure, structure.free_ions[0].position_angstrom) > 2.4
    sentences = [entry.sentence for entry in structure.report.entries]
    assert any("coordinated by LYS A 2 NZ: no" in sentence for sentence in sentences)
    assert "LYS A 2 has charge 0." in sentences


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize(("code", "name"), [("S", "OG"), ("T", "OG1")])
def test_a_hydroxyl_keeps_its_hydrogen_away_from_a_metal(code: str, name: str, protonation: str) -> None:
    structure = site(code, tetrahedral(capped(code), name, "CB", "CA"), protonation=protonation, metal="MG")
    assert structure.residue_charges[1] == 0 and hydrogens_on(structure, 1, name) == 1
    assert nearest(structure, structure.free_ions[0].position_angstrom) > 2.4


def test_the_first_amine_of_a_chain_faces_a_metal() -> None:
    text = polymer("GAG")
    first = "".join(line for line in atoms_of(text) if number_of(line) == 1)
    at = tetrahedral(first, "N", "CA", "C")
    lines = "".join(atoms_of(text)) + atom(90, "CU", " CU", 90, tuple(at), "CU") + "END\n"
    structure = prepare(lines.encode(), "a.pdb", Options())
    assert structure.residue_charges[0] == 0 and hydrogens_on(structure, 0, "N") == 2
    assert nearest(structure, at) > 2.3


def test_a_peptide_nitrogen_in_a_metal_s_grip_has_no_hydrogen() -> None:
    text = polymer("GAG")
    before, alanine = ("".join(line for line in atoms_of(text) if number_of(line) == k) for k in (1, 2))
    origin = place(alanine, "N")
    away = sum((origin - p) / np.linalg.norm(origin - p) for p in (place(alanine, "CA"), place(before, "C")))
    at = origin + 1.95 * np.asarray(away) / np.linalg.norm(away)
    lines = "".join(atoms_of(text)) + atom(90, "CU", " CU", 90, tuple(at), "CU") + "END\n"
    structure = prepare(lines.encode(), "a.pdb", Options())
    assert structure.residue_charges[1] == -1 and hydrogens_on(structure, 1, "N") == 0


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize(("metal", "angstrom"), [("ZN", 2.0), ("MG", 2.1), ("CA", 2.4), ("NA", 2.4), ("K", 2.8)])
def test_waters_turn_their_oxygen_to_a_cation(metal: str, angstrom: float, protonation: str) -> None:
    """Six of them around it, as an octahedron."""
    centre = np.array([25.0, 0.0, 0.0])
    ways = np.concatenate([np.eye(3), -np.eye(3)])
    lines = "".join(
        atom(200 + k, "O", "HOH", 200 + k, tuple(centre + angstrom * way), "O", "W") for k, way in enumerate(ways)
    )
    text = "".join(atoms_of(capped("S"))) + lines + atom(90, metal, f"{metal:>3s}", 90, tuple(centre), metal) + "END\n"
    structure = prepare(text.encode(), "a.pdb", Options(waters_angstrom=100, protonation=protonation))
    assert structure.molecule.charge == 0
    assert nearest(structure, centre) > angstrom + 0.3
    if metal not in ("NA", "K"):
        assert sum(f"holds {metal} A 90: its oxygen faces" in e.sentence for e in structure.report.of("waters")) == 6


def test_waters_turn_a_hydrogen_to_an_anion() -> None:
    centre = np.array([25.0, 0.0, 0.0])
    lines = "".join(
        atom(200 + k, "O", "HOH", 200 + k, tuple(centre + 3.2 * way), "O", "W") for k, way in enumerate(np.eye(3))
    )
    text = "".join(atoms_of(capped("S"))) + lines + atom(90, "CL", " CL", 90, tuple(centre), "CL") + "END\n"
    structure = prepare(text.encode(), "a.pdb", Options(waters_angstrom=100))
    hydrogens = structure.molecule.positions_angstrom[structure.molecule.atomic_numbers == 1]
    assert np.sort(np.linalg.norm(hydrogens - centre, axis=1))[:3].max() < 2.6


def test_a_water_between_two_metals_is_to_be_confirmed() -> None:
    centre = np.array([25.0, 0.0, 0.0])
    metals = "".join(
        atom(90 + k, "ZN", " ZN", 90 + k, tuple(centre + 2.0 * np.array(way)), "ZN")
        for k, way in enumerate(((0.9, 0.436, 0.0), (-0.9, 0.436, 0.0)))
    )
    text = "".join(atoms_of(capped("S"))) + atom(200, "O", "HOH", 200, tuple(centre), "O", "W") + metals + "END\n"
    structure = prepare(text.encode(), "a.pdb", Options(waters_angstrom=100))
    assert any("between ZN A 90 and ZN A 91" in entry.sentence for entry in structure.report.to_confirm)
    assert all(nearest(structure, ion.position_angstrom) > 2.1 for ion in structure.free_ions)


def test_an_amide_that_is_the_wrong_way_round_is_told() -> None:
    structure = site("N", beside(capped("N"), "ND2", "CG"))
    assert any("ASN A 2 has its ND2 at ZN A 90" in entry.sentence for entry in structure.report.to_confirm)


# Heme b, ideal, as the dictionary has it, and the iron and sulfur of a cubane cluster.
HEME = (Path(__file__).parent / "heme.pdb").read_text()
CLUSTER = {
    f"{element}{number}": angstrom * np.array(corner)
    for element, angstrom, sign in (("FE", 0.97, 1), ("S", 1.27, -1))
    for number, corner in enumerate(
        ((sign, sign, sign), (sign, -sign, -sign), (-sign, sign, -sign), (-sign, -sign, sign)), 1
    )
}


def heme_over(code: str, holder: str, *neighbours: str) -> str:
    """ACE-X-NME whose atom holds the iron of a heme, 2.1 angstrom above its plane."""
    holding = capped(code)
    iron, target = place(HEME, "FE"), beside(holding, holder, *neighbours)
    normal = np.cross(place(HEME, "NA") - iron, place(HEME, "NB") - iron)
    turn, _ = Rotation.align_vectors([place(holding, holder) - target], [normal])
    lines = "".join(
        f"{line[:30]}{x:8.3f}{y:8.3f}{z:8.3f}{line[54:]}"
        for line in atoms_of(HEME)
        for x, y, z in [turn.apply(place(line, name_of(line)) - iron) + target]
    )
    return "".join(atoms_of(holding)) + lines


def prepared(text: str, **options: object) -> Prepared:
    return prepare((text + "END\n").encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
def test_a_heme_is_named_and_can_be_left_out_or_loses_its_iron(protonation: str) -> None:
    text = heme_over("H", "NE2", "CD2", "CE1")
    with pytest.raises(UnsupportedElementError, match="Fe in HEM H 154") as caught:
        prepared(text)
    assert caught.value.without == ("HEM",)
    without = prepared(text, drop=("HEM",), protonation=protonation)
    ring = prepared(text, unsupported="drop", protonation=protonation)
    for structure in (without, ring):
        assert structure.residue_charges[1] == 0
        assert (hydrogens_on(structure, 1, "NE2"), hydrogens_on(structure, 1, "ND1")) == (0, 1)
        [entry] = [e for e in structure.report.to_confirm if e.step == "protonation"]
        assert "Fe of HEM H 154 was left out; it was held by HIS A 2 NE2" in entry.sentence
    assert ring.residue_charges[3] == -2, "the propionates"
    assert not ring.report.of("missing_atoms"), "the iron is in the file"
    assert [hydrogens_on(ring, 3, name) for name in ("NA", "NB", "NC", "ND")] in ([1, 0, 1, 0], [0, 1, 0, 1])


def test_a_thiolate_at_a_heme_becomes_a_thiol_without_it_and_that_is_told() -> None:
    structure = prepared(heme_over("C", "SG", "CB"), drop=("HEM",))
    assert structure.residue_charges[1] == 0 and hydrogens_on(structure, 1, "SG") == 1
    assert any("as if it had never been there" in entry.sentence for entry in structure.report.to_confirm)


def test_heme_c_is_a_porphyrin_bonded_to_its_cysteine() -> None:
    """Two hydrogens on the nitrogens, and one on the carbon that the sulfur is bonded to."""
    cysteine, heme = capped("C"), HEME.replace("HEM", "HEC")
    carbon, target = place(heme, "CAB"), beside(cysteine, "SG", "CB", angstrom=1.82)
    atoms = {name_of(line): place(line, name_of(line)) - carbon for line in atoms_of(heme)}
    others = np.array([place(line, name_of(line)) for line in atoms_of(cysteine)]) - target
    rest = np.array([xyz for name, xyz in atoms.items() if name != "CAB"])
    turns = Rotation.random(300, random_state=7)
    room = [np.linalg.norm(turn.apply(rest)[:, None] - others[None], axis=-1).min() for turn in turns]
    turn = turns[int(np.argmax(room))]
    lines = "".join(
        f"{line[:30]}{x:8.3f}{y:8.3f}{z:8.3f}{line[54:]}"
        for line in atoms_of(heme)
        for x, y, z in [turn.apply(atoms[name_of(line)]) + target]
    )
    best = prepared("".join(atoms_of(cysteine)) + lines, unsupported="drop")
    assert any("CYS A 2 SG is bonded to HEC H 154 CAB" in entry.sentence for entry in best.report.of("links"))
    assert [hydrogens_on(best, 3, name) for name in ("CAB", "CBB", "CAC", "CBC")] == [1, 3, 2, 3]
    assert sum(hydrogens_on(best, 3, name) for name in ("NA", "NB", "NC", "ND")) == 2
    assert hydrogens_on(best, 1, "SG") == 0 and best.residue_charges.tolist() == [0, 0, 0, -2]


@pytest.mark.parametrize("options", [{"drop": ("SF4",)}, {"unsupported": "drop"}])
def test_an_iron_sulfur_cluster_goes_as_a_whole_and_its_cysteines_are_told(options: dict) -> None:
    at = beside(capped("C"), "SG", "CB", angstrom=2.3)
    outward = CLUSTER["FE1"] / np.linalg.norm(CLUSTER["FE1"])
    turn, _ = Rotation.align_vectors([place(capped("C"), "SG") - at], [outward])
    lines = "".join(
        atom(300 + k, name, "SF4", 90, tuple(turn.apply(xyz - CLUSTER["FE1"]) + at), name[:-1].title(), "F")
        for k, (name, xyz) in enumerate(CLUSTER.items())
    )
    text = "".join(atoms_of(capped("C"))) + lines
    with pytest.raises(UnsupportedElementError, match="Fe in SF4 F 90"):
        prepared(text)
    structure = prepared(text, **options)
    assert len(structure.topology.residues) == 3 and hydrogens_on(structure, 1, "SG") == 1
    assert any(
        "Fe of SF4 F 90 was left out; it was held by CYS A 2 SG" in entry.sentence
        for entry in structure.report.to_confirm
    )


def test_what_a_ligand_holds_a_metal_with_has_no_proton() -> None:
    """Acetate of the dictionary at pH 2, where it is an acid otherwise."""
    names = {"C1": "CH3", "C2": "C", "O1": "O", "O2": "OXT"}
    lines = "".join(renamed(line, "ACT", names[name_of(line)]) for line in atoms_of(ligand("CC(=O)O", "ACT")))
    acid = prepared(lines, ph=2.0)
    at = beside(lines, "O", "C")
    held = prepared(lines + atom(90, "ZN", " ZN", 90, tuple(at), "ZN"), ph=2.0)
    assert (acid.molecule.charge, held.molecule.charge) == (0, -1)
    assert any("coordinated by ACT L 1 O" in entry.sentence for entry in held.report.entries)
