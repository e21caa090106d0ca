"""Each step of the preparation, on a structure made for it, and its switch."""

import gemmi
import numpy as np
import pytest

from core.chem.prepare import Options, Prepared, prepare
from core.errors import PreparationError, StructureError, UnsupportedElementError
from tests.molecules import (
    atom,
    atoms_of,
    capped,
    ligand,
    name_of,
    number_of,
    polymer,
    renamed,
    residue_of,
    shifted,
    without,
)


def prepared(text: str, **options: object) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


def names_in(structure: Prepared, residue: int) -> set[str]:
    return {structure.topology.atom_names[index] for index in structure.topology.atoms_of_residue[residue]}


def test_missing_side_chain_atoms_are_built_where_they_belong() -> None:
    text = polymer("GWKG")
    whole = prepared(text)
    mended = prepared(without(text, "TRP", "CZ2", "CH2", "CZ3", "NE1"))
    assert names_in(mended, 1) == names_in(whole, 1)
    [entry] = mended.report.of("missing_atoms")
    assert (entry.residue, entry.atoms) == ("TRP A 2", ("CH2", "CZ2", "CZ3", "NE1"))
    assert mended.molecule.charge == whole.molecule.charge
    assert "pdbfixer" in dict(mended.report.programs) and "pdbfixer" not in dict(whole.report.programs)
    positions = {
        mended.topology.atom_names[i]: mended.molecule.positions_angstrom[i]
        for i in mended.topology.atoms_of_residue[1]
    }
    for one, two in (("NE1", "CE2"), ("CZ2", "CH2"), ("CZ3", "CH2"), ("CZ3", "CE3"), ("NE1", "CD1")):
        assert 1.2 < np.linalg.norm(positions[one] - positions[two]) < 1.6


def test_missing_atoms_are_built_the_same_each_time() -> None:
    text = without(polymer("GWKG"), "LYS", "CD", "CE", "NZ")
    one, two = prepared(text), prepared(text)
    assert one.molecule.positions_angstrom.tobytes() == two.molecule.positions_angstrom.tobytes()


def test_what_is_missing_and_not_built_is_told() -> None:
    structure = prepared(without(polymer("GKG"), "LYS", "CD", "CE", "NZ"), missing_atoms=False)
    [entry] = structure.report.of("missing_atoms")
    assert entry.confirm and (entry.residue, entry.atoms) == ("LYS A 2", ("CD", "CE", "NZ"))
    assert structure.molecule.charge == 0


def test_the_last_oxygen_of_a_chain_is_built() -> None:
    text = "".join(line for line in atoms_of(polymer("GAG")) if name_of(line) != "OXT") + "END\n"
    structure = prepared(text)
    assert "OXT" in names_in(structure, 2) and structure.molecule.charge == 0
    assert "missing_atoms" not in prepared(text, missing_atoms=False).report.counts


def test_the_last_oxygen_lies_apart_where_the_side_chain_is_missing_too():
    """The end of 3HKL, chain A, as it is in the file: PDBFixer's OXT lies 0.5 angstrom from the O."""
    atoms = {
        "N": (66.929, 7.118, 20.316), "CA": (67.851, 7.834, 21.213), "C": (68.470, 6.952, 22.295),
        "O": (69.699, 6.838, 22.390), "CB": (67.185, 9.075, 21.827),
    }  # fmt: skip
    lines = [
        f"ATOM  {k:5d}  {name:<3s} ASP A   1    {x:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00           {name[0]}\n"
        for k, (name, (x, y, z)) in enumerate(atoms.items(), 1)
    ]
    structure = prepared("".join(lines) + "END\n")
    place = dict(zip(structure.topology.atom_names, structure.molecule.positions_angstrom, strict=True))
    assert np.linalg.norm(place["OXT"] - place["O"]) == pytest.approx(2.2, abs=0.08)
    assert np.linalg.norm(place["OXT"] - place["CA"]) == pytest.approx(2.4, abs=0.08)
    assert np.linalg.norm(place["OXT"] - place["CB"]) > 2.4


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize("gone", [("ALA",), ("ALA", "LEU")])
def test_a_gap_is_closed_with_hydrogens_and_stays_neutral(gone: tuple[str, ...], protonation: str) -> None:
    text = polymer("GSALSG")
    for residue in gone:
        text = without(text, residue)
    structure = prepared(text, protonation=protonation)
    assert structure.molecule.charge == 0
    assert len(structure.report.of("caps")) == 2 and len(structure.report.of("termini")) == 2
    heavy = int((structure.molecule.atomic_numbers > 1).sum())
    assert heavy == len(atoms_of(text))


