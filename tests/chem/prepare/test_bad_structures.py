"""Structures as people have them: each is prepared with a report, or refused with what is wrong and what to do."""

import time

import gemmi
import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from core.chem.prepare import Options, Prepared, prepare
from core.errors import PreparationError, RhoscopeError, StructureError
from tests.molecules import (
    DNA,
    RNA,
    atom,
    atoms_of,
    capped,
    name_of,
    number_of,
    polymer,
    renamed,
    residue_of,
    shifted,
    without,
)

SERINE = "".join(atoms_of(capped("S")))


def prepared(text: str, name: str = "a.pdb", **options: object) -> Prepared:
    return prepare(text.encode(), name, Options(**options))  # type: ignore[arg-type]


def refused(text: str, words: str, name: str = "a.pdb", **options: object) -> None:
    with pytest.raises(RhoscopeError) as caught:
        prepared(text, name, **options)
    assert words in str(caught.value), str(caught.value)
    assert caught.value.message.endswith(".") and caught.value.remedy.endswith(".")


def test_nmr_bundle() -> None:
    other = "".join(atoms_of(capped("A")))
    text = f"MODEL        1\n{SERINE}ENDMDL\nMODEL        2\n{other}ENDMDL\nEND\n"
    first, second = prepared(text), prepared(text, model=2)
    assert "Model 1 of 2" in first.report.of("model")[0].sentence
    assert first.molecule.content_hash == prepared(capped("S")).molecule.content_hash
    assert second.molecule.content_hash == prepared(capped("A")).molecule.content_hash
    refused(text, "has 2", model=3)


def with_assembly(copies: int) -> str:
    """mmCIF of a capped serine with an assembly of so many copies in a row, 30 angstrom apart."""
    structure = gemmi.read_pdb_string(SERINE + "END\n")
    structure.setup_entities()
    assembly, generator = gemmi.Assembly("1"), gemmi.Assembly.Gen()
    generator.chains = ["A"]
    for copy in range(copies):
        operator = gemmi.Assembly.Operator()
        operator.transform = gemmi.Transform(gemmi.Mat33(), gemmi.Vec3(30.0 * copy, 0, 0))
        generator.operators.append(operator)
    assembly.generators.append(generator)
    structure.assemblies.append(assembly)
    return structure.make_mmcif_document().as_string()


def test_assembly() -> None:
    text = with_assembly(3)
    single, triple = prepared(text, "a.cif"), prepared(text, "a.cif", assembly="1")
    assert "describes an assembly named 1." in single.report.of("assembly")[0].sentence
    assert len(triple.molecule) == 3 * len(single.molecule)
    assert len({residue.chain for residue in triple.topology.residues}) == 3
    refused(text, "Assemblies: 1", "a.cif", assembly="2")


def test_a_huge_assembly_is_refused_before_it_is_built() -> None:
    text = with_assembly(4_000)
    started = time.process_time()
    refused(text, "RHOSCOPE_MAX_ATOMS", "a.cif", assembly="1")
    assert time.process_time() - started < 20
    assert len(prepared(text, "a.cif").molecule) == len(prepared(capped("S")).molecule)


def pseudouridine(line: str) -> str:
    """A line of uridine as one of pseudouridine: the base is turned about, so the sugar sits on C5."""
    if residue_of(line) != "U":
        return line
    turned = {"N1": "C5", "C5": "N1", "C2": "C4", "C4": "C2", "O2": "O4", "O4": "O2"}
    name = turned.get(name_of(line), name_of(line))
    return f"{renamed(line, 'PSU', name)[:76]}{name[0]:>2s}\n"


def test_modified_base() -> None:
    text = "".join(pseudouridine(line) for line in atoms_of(polymer("GUC", RNA))) + "END\n"
    modified, plain = prepared(text), prepared(polymer("GUC", RNA))
    assert modified.molecule.charge == plain.molecule.charge == -2
    assert sorted(modified.molecule.symbols) == sorted(plain.molecule.symbols)
    assert not modified.report.of("caps")
    assert [residue.name for residue in modified.topology.residues] == ["G", "PSU", "C"]


