"""What the places of the atoms say of the unit of length, and of mirror images."""

from collections.abc import Callable

import pytest

from core.chem.prepare import Options, Prepared, prepare
from core.errors import PreparationError
from tests.molecules import DNA, atoms_of, number_of, polymer


def prepared(text: str) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(protonation="rules"))


def moved(text: str, change: Callable[[float, int], float], residues: tuple[int, ...] = ()) -> str:
    """The atoms with other coordinates; change: of a coordinate and its axis."""
    lines = []
    for line in atoms_of(text):
        if not residues or number_of(line) in residues:
            xyz = [change(float(line[30 + 8 * axis : 38 + 8 * axis]), axis) for axis in range(3)]
            line = f"{line[:30]}{''.join(f'{value:8.3f}' for value in xyz)}{line[54:]}"
        lines.append(line)
    return "".join(lines) + "END\n"


@pytest.mark.parametrize("text", [polymer("GAVL"), polymer("ACG", DNA)])
def test_coordinates_in_bohr_are_refused(text: str) -> None:
    prepared(text)
    with pytest.raises(PreparationError, match=r"2\.[6-9]\d angstrom long in the middle"):
        prepared(moved(text, lambda value, _: value * 1.8897))


def test_mirror_images_of_amino_acids_are_told() -> None:
    assert not prepared(polymer("GAVLIMFWPSTCYNQDEKRH")).report.of("names")
    mirrored = prepared(moved(polymer("GAV"), lambda value, axis: -value if axis == 0 else value))
    [entry] = mirrored.report.of("names")
    assert entry.confirm and "ALA A 2, VAL A 3 are D-amino acids" in entry.sentence
