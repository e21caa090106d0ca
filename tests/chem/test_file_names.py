"""Names of a file beside its molecule: the same atoms in the same order."""

from core.chem.file_names import names_in_file
from core.chem.read import read_structure

PDB = (
    b"HETATM    1  O   HOH A  12       0.000   0.000   0.117  1.00  0.00           O\n"
    b"HETATM    2  H1  HOH A  12       0.000   0.757  -0.469  1.00  0.00           H\n"
    b"HETATM    3  H2  HOH A  12       0.000  -0.757  -0.469  1.00  0.00           H\n"
    b"HETATM    4  O  AHOH B   3B      5.000   0.000   0.117  0.40  0.00           O\n"
    b"HETATM    5  O  BHOH B   3B      5.000   0.000   0.217  0.60  0.00           O\n"
    b"HETATM    6  H1  HOH B   3B      5.000   0.757  -0.369  1.00  0.00           H\n"
    b"HETATM    7  H2  HOH B   3B      5.000  -0.757  -0.369  1.00  0.00           H\n"
    b"END\n"
)


def test_they_are_those_of_the_atoms_that_are_read() -> None:
    molecule = read_structure(PDB, "two.pdb")
    topology = names_in_file(PDB, "two.pdb")
    assert topology is not None and len(topology) == len(molecule) == 6
    assert [topology.label(k) for k in (0, 3)] == ["HOH A 12 O", "HOH B 3B O"]
    assert [name[0] for name in topology.atom_names] == list(molecule.symbols)
    assert [residue.kind for residue in topology.residues] == ["water", "water"]


def test_formats_without_residues_have_none() -> None:
    assert names_in_file(b"1\n\nO 0 0 0\n", "one.xyz") is None