@pytest.mark.parametrize("ending", ["pdb", "cif"])
@pytest.mark.parametrize("assembly", ["", "1"])
def test_ends_that_the_sequence_says_are_not_seen_are_closed(ending: str, assembly: str) -> None:
    text = "".join(line for line in atoms_of(polymer("GSALSG")) if number_of(line) not in (1, 6)) + "TER\nEND\n"
    structure = gemmi.read_pdb_string("SEQRES   1 A    6  GLY SER ALA LEU SER GLY\n" + text)
    structure.setup_entities()
    structure.assign_label_seq_id()
    one = gemmi.Assembly("1")
    generator, operator = gemmi.Assembly.Gen(), gemmi.Assembly.Operator()
    generator.chains = ["A"]
    generator.operators.append(operator)
    one.generators.append(generator)
    structure.assemblies.append(one)
    written = structure.make_pdb_string() if ending == "pdb" else structure.make_mmcif_document().as_string()
    found = prepare(written.encode(), f"a.{ending}", Options(assembly=assembly))
    assert [entry.residue[:3] for entry in found.report.of("caps")] == ["SER", "SER"]
    assert "1 residue is missing before it" in found.report.of("caps")[0].sentence
    assert not found.report.of("termini") and found.molecule.charge == 0
    assert not found.report.of("missing_atoms")


def test_a_gap_without_caps_becomes_termini() -> None:
    structure = prepared(without(polymer("GSALSG"), "ALA"), caps=False)
    assert structure.molecule.charge == 0 and structure.residue_charges.tolist().count(1) == 2
    assert not any("closed" in entry.sentence for entry in structure.report.of("caps"))


def selenium(line: str) -> str:
    """A line of methionine as one of selenomethionine."""
    if residue_of(line) != "MET":
        return line
    if name_of(line) != "SD":
        return renamed(line, "MSE", name_of(line))
    return f"{line[:12]}SE   MSE{line[20:76]}SE\n"


def test_selenomethionine() -> None:
    lines = [selenium(line) for line in atoms_of(polymer("GMG"))]
    text = "".join(lines) + "END\n"
    structure = prepared(text)
    assert structure.topology.residues[1].name == "MET" and 16 in structure.molecule.atomic_numbers
    assert structure.molecule.content_hash == prepared(polymer("GMG")).molecule.content_hash
    with pytest.raises(UnsupportedElementError, match="Se in MSE A 2"):
        prepared(text, selenomethionine=False)


def test_disulfide() -> None:
    """Two capped cysteines, the second mirrored so that the sulfurs are 2.05 angstrom apart."""
    lines = atoms_of(capped("C"))
    positions = np.array([[float(line[s : s + 8]) for s in (30, 38, 46)] for line in lines])
    names = [name_of(line) for line in lines]
    sulfur, beta = positions[names.index("SG")], positions[names.index("CB")]
    axis = (sulfur - beta) / np.linalg.norm(sulfur - beta)
    centre = sulfur + 1.025 * axis
    second = 2 * centre - positions
    other = [
        f"{line[:21]}B{line[22:30]}{x:8.3f}{y:8.3f}{z:8.3f}{line[54:]}"
        for line, (x, y, z) in zip(lines, second.tolist(), strict=True)
    ]
    text = "".join(lines) + "TER\n" + "".join(other) + "END\n"
    bonded = prepared(text)
    [entry] = bonded.report.of("disulfides")
    assert entry.residue == "CYS A 2" and bonded.molecule.charge == 0
    assert not bonded.report.of("protonation"), "PROPKA's 99.99 is no pKa"
    single = prepared(capped("C"))
    assert len(bonded.molecule) == 2 * len(single.molecule) - 2


def test_alternate_of_the_highest_occupancy() -> None:
    lines = []
    for line in atoms_of(capped("S")):
        if name_of(line) == "OG":
            lines += [
                f"{line[:16]}A{line[17:54]}  0.30{line[60:]}",
                f"{line[:16]}B{line[17:30]}{float(line[30:38]) + 0.2:8.3f}{line[38:54]}  0.70{line[60:]}",
            ]
        else:
            lines.append(line)
    structure = prepared("".join(lines) + "END\n")
    [entry] = structure.report.of("alternates")
    assert "location B is used, A left out" in entry.sentence and entry.atoms == ("OG",)
    assert len(structure.molecule) == len(prepared(capped("S")).molecule)