def test_phosphoserine_without_its_phosphate_is_closed_and_shown() -> None:
    text = "".join(renamed(x, "SEP", name_of(x)) if residue_of(x) == "SER" else x for x in atoms_of(polymer("GSG")))
    structure = prepared(text + "END\n")
    [entry] = structure.report.of("missing_atoms")
    assert entry.confirm and set(entry.atoms) == {"P", "O1P", "O2P", "O3P"}
    assert len(structure.molecule) == len(prepared(polymer("GSG")).molecule)


# Ace-Asn-Nme with N-acetylglucosamine on the side chain; the atoms by map number.
GLYCOPEPTIDE = (
    "[CH3:1][C:2](=[O:3])[NH:4][C@@H:5]([CH2:6][C:7](=[O:8])[NH:9][C@@H:10]1[O:11][C@H:12]([CH2:13][OH:14])"
    "[C@@H:15]([OH:16])[C@H:17]([OH:18])[C@H:19]1[NH:20][C:21]([CH3:22])=[O:23])[C:24](=[O:25])[NH:26][CH3:27]"
)
GLYCOPEPTIDE_NAMES = (
    [("ACE", 1, name) for name in ("CH3", "C", "O")]
    + [("ASN", 2, name) for name in ("N", "CA", "CB", "CG", "OD1", "ND2")]
    + [("NAG", 9, n) for n in ("C1", "O5", "C5", "C6", "O6", "C4", "O4", "C3", "O3", "C2", "N2", "C7", "C8", "O7")]
    + [("ASN", 2, "C"), ("ASN", 2, "O"), ("NME", 3, "N"), ("NME", 3, "C")]
)


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
def test_glycan(protonation: str) -> None:
    molecule = Chem.AddHs(Chem.MolFromSmiles(GLYCOPEPTIDE))
    assert rdDistGeom.EmbedMolecule(molecule, randomSeed=7) == 0
    places = {a.GetAtomMapNum(): a.GetIdx() for a in molecule.GetAtoms() if a.GetAtomMapNum()}
    order = ["ACE", "ASN", "NME", "NAG"]
    rows = sorted(enumerate(GLYCOPEPTIDE_NAMES, 1), key=lambda row: (order.index(row[1][0]), row[0]))
    text = ""
    for serial, (residue, number, name) in rows:
        position = molecule.GetConformer().GetAtomPosition(places[serial])
        text += atom(serial, name, residue, number, (position.x, position.y, position.z), name[0])
    structure = prepared(text + "END\n", protonation=protonation)
    assert structure.molecule.charge == 0
    assert sorted(structure.molecule.symbols) == sorted(a.GetSymbol() for a in molecule.GetAtoms())
    assert any("ND2 is bonded to NAG" in entry.sentence for entry in structure.report.of("links"))


@pytest.mark.parametrize("missing", ["N", "CA", "C"])
def test_missing_backbone(missing: str) -> None:
    structure = prepared(without(polymer("GSALSG"), "ALA", missing))
    [entry] = structure.report.of("backbone")
    assert entry.residue == "ALA A 3" and entry.atoms == (missing,)
    assert structure.molecule.charge == 0 and len(structure.report.of("caps")) == 2


def test_backbone_missing_nearly_everywhere() -> None:
    text = "".join(line for line in atoms_of(polymer("GSALSG")) if name_of(line) != "N" or number_of(line) == 1)
    refused(text + "END\n", "5 of 6 residues lack backbone atoms")


@pytest.mark.parametrize(("sequence", "flavour", "trace"), [("GSALSG", 0, "CA"), ("ACGT", DNA, "P")])
def test_trace(sequence: str, flavour: int, trace: str) -> None:
    text = "".join(line for line in atoms_of(polymer(sequence, flavour)) if name_of(line) == trace) + "END\n"
    refused(text, f"only one atom ({trace})")


def test_duplicate_serials() -> None:
    text = "".join(f"{line[:6]}    1{line[11:]}" for line in SERINE.splitlines(keepends=True)) + "END\n"
    structure = prepared(text)
    assert "serial numbers occur more than once" in structure.report.of("read")[0].sentence
    assert structure.molecule.content_hash == prepared(capped("S")).molecule.content_hash


