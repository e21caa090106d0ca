"""Names of other programs: the same molecule comes out as under the names of the dictionary."""

import numpy as np
import pytest

from core.chem.four_letter_names import marked
from core.chem.prepare import Options, Prepared, prepare
from core.chem.prepare.dialects import RESIDUE_ALIASES
from core.chem.prepare.write import format_prepared
from tests.molecules import DNA, RNA, atom, atoms_of, capped, name_of, number_of, polymer, residue_of


def prepared(text: str, **options: object) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


def called(text: str, names: dict[int, str], atoms: dict[str, str] | None = None) -> str:
    """Residues by number, and atoms, under other names; of four letters in columns 18-21."""
    lines = []
    for line in atoms_of(text):
        one = (atoms or {}).get(name_of(line), name_of(line))
        name = names.get(number_of(line), residue_of(line))
        padded = one if len(one) == 4 else f" {one:<3s}"
        lines.append(f"{line[:12]}{padded} {f'{name:>3s}':<4s}{line[21:]}")
    return "".join(lines) + "END\n"


def without_elements(text: str) -> str:
    return "".join(f"{line[:66]}\n" for line in atoms_of(text)) + "END\n"


def whole(sequence: str, flavour: int = 0) -> str:
    return format_prepared(prepared(polymer(sequence, flavour), protonation="rules"), "pdb")


def same(one: Prepared, two: Prepared) -> None:
    assert one.molecule.charge == two.molecule.charge
    assert [r.name for r in one.topology.residues] == [r.name for r in two.topology.residues]
    assert sorted(one.molecule.symbols) == sorted(two.molecule.symbols)


@pytest.mark.parametrize(
    ("sequence", "names"),
    [
        ("GHKDG", {1: "NGLY", 5: "CGLY"}),
        ("GHG", {2: "HISA"}),
        ("GHG", {2: "HISB"}),
        ("GHG", {1: "NGLY", 2: "HISH", 3: "CGLY"}),
        ("GKG", {2: "LYSH"}),
        ("GDG", {2: "ASPP"}),
        ("GEG", {2: "GLUH"}),
        ("GCG", {2: "CYS2"}),
        ("HIG", {1: "NHIE", 2: "ILE"}),
        ("PG", {1: "NPRO"}),
        ("GKG", {2: "LSN"}),
    ],
)
@pytest.mark.parametrize("elements", [True, False])
def test_residue_names_of_md_programs(sequence: str, names: dict[int, str], elements: bool) -> None:
    text = called(polymer(sequence), names)
    structure = prepared(text if elements else without_elements(text))
    same(structure, prepared(polymer(sequence)))
    read = {name for name in names.values() if name in RESIDUE_ALIASES}
    assert all(any(f"{name} read as" in e.sentence for e in structure.report.of("names")) for name in read)


@pytest.mark.parametrize(
    ("flavour", "sequence", "names"),
    [
        (RNA, "ACGU", {1: "RA5", 2: "RC", 3: "RG", 4: "RU3"}),
        (RNA, "ACGU", {1: "ADE", 2: "CYT", 3: "GUA", 4: "URA"}),
        (DNA, "ACGT", {1: "DADE", 2: "DCYT", 3: "DGUA", 4: "DTHY"}),
        (DNA, "ACGT", {1: "ADE", 2: "CYT", 3: "GUA", 4: "THY"}),
    ],
)
def test_nucleotides_of_md_programs(flavour: int, sequence: str, names: dict[int, str]) -> None:
    text = whole(sequence, flavour)
    old = {"OP1": "O1P", "OP2": "O2P"} | ({"C7": "C5M"} if flavour == DNA else {})
    same(prepared(called(text, names, old)), prepared(text))


def test_two_letters_of_a_chain_are_no_name_of_four() -> None:
    """As programs write files with more chains than letters: HIS of a chain AA."""
    text = "".join(f"{line[:20]}AA{line[22:]}" for line in atoms_of(polymer("GHG"))) + "END\n"
    assert marked(text) == (text, {})
    assert [residue.chain for residue in prepared(text).topology.residues] == ["AA"] * 3
    nucleic = "".join(f"{line[:20]}AA{line[22:]}" for line in atoms_of(polymer("ACG", DNA))) + "END\n"
    assert marked(nucleic) == (nucleic, {})