def test_the_larger_of_two_residues_in_one_place_does_not_win_by_its_size() -> None:
    """A tryptophan at 0.3 and an alanine at 0.7, with the numbers of one residue."""

    def at(code: str, label: str, occupancy: float) -> list[str]:
        lines = [line for line in atoms_of(capped(code)) if residue_of(line) not in ("ACE", "NME")]
        return [f"{line[:16]}{label}{line[17:54]}{occupancy:6.2f}{line[60:]}" for line in lines]

    structure = prepared("".join(at("W", "A", 0.3) + at("A", "B", 0.7)) + "END\n")
    assert [residue.name for residue in structure.topology.residues] == ["ALA"]


def test_an_atom_without_a_label_gives_way_to_the_chosen_one_of_its_name() -> None:
    """As in 1AH7, where the first of two places has no label."""
    lines = []
    for line in atoms_of(capped("S")):
        lines.append(line)
        if name_of(line) == "OG":
            lines.append(f"{line[:16]}B{line[17:30]}{float(line[30:38]) + 0.2:8.3f}{line[38:54]}  0.70{line[60:]}")
    there = prepared("".join(lines) + "END\n").molecule.positions_angstrom
    whole = prepared(capped("S")).molecule.positions_angstrom
    assert len(there) == len(whole)
    oxygen = next(line for line in lines if line[16] == "B")
    wanted = np.array([float(oxygen[30:38]), float(oxygen[38:46]), float(oxygen[46:54])])
    assert np.abs(there - wanted).max(axis=1).min() < 1e-9


def test_atoms_that_overlap_are_called_by_residue_and_name() -> None:
    text = "".join(atoms_of(capped("S"))) + shifted(capped("A"), 0.1, "B") + "END\n"
    with pytest.raises(StructureError, match=r"Atoms \w{3} A \d \w+ and \w{3} B \d \w+ overlap"):
        prepared(text)


def waters(*distances: float) -> str:
    """Oxygens on the x axis beyond the largest x of the capped serine."""
    edge = max(float(line[30:38]) for line in atoms_of(capped("S")))
    row = max(atoms_of(capped("S")), key=lambda line: float(line[30:38]))
    y, z = float(row[38:46]), float(row[46:54])
    return "".join(atom(900 + i, "O", "HOH", 900 + i, (edge + d, y, z), "O", "W") for i, d in enumerate(distances))


@pytest.mark.parametrize(("within", "kept"), [(0.0, 0), (3.5, 1), (10.0, 2), (100.0, 3)])
def test_waters_within_a_distance(within: float, kept: int) -> None:
    text = "".join(atoms_of(capped("S"))) + waters(3.0, 6.0, 20.0) + "END\n"
    structure = prepared(text, waters_angstrom=within)
    found = [r for r in structure.topology.residues if r.kind == "water"]
    assert len(found) == kept
    assert f"{kept} of 3 waters kept" in structure.report.of("waters")[0].sentence
    for index, residue in enumerate(structure.topology.residues):
        if residue.kind == "water":
            assert len(structure.topology.atoms_of_residue[index]) == 3


def test_ions_are_listed_beside_the_molecule() -> None:
    text = (
        "".join(atoms_of(capped("S")))
        + atom(90, "ZN", " ZN", 90, (30, 0, 0), "ZN")
        + atom(91, "CL", " CL", 91, (40, 0, 0), "CL")
        + "END\n"
    )
    structure = prepared(text)
    assert [(ion.atomic_number, ion.charge) for ion in structure.free_ions] == [(30, 2), (17, -1)]
    assert structure.molecule.content_hash == prepared(capped("S")).molecule.content_hash
    twice = prepared(text.replace("END", atom(92, "ZN", " ZN", 92, (30.1, 0, 0), "ZN") + "END"))
    assert len(twice.free_ions) == 2 and "the same" in twice.report.of("ions")[-1].sentence
    added = prepared(text, ions="add")
    assert len(added.free_ions) == 2 and added.molecule.content_hash == structure.molecule.content_hash
    dropped = prepared(text, ions="drop")
    assert dropped.free_ions == () and len(dropped.report.of("ions")) == 2


def test_unsupported_elements_are_refused_by_name_or_dropped() -> None:
    text = "".join(atoms_of(capped("S"))) + ligand("CCCl", "UNK") + "END\n"
    with pytest.raises(UnsupportedElementError, match="Cl in UNK L 1"):
        prepared(text, ligands=(("UNK", "CCCl"),))
    assert len(prepared(text, drop=("UNK",)).molecule) == len(prepared(capped("S")).molecule)
    structure = prepared(text, unsupported="drop", ligands=(("UNK", "CC"),))
    assert len(structure.molecule) == len(prepared(capped("S")).molecule) + 8
    assert any(entry.step == "elements" for entry in structure.report.to_confirm)