def test_duplicate_atoms() -> None:
    line = next(line for line in atoms_of(capped("S")) if name_of(line) == "OG")
    structure = prepared(SERINE + line + "END\n")
    assert structure.report.of("names")[0].atoms == ("OG",)
    assert structure.molecule.content_hash == prepared(capped("S")).molecule.content_hash


@pytest.mark.parametrize("name", ["HID", "HIE", "HIP", "HSD", "HSE", "HSP"])
def test_residue_names_of_force_fields(name: str) -> None:
    structure = prepared(capped("H").replace("HIS", name))
    assert f"{name} read as HIS" in structure.report.of("names")[0].sentence
    assert structure.molecule.content_hash == prepared(capped("H")).molecule.content_hash


def test_old_names_of_dna() -> None:
    old = {"OP1": "O1P", "OP2": "O2P"}
    lines = []
    for line in atoms_of(polymer("ACGT", DNA)):
        name = old.get(name_of(line), name_of(line)).replace("'", "*")
        lines.append(renamed(line, residue_of(line)[1:], name))
    structure = prepared("".join(lines) + "END\n")
    assert structure.molecule.content_hash == prepared(polymer("ACGT", DNA)).molecule.content_hash
    assert [residue.name for residue in structure.topology.residues] == ["DA", "DC", "DG", "DT"]


def test_coordinates_in_the_wrong_columns() -> None:
    text = "".join(f"{line[:30]} {line[30:]}" for line in SERINE.splitlines(keepends=True)) + "END\n"
    refused(text, "columns 31 to 54")


def test_an_element_that_cannot_be_told() -> None:
    refused(SERINE.replace(" OG  SER", " QX  SER", 1)[:-3].replace("           O", "            ") + "END\n", "element")


