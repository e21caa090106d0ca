"""What is shown, from a file: prepared, prepared otherwise, or taken as it stands."""

import numpy as np
import pytest

from core.chem.prepare import Options
from core.chem.subject import DEFAULT_OPTIONS, Source, Subject, from_source
from core.errors import PreparationError, StructureError
from tests.molecules import atom, capped, polymer

WATERS = """\
HETATM    1  O   HOH A   1       0.000   0.000   0.117  1.00  0.00           O
HETATM    2  H1  HOH A   1       0.000   0.757  -0.469  1.00  0.00           H
HETATM    3  H2  HOH A   1       0.000  -0.757  -0.469  1.00  0.00           H
HETATM    4  O   HOH A   2       0.000   0.000   2.917  1.00  0.00           O
HETATM    5  H1  HOH A   2       0.000   0.757   3.503  1.00  0.00           H
HETATM    6  H2  HOH A   2       0.000  -0.757   3.503  1.00  0.00           H
END
"""
# A ligand that no dictionary knows, complete with its hydrogens.
METHANE = """\
HETATM    1  C   XYZ A   1       0.000   0.000   0.000  1.00  0.00           C
HETATM    2  H1  XYZ A   1       0.629   0.629   0.629  1.00  0.00           H
HETATM    3  H2  XYZ A   1      -0.629  -0.629   0.629  1.00  0.00           H
HETATM    4  H3  XYZ A   1      -0.629   0.629  -0.629  1.00  0.00           H
HETATM    5  H4  XYZ A   1       0.629  -0.629  -0.629  1.00  0.00           H
END
"""


def source(text: str, name: str = "a.pdb") -> Source:
    return Source(text.encode(), name)


def test_a_file_without_hydrogens_gets_them() -> None:
    subject = from_source(source(polymer("GKG")))
    assert subject.molecule.charge == 1 and subject.topology is not None and subject.chains == ("A",)
    assert [residue.name for residue in subject.topology.residues] == ["GLY", "LYS", "GLY"]
    assert subject.report.of("hydrogens")


def test_hydrogens_of_the_file_stay_where_they_are() -> None:
    subject = from_source(source(WATERS))
    assert len(subject.molecule) == 6
    written = [[float(line[k : k + 8]) for k in (30, 38, 46)] for line in WATERS.splitlines()[:6]]
    for position in written:
        assert np.linalg.norm(subject.molecule.positions_angstrom - position, axis=1).min() < 1e-6
    assert any("kept" in entry.sentence for entry in subject.report.of("hydrogens"))


def test_another_choice_and_back() -> None:
    first = from_source(source(polymer("GKG")))
    high = first.again(Options(ph=12.5, hydrogens="auto", protonation="rules"))
    assert high.molecule.charge == first.molecule.charge - 2
    assert high.again(DEFAULT_OPTIONS).molecule.content_hash == first.molecule.content_hash


def test_chains_left_out_can_be_chosen_again() -> None:
    one = polymer("GG").replace("END\n", "TER\n")
    two = "".join(line[:21] + "B" + line[22:30] + f"{float(line[30:38]) + 30:8.3f}" + line[38:] + "\n"
                  for line in polymer("GG").splitlines() if line.startswith("ATOM"))  # fmt: skip
    subject = from_source(source(one + two + "END\n"))
    assert subject.chains == ("A", "B")
    alone = subject.again(Options(hydrogens="auto", chains=("B",)))
    assert alone.chains == ("A", "B") and 2 * len(alone.molecule) == len(subject.molecule)
    at_once = from_source(source(one + two + "END\n"), Options(chains=("B",)))
    assert at_once.chains == ("A", "B"), "as after a refusal that leaving a chain out has mended"


def test_chains_of_waters_alone_are_offered_where_they_were_chosen() -> None:
    text = polymer("GG").replace("END\n", "TER\n") + atom(90, "O", "HOH", 90, (20, 0, 0), "O", "W") + "END\n"
    assert from_source(source(text)).chains == ("A",)
    assert from_source(source(text), Options(chains=("A", "W"))).chains == ("A", "W")
    assert from_source(source(WATERS)).chains == ("A",)


def test_what_cannot_be_prepared_but_is_complete_is_taken_as_it_stands() -> None:
    """A residue called alanine with atoms that no alanine has."""
    odd = source(METHANE.replace("XYZ", "ALA").replace("HETATM", "ATOM  "))
    subject = from_source(odd)
    assert len(subject.molecule) == 5 and not subject.chains and subject.source is odd
    assert "as it stands" in subject.report.entries[0].sentence
    with pytest.raises(StructureError, match="only one atom"):
        from_source(odd, Options(ph=3.0))
    with pytest.raises(StructureError):
        from_source(source(odd.content.decode().replace("ATOM      5", "REMARK    5")))


def test_a_structure_without_a_file_cannot_be_prepared_again() -> None:
    with pytest.raises(PreparationError, match="did not come from a file"):
        Subject(from_source(source(WATERS)).molecule).again(Options())


def test_capped_residue_keeps_its_caps() -> None:
    subject = from_source(source(capped("S")))
    assert subject.topology is not None and len(subject.topology.residues) == 3
