"""PDB files whose columns have moved: no coordinate may lose its sign or a digit without a word."""

from collections.abc import Callable

import pytest

from core.chem.pdb_columns import require_pdb_columns
from core.chem.read import read_structure
from core.errors import StructureError
from tests.molecules import atom, atoms_of, ligand, polymer

METHANOL = ligand("CO", "QQQ", hydrogens=True)
FAR = ligand("CO", "QQQ", x=-140.0, hydrogens=True)


def moved(text: str, by: int, column: int = 28) -> list[str]:
    """The atoms with everything from this column on (from 1) moved right by so many columns, or left."""
    cut = column - 1
    return [line[:cut] + " " * by + line[cut - min(by, 0) :].rstrip() for line in atoms_of(text)]


@pytest.mark.parametrize("by", [-3, -2, -1, 1, 2, 3])
def test_moved_columns_are_refused_and_the_words_are_true(by: int) -> None:
    lines = moved(FAR, by)
    assert len(atoms_of(FAR)[0].split()[6]) == 8
    with pytest.raises(StructureError, match="line 1 .* do not stand in columns 31 to 54") as caught:
        read_structure("\n".join(lines).encode(), "a.pdb")
    assert " ".join(lines[0].split()[6:9]) == " ".join(caught.value.message.split("'")[1].split())
    assert "mmCIF" in caught.value.remedy and "program" in caught.value.remedy


def test_whole_lines_that_have_moved_left_are_no_unknown_residues() -> None:
    with pytest.raises(StructureError, match="do not stand in columns 31 to 54"):
        require_pdb_columns(moved(polymer("GA"), -1, column=7))


def test_the_number_of_the_first_line_that_has_moved() -> None:
    one, two = atoms_of(FAR)[:2]
    with pytest.raises(StructureError, match="line 2 "):
        require_pdb_columns([one, two[:27] + two[28:]])


def test_lines_without_columns() -> None:
    with pytest.raises(StructureError, match="do not stand in columns"):
        require_pdb_columns(["ATOM 1 N THR A 1 17.047 14.099 3.625 1.00 13.79 N"])


def test_x_with_two_decimals_that_begins_in_column_30() -> None:
    line = f"HETATM    1  C1  QQQ A   1   -1034.12{2:8.2f}{3:8.2f}{1:6.2f}{0:6.2f}           C"
    with pytest.raises(StructureError, match="do not stand in columns"):
        require_pdb_columns([line])


ATOM = atom(1, "C1", "QQQ", 1, (1.5, 2.5, 3.5), "C")


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line[:22] + "   1B" + line[27:],
        lambda line: line[:22] + "100000  " + line[30:],
        lambda line: line[:22] + "10000000" + line[30:],
        lambda line: line[:22] + "    " + line[26:],
        lambda line: line[:22] + "1   " + line[26:],
        lambda line: line[:30] + "-103.123-114.099-100.625" + line[54:],
        lambda line: line[:30] + f"{1.5:8.2f}{2.5:8.2f}{3.5:8.2f}" + line[54:],
        lambda line: line[:30] + f"{1.5:<8.4f}{2.5:<8.4f}{3.5:<8.4f}" + line[54:],
        lambda line: line[:54] + "100.00" + line[60:],
        lambda line: line[:54],
    ],
)
def test_what_programs_write_is_accepted(change: Callable[[str], str]) -> None:
    """Insertion codes, numbers of residues of any length or none, full columns, other decimals, short lines."""
    require_pdb_columns([change(ATOM)])