@pytest.mark.parametrize("ending", ["pdb", "cif"])
def test_more_than_100_000_atoms(ending: str) -> None:
    lines = [atom(i, "CA", "ALA", i % 9999, (i % 99, i // 99 % 99, i // 9801), "C") for i in range(100_001)]
    text = "".join(lines) + "END\n"
    if ending == "cif":
        text = gemmi.read_pdb_string(text).make_mmcif_document().as_string()
    started = time.process_time()
    refused(text, "100 001 atoms", f"a.{ending}")
    assert time.process_time() - started < 10


def test_chains_whose_names_are_used_again_can_be_chosen() -> None:
    text = "".join(shifted(capped("S"), 30.0 * n, "AB"[n % 2]) for n in range(6))
    with pytest.raises(PreparationError, match=r"A \(11\), B \(11\), C \(11\)"):
        prepare((text + "END\n").encode(), "a.pdb", max_atoms=40)


def test_selenomethionines_of_which_only_the_alpha_carbon_was_seen() -> None:
    """Nothing but such is a trace; beside other residues they are left out and reported."""

    def alone(chain: str) -> str:
        return atom(95, "CA", "MSE", 95, (60, 0, 0), "C", chain)

    refused(alone("A") + "END\n", "only one atom")
    structure = prepared(SERINE + alone("B") + "END\n")
    assert any("MET B 95 left out" in entry.sentence for entry in structure.report.of("backbone"))


def test_waters_that_are_left_out_do_not_count() -> None:
    waters = "".join(atom(i, "O", "HOH", i % 9999, (100 + i % 99 * 3, i // 99 * 3, 0), "O", "W") for i in range(9000))
    structure = prepare((SERINE + waters + "END\n").encode(), "a.pdb", max_atoms=100)
    assert len(structure.molecule) == 23
    with pytest.raises(StructureError, match="9 011 atoms"):
        prepare((SERINE + waters + "END\n").encode(), "a.pdb", Options(waters_angstrom=900), max_atoms=100)


def test_too_many_atoms_once_hydrogens_are_there() -> None:
    with pytest.raises(StructureError, match="RHOSCOPE_MAX_ATOMS"):
        prepare(capped("S").encode(), "a.pdb", max_atoms=15)


def test_too_many_atoms_with_hydrogens_are_refused_before_any_is_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.chem.prepare import pipeline

    monkeypatch.setattr(pipeline, "_build", None)
    with pytest.raises(StructureError, match="RHOSCOPE_MAX_ATOMS"):
        prepare(capped("S").encode(), "a.pdb", max_atoms=15)


def test_other_formats_are_read_as_they_are() -> None:
    structure = prepared("3\nwater\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n", "a.xyz")
    assert len(structure.molecule) == len(structure.topology) == 3
    assert structure.report.to_confirm


def test_nothing_left() -> None:
    refused(atom(1, "ZN", " ZN", 1, (0, 0, 0), "ZN") + "END\n", "nothing in this structure but 1 monoatomic ion")
    refused(SERINE + "END\n", "Nothing is left", drop=("ACE", "SER", "NME"))


def test_a_residue_with_an_atom_that_it_cannot_have() -> None:
    with pytest.raises(PreparationError, match="CE9"):
        prepared(SERINE + atom(99, "CE9", "SER", 2, (50, 50, 50), "C").replace("HETATM", "ATOM  ") + "END\n")


def test_far_away() -> None:
    text = "".join(f"{line[:30]}{9000 + float(line[30:38]):8.3f}{line[38:]}" for line in atoms_of(capped("S")))
    structure = prepared(text + "END\n")
    assert structure.molecule.charge == 0 and np.isfinite(structure.molecule.positions_angstrom).all()


def as_mmcif(text: str) -> str:
    structure = gemmi.read_pdb_string(text)
    structure.setup_entities()
    return structure.make_mmcif_document().as_string()


def test_a_coordinate_that_mmcif_leaves_open() -> None:
    text = as_mmcif(capped("S"))
    row = next(line for line in text.splitlines() if line.startswith("ATOM") and " CB " in line)
    x = row.split()[10]
    refused(text.replace(row, row.replace(x, "?", 1)), "coordinate of atom CB in residue SER", "a.cif")


@pytest.mark.parametrize("name", ["9" * 400, "'a b c d e f g h i j k l m n o p q r s t u v w x y z'"])
def test_a_name_that_is_none(name: str) -> None:
    refused(as_mmcif(SERINE.replace("SER", "XYZ") + "END\n").replace(" XYZ ", f" {name} "), "which is no name", "a.cif")


def test_a_file_of_several_molecules_says_that_the_first_is_used() -> None:
    methane = Chem.AddHs(Chem.MolFromSmiles("C"))
    rdDistGeom.EmbedMolecule(methane, randomSeed=7)
    sdf, xyz = Chem.MolToMolBlock(methane) + "$$$$\n", Chem.MolToXYZBlock(methane)
    for text, name in ((sdf, "a.sdf"), (xyz, "a.xyz")):
        assert not prepared(text, name).report.of("model")
        [entry] = prepared(text * 3, name).report.of("model")
        assert entry.sentence == "The first of 3 structures in the file is used; the others are left out."


def test_atoms_that_all_lie_in_one_place_are_refused_by_name() -> None:
    lines = atoms_of(polymer("GAG"))
    refused(
        "".join(f"{x[:30]}   0.000   0.000   0.000{x[54:]}" for x in lines) + "END\n",
        "GLY A 1 N and GLY A 1 CA overlap",
    )
    on_top = "".join(f"{x[:30]}{lines[0][30:54]}{x[54:]}" if x == lines[-2] else x for x in lines)
    refused(on_top + "END\n", "GLY A 1 N and GLY A 3 O overlap")


def test_ends_of_lines_of_any_system() -> None:
    plain = prepared(polymer("GAG"))
    for end in ("\r\n", "\r"):
        assert len(prepared(polymer("GAG").replace("\n", end)).molecule) == len(plain.molecule)


def test_an_mmcif_file_of_two_blocks_says_that_the_first_is_used() -> None:
    text = gemmi.read_pdb_string(polymer("GAG")).make_mmcif_document().as_string()
    second = text.replace("data_", "data_other", 1)
    assert not prepared(text, "a.cif").report.of("model")
    [entry] = prepared(text + second, "a.cif").report.of("model")
    assert entry.sentence.startswith("The first of 2 data blocks")
