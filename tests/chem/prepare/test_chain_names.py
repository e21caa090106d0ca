"""Chains without names of their own: none is lost, and each has its ends."""

import pytest

from core.chem.prepare import Options, Prepared, prepare
from core.chem.prepare.chain_names import tell_chains_apart
from core.chem.prepare.report import Log
from tests.molecules import atom, atoms_of, polymer


def prepared(text: str, **options: object) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


def moved(sequence: str, x: float, chain: str = " ", segment: str = "") -> str:
    return "".join(
        f"{line[:21]}{chain}{line[22:30]}{float(line[30:38]) + x:8.3f}{line[38:66]}      {segment:<4s}{line[76:]}"
        for line in atoms_of(polymer(sequence))
    )


@pytest.mark.parametrize("between", ["", "TER\n"])
@pytest.mark.parametrize("chain", [" ", "A"])
@pytest.mark.parametrize("segments", [("", ""), ("PROA", "PROB")])
def test_the_second_of_two_like_chains_is_not_taken_for_the_first(
    between: str, chain: str, segments: tuple[str, str]
) -> None:
    text = moved("GKD", 0.0, chain, segments[0]) + between + moved("GKD", 30.0, chain, segments[1]) + "END\n"
    structure = prepared(text)
    assert len(structure.molecule) == 2 * len(prepared(polymer("GKD")).molecule)
    assert structure.residue_charges.tolist() == [1, 1, -2] * 2
    assert len(structure.report.of("termini")) == 4 and not structure.report.of("caps")
    assert len({residue.chain for residue in structure.topology.residues}) == 2
    assert "called" in structure.report.of("chains")[0].sentence
    only = prepared(text, chains=("B",))
    assert len(only.molecule) == len(prepared(polymer("GKD")).molecule)


@pytest.mark.parametrize("between", ["", "TER\n"])
def test_a_chain_that_begins_after_the_last_oxygen_of_another_has_ends(between: str) -> None:
    structure = prepared(moved("GKD", 0.0) + between + moved("AEH", 30.0) + "END\n")
    assert structure.residue_charges.tolist() == [1, 1, -2, 1, -1, -1]
    assert len(structure.report.of("termini")) == 4 and not structure.report.of("caps")


def test_numbers_that_begin_again_begin_a_chain() -> None:
    """The last oxygen is not in the file."""
    first = "".join(line for line in moved("GKD", 0.0).splitlines(keepends=True) if " OXT " not in line)
    structure = prepared(first + moved("AEH", 30.0) + "END\n")
    assert structure.residue_charges.tolist() == [1, 1, -2, 1, -1, -1]


def test_waters_whose_numbers_begin_again_are_all_there() -> None:
    waters = "".join(atom(k, "OW", "SOL", 1 + k % 3, (40.0 + 4.0 * k, 0.0, 0.0), "O", " ") for k in range(9))
    structure = prepared(moved("GAG", 0.0) + waters + "END\n", waters_angstrom=1000)
    assert sum(residue.name == "HOH" for residue in structure.topology.residues) == 9


def test_what_is_named_or_written_twice_is_left_as_it_is() -> None:
    two = moved("GKD", 0.0, "A", "PROA") + moved("GKD", 30.0, "B", "PROB") + "END\n"
    twice = moved("GKD", 0.0) + moved("GKD", 0.0) + "END\n"
    alternates = "".join(
        atom(k, name, residue, 1, (3.0 * k, 0.0, 0.0), name[0], alternate=label)
        for k, (name, residue, label) in enumerate(
            (n, r, a) for n in ("N", "CA") for r, a in (("SER", "A"), ("PRO", "B"))
        )
    )
    lines = moved("GKD", 0.0).splitlines()
    charges = "".join(f"{line[:66]}    {0.1 * k - 0.6:6.3f} {line[77:]}\n" for k, line in enumerate(lines))
    types = "".join(f"{line[:72]}{line[12:16].strip():<4s}{line[76:]}\n" for line in lines)
    for text in (two, twice, alternates, charges, types):
        assert tell_chains_apart(text, Log()) == text