def test_what_only_an_atom_of_an_unsupported_element_held_goes_with_it() -> None:
    """S-(dimethylarsenic)cysteine becomes a cysteine, without two molecules of methane beside it."""
    lines = atoms_of(polymer("GCG"))
    place = {name_of(x): np.array([float(x[k : k + 8]) for k in (30, 38, 46)]) for x in lines if residue_of(x) == "CYS"}
    along = (place["SG"] - place["CB"]) / np.linalg.norm(place["SG"] - place["CB"])
    across = np.cross(along, [0.3, 0.5, 0.8])
    arsenic = place["SG"] + 2.2 * along
    methyls = [arsenic + 1.4 * along + sign * 1.4 * across / np.linalg.norm(across) for sign in (1, -1)]
    text = "".join(renamed(x, "CAS", name_of(x)) if residue_of(x) == "CYS" else x for x in lines)
    last = "".join(x for x in atoms_of(text) if residue_of(x) == "GLY" and number_of(x) == 3)
    more = atom(90, "AS", "CAS", 2, tuple(arsenic), "As") + "".join(
        atom(91 + k, f"CE{k + 1}", "CAS", 2, tuple(xyz), "C") for k, xyz in enumerate(methyls)
    )
    structure = prepared(text.replace(last, more + last), unsupported="drop")
    assert len(structure.molecule) == len(prepared(polymer("GCG")).molecule)
    [entry] = structure.report.of("elements")
    assert "As (AS), and CE1, CE2, which nothing else held, left out" in entry.sentence
    assert not structure.report.of("missing_atoms")


def test_chains_can_be_chosen() -> None:
    text = "".join(atoms_of(capped("S"))) + "TER\n" + shifted(capped("S"), 50, "B") + "END\n"
    assert len(prepared(text).molecule) == 2 * len(prepared(text, chains=("B",)).molecule)
    with pytest.raises(PreparationError, match="Chains: A, B"):
        prepared(text, chains=("C",))


def test_hydrogens_of_the_file_can_be_kept() -> None:
    from core.chem.prepare.write import format_prepared

    whole = prepared(polymer("GHG"), ph=2.0)
    text = format_prepared(whole, "pdb")
    again = prepared(text, hydrogens="keep", ph=7.0)
    assert again.molecule.charge == whole.molecule.charge and len(again.molecule) == len(whole.molecule)
    assert again.topology.atom_names == whole.topology.atom_names
    rebuilt = prepared(text, ph=7.0, hydrogens="rebuild")
    assert rebuilt.molecule.charge == 0


def test_assembly_of_a_cif_and_its_absence() -> None:
    with pytest.raises(PreparationError, match="no assembly '7'"):
        prepared(capped("S"), assembly="7")


@pytest.mark.parametrize("wrong", [{"ph": 15}, {"ph": -1}, {"waters_angstrom": -2}, {"model": 0}, {"ph": float("nan")}])
def test_options_that_make_no_sense(wrong: dict) -> None:
    with pytest.raises(PreparationError):
        Options(**wrong)


def test_numbers_of_residues_survive() -> None:
    structure = prepared(polymer("GAG"))
    assert [residue.number for residue in structure.topology.residues] == sorted(
        {number_of(x) for x in atoms_of(polymer("GAG"))}
    )


def as_dictionary(smiles: str, residue: str, names: dict[str, str]) -> str:
    """A molecule under the names that the dictionary gives to its atoms."""
    return "".join(renamed(line, residue, names[name_of(line)]) for line in atoms_of(ligand(smiles, residue)))


def test_a_name_that_means_a_ligand_too_is_told_by_its_atoms() -> None:
    """Free adenine and homoserine are called as a force field calls a nucleotide and a histidine."""
    names = dict(zip(("N1", "C1", "N2", "C2", "N3", "C3", "N4", "C4", "N5", "C5"),
                     ("N6", "C6", "N1", "C2", "N3", "C4", "N9", "C8", "N7", "C5"), strict=True))  # fmt: skip
    adenine = prepared(as_dictionary("Nc1ncnc2[nH]cnc12", "ADE", names) + "END\n")
    assert (adenine.topology.residues[0].name, adenine.molecule.charge, len(adenine.molecule)) == ("ADE", 0, 15)
    names = dict(zip(("N1", "C1", "C2", "C3", "O1", "C4", "O2", "O3"),
                     ("N", "CA", "C3", "C4", "O3", "C", "O", "OXT"), strict=True))  # fmt: skip
    homoserine = prepared(as_dictionary("NC(CCO)C(=O)O", "HSE", names) + "END\n")
    assert (homoserine.topology.residues[0].name, len(homoserine.molecule)) == ("HSE", 17)
    histidine = prepared("".join(atoms_of(polymer("GHG"))).replace(" HIS ", " HSE ") + "END\n")
    assert histidine.topology.residues[1].name == "HIS"


