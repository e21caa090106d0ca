"""Files put behind one another, and frames: nothing is lost without a word."""

from core.chem.prepare import Options, Prepared, prepare
from tests.molecules import atoms_of, capped, ligand, polymer, shifted

LIGAND = ligand("CCO", "QQX", hydrogens=True)
PROTEIN = "".join(atoms_of(polymer("GAG")))


def prepared(text: str) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options())


def test_a_ligand_behind_the_end_of_a_protein_is_there() -> None:
    expected = prepared(f"{PROTEIN}{LIGAND}END\n")
    for text in (f"{PROTEIN}END\n{LIGAND}END\n", f"{PROTEIN}TER\nEND   \n{LIGAND}"):
        structure = prepared(text)
        assert structure.molecule.content_hash == expected.molecule.content_hash
        assert any("behind an END" in entry.sentence for entry in structure.report.to_confirm)


def test_frames_of_a_simulation_are_no_copies() -> None:
    later = shifted(PROTEIN, 0.7, "A")
    structure = prepared(f"{PROTEIN}END\n{later}END\n{later}END\n")
    assert structure.molecule.content_hash == prepared(f"{PROTEIN}END\n").molecule.content_hash
    assert "Frame 1 of 3" in structure.report.of("model")[0].sentence


def test_nothing_is_said_of_a_file_with_one_end() -> None:
    for text in (f"{PROTEIN}END\n", f"MODEL        1\n{PROTEIN}ENDMDL\nEND\n", capped("S")):
        structure = prepared(text)
        assert not structure.report.of("model") and not structure.report.of("read")


def test_a_file_that_stops_within_a_chain_is_to_be_confirmed() -> None:
    """Cut at the end of a line, as a download that broke off."""
    last = next(index for index, line in enumerate(PROTEIN.splitlines()) if " GLY A   3" in line)
    cut = "".join(PROTEIN.splitlines(keepends=True)[:last])
    for text in (cut, cut.rstrip("\n"), f"{cut}\n\n"):
        structure = prepared(text)
        [entry] = structure.report.of("read")
        assert "no END" in entry.sentence and "behind ALA A 2, which is taken for the end" in entry.sentence
        assert entry in structure.report.to_confirm
        assert structure.molecule.content_hash == prepared(f"{cut}END\n").molecule.content_hash


def test_a_file_that_lacks_its_end_behind_a_whole_chain_gets_a_note() -> None:
    whole = ("".join(atoms_of(capped("S"))), f"{PROTEIN}{LIGAND}", LIGAND)
    for text, last in zip(whole, ("NME A 3", "QQX L 1", "QQX L 1"), strict=True):
        [entry] = [entry for entry in prepared(text).report.of("read") if "no END" in entry.sentence]
        assert entry.sentence.endswith(f"behind {last}.") and not entry.confirm


def test_other_records_that_stand_behind_atoms_are_an_end() -> None:
    model = f"MODEL        1\n{PROTEIN}ENDMDL\n"
    for text in (f"{PROTEIN}TER\n", f"{PROTEIN}CONECT    1    2\n", f"{PROTEIN}MASTER        0\n", model):
        assert not prepared(text).report.of("read")