def water(name: str, oxygen: str, hydrogens: tuple[str, str]) -> str:
    places = (
        ("O", oxygen, (40.0, 0.0, 0.0)),
        ("H", hydrogens[0], (40.96, 0.0, 0.0)),
        ("H", hydrogens[1], (39.76, 0.93, 0.0)),
    )
    lines = "".join(atom(90 + k, one, "XXX", 90, xyz, element, "W") for k, (element, one, xyz) in enumerate(places))
    return lines.replace("XXX W", f"{name:<4s}W" if len(name) == 4 else f"{name} W")


@pytest.mark.parametrize(
    ("name", "oxygen", "hydrogens"),
    [
        ("TIP3", "OH2", ("H1", "H2")),
        ("SPC", "OW", ("HW1", "HW2")),
        ("T4P", "O", ("1H", "2H")),
        ("SOL", "OW", ("H", "H")),
    ],
)
def test_waters_of_md_programs(name: str, oxygen: str, hydrogens: tuple[str, str]) -> None:
    text = "".join(atoms_of(whole("GAG"))) + water(name, oxygen, hydrogens) + "END\n"
    for one in (text, without_elements(text)):
        assert [r.name for r in prepared(one).topology.residues] == ["GLY", "ALA", "GLY"]
        kept = prepared(one, waters_angstrom=1000)
        assert kept.topology.residues[-1].name == "HOH"
        own = kept.molecule.positions_angstrom[kept.topology.atoms_of_residue[-1]]
        assert np.abs(own[1:] - [[40.96, 0.0, 0.0], [39.76, 0.93, 0.0]]).max() < 1e-9


@pytest.mark.parametrize(
    ("name", "number"), [("SOD", 11), ("POT", 19), ("CES", 55), ("RUB", 37), ("CLA", 17), ("CIO", 11)]
)
def test_ions_whose_names_are_not_their_symbols(name: str, number: int) -> None:
    """Without columns of elements CES would be cerium and RUB ruthenium."""
    text = "".join(atoms_of(polymer("GAG"))) + atom(90, name, name, 90, (40.0, 0.0, 0.0), "X", "I") + "END\n"
    assert [ion.atomic_number for ion in prepared(without_elements(text)).free_ions] == [number]


def test_a_ligand_of_the_name_of_a_cysteine_is_no_cysteine() -> None:
    """Cyanide, CYN of the dictionary, has atoms that a cysteine has too."""
    text = "".join(atoms_of(polymer("GAG")))
    text += atom(90, "C", "CYN", 90, (40.0, 0.0, 0.0), "C", "I") + atom(91, "N", "CYN", 90, (41.15, 0.0, 0.0), "N", "I")
    structure = prepared(text + "END\n")
    assert structure.topology.residues[-1].name == "CYN" and structure.residue_charges[-1] == -1


def patched(code: str) -> str:
    """ACE-X-NME as CHARMM writes it: one residue, with the names of its patches and no element columns."""
    names = {
        ("ACE", "CH3"): "CAY", ("ACE", "C"): "CY", ("ACE", "O"): "OY", ("ACE", "HH31"): "HY1", ("ACE", "HH32"): "HY2",
        ("ACE", "HH33"): "HY3", ("NME", "N"): "NT", ("NME", "C"): "CAT", ("NME", "H"): "HNT", ("NME", "H1"): "HT1",
        ("NME", "H2"): "HT2", ("NME", "H3"): "HT3",
    }  # fmt: skip
    text = format_prepared(prepared(capped(code)), "pdb")
    residue = {residue_of(line) for line in atoms_of(text)} - {"ACE", "NME"}
    lines = []
    for line in atoms_of(text):
        name = names.get((residue_of(line), name_of(line)), name_of(line))
        padded = name if len(name) == 4 else f" {name:<3s}"
        lines.append(f"{line[:12]}{padded} {residue.copy().pop():>3s}  {2:4d}{line[26:66]}      PROA\n")
    return "".join(lines) + "END\n"