def test_sites_of_a_water_model_that_are_no_atoms_are_left_out() -> None:
    places = (("OW", (30.0, 0.0, 0.0), "O"), ("HW1", (30.957, 0.0, 0.0), "H"), ("HW2", (29.76, 0.927, 0.0), "H"),
              ("MW", (30.1, 0.1, 0.0), "M"))  # fmt: skip
    water = "".join(atom(200 + k, name, "SOL", 200, xyz, element, "W") for k, (name, xyz, element) in enumerate(places))
    structure = prepared("".join(atoms_of(polymer("GG"))) + water + "END\n", waters_angstrom=100)
    assert len(structure.topology.atoms_of_residue[2]) == 3
    assert any("1 site of water models" in entry.sentence for entry in structure.report.of("names"))
    twice = water.replace("HW2", "HW1")
    assert len(prepared("".join(atoms_of(polymer("GG"))) + twice + "END\n", waters_angstrom=100).molecule) == 20


@pytest.mark.parametrize(("sequence", "flavour"), [("GKHDEYG", 0), ("ACGU", 2), ("ACGT", 6)])
@pytest.mark.parametrize("ending", ["pdb", "cif"])
def test_what_was_prepared_and_written_is_prepared_as_it_is(sequence: str, flavour: int, ending: str) -> None:
    from core.chem.prepare.write import format_prepared

    first = prepared(polymer(sequence, flavour))
    again = prepare(format_prepared(first, ending).encode(), f"a.{ending}", Options())
    assert again.topology.atom_names == first.topology.atom_names
    assert again.molecule.charge == first.molecule.charge
    np.testing.assert_allclose(again.molecule.positions_angstrom, first.molecule.positions_angstrom, atol=6e-4)
    assert not any("Completed" in entry.sentence for entry in again.report.entries)


def test_another_residue_in_the_same_place_is_told_too() -> None:
    """Alanine with 0.4 and serine with 0.6 in the place of one residue."""
    glycine, last = ("".join(x for x in atoms_of(polymer("GAG")) if number_of(x) == n) for n in (1, 3))
    alanine, serine = ([x for x in atoms_of(polymer(f"G{code}G")) if number_of(x) == 2] for code in "AS")
    both = "".join(
        f"{line[:16]}{label}{line[17:54]}{occupancy:6.2f}{line[60:]}"
        for lines, label, occupancy in ((alanine, "A", 0.4), (serine, "B", 0.6))
        for line in lines
    )
    [entry] = prepared(f"{glycine}{both}{last}END\n").report.of("alternates")
    assert entry.sentence.startswith("SER A 2: alternate location B is used, A (ALA) left out")


def test_names_in_small_letters_are_those_of_the_dictionary() -> None:
    small = "".join(f"{line[:17]}{line[17:20].lower()}{line[20:]}" for line in atoms_of(polymer("GSG")))
    structure, plain = prepared(small + "END\n"), prepared(polymer("GSG"))
    assert structure.topology.residues == plain.topology.residues
    assert structure.topology.atom_names == plain.topology.atom_names


def test_a_last_oxygen_ends_a_chain_whose_sequence_goes_on() -> None:
    """Many entries have one on the last residue that was seen; PDB2PQR gives up where that is no terminus."""
    structure = prepared("SEQRES   1 A    5  GLY ALA GLY LYS LYS\n" + polymer("GAG"))
    assert structure.residue_charges.tolist() == [1, 0, -1]
    assert not structure.report.of("caps") and "pdb2pqr" in dict(structure.report.programs)
    assert "2 residues are missing after it" in structure.report.of("termini")[-1].sentence
    shorter = prepared("SEQRES   1 A    5  GLY ALA GLY LYS LYS\n" + without(polymer("GAG"), "GLY", "OXT"))
    assert [entry.residue for entry in shorter.report.of("caps")] == ["GLY A 3"]
