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