@pytest.mark.parametrize("code", ["S", "I", "K"])
def test_ends_that_charmm_patches_onto_a_residue(code: str) -> None:
    structure, expected = prepared(patched(code)), prepared(capped(code))
    assert [r.name for r in structure.topology.residues] == [r.name for r in expected.topology.residues]
    assert sorted(structure.molecule.symbols) == sorted(expected.molecule.symbols)
    assert structure.molecule.charge == expected.molecule.charge
    assert not structure.report.of("termini")
    assert sum("was written as part of" in entry.sentence for entry in structure.report.of("names")) == 2


def test_caps_and_last_oxygens_under_other_names() -> None:
    nma = called(capped("S"), {3: "NMA"}, {})
    nma = "".join(f"{x[:12]} CA {x[16:]}" if (number_of(x), name_of(x)) == (3, "C") else x for x in atoms_of(nma))
    same(prepared(nma + "END\n"), prepared(capped("S")))
    last = {"O": "O1", "OXT": "O2"}
    ends = "".join(
        f"{x[:12]} {last[name_of(x)]:<3s}{x[16:]}" if number_of(x) == 3 and name_of(x) in last else x
        for x in atoms_of(whole("GAG"))
    )
    same(prepared(ends + "END\n"), prepared(whole("GAG")))


@pytest.mark.parametrize("column", [12, 13])
def test_atoms_in_the_columns_of_another_element(column: int) -> None:
    """Without columns of elements a CA that begins one column too early would be calcium, and HG1 mercury."""
    lines = []
    for line in atoms_of(without_elements(whole("IEVH"))):
        name = {"CD1": "CD"}.get(name_of(line), name_of(line)) if residue_of(line) == "ILE" else name_of(line)
        lines.append(f"{line[:12]}{name:<4s}{line[16:]}" if column == 12 else f"{line[:12]}{name:>4s}{line[16:]}")
    same(prepared("".join(lines) + "END\n"), prepared(whole("IEVH")))


def test_waters_of_md_programs_do_not_count_before_they_are_chosen() -> None:
    text = "".join(atoms_of(polymer("GAG"))) + "".join(
        atom(100 + k, "OW", "SOL", 100 + k, (40.0 + 4 * k, 0.0, 0.0), "O", "W") for k in range(60)
    )
    assert len(prepare((text + "END\n").encode(), "a.pdb", Options(), max_atoms=40).molecule) < 40


@pytest.mark.parametrize(("residue", "name", "number"), [("CL-", " CL ", 17), ("NA+", " NA ", 11), ("MG+", " MG ", 12)])
def test_an_ion_with_its_sign_in_its_name_needs_no_element_columns(residue: str, name: str, number: int) -> None:
    line = f"HETATM  900 {name} {residue} X   9      30.000  30.000  30.000\n"
    [ion] = prepared("".join(atoms_of(capped("S"))) + line + "END\n").free_ions
    assert ion.atomic_number == number


def test_caps_as_residues_with_the_names_of_charmm() -> None:
    names = {"CH3": "CAY", "C": "CY", "O": "OY"}
    lines = [
        f"{line[:12]} {names[name_of(line)]:<3s}{line[16:]}" if residue_of(line) == "ACE" else line
        for line in atoms_of(capped("S"))
    ]
    same(prepared("".join(lines) + "END\n"), prepared(capped("S")))


def test_columns_of_the_segment_and_the_charge_that_hold_something_else() -> None:
    """AutoDock's charges and types of atoms, and the numbers of lines in files from before 1996."""
    lines = atoms_of(polymer("GAG"))
    charges = "".join(f"{line[:66]}    {0.01 * n - 0.35:6.3f} {name_of(line)[0]}A\n" for n, line in enumerate(lines))
    numbers = "".join(f"{line[:72]}1ABC{n:4d}\n" for n, line in enumerate(lines, 133))
    for text in (charges, numbers):
        same(prepared(text + "END\n"), prepared(polymer("GAG")))
