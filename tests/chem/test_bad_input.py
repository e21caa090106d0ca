"""Every kind of bad input gets its typed error, a message that names the trouble and a remedy, and quickly."""

import time

import pytest

from core.chem.read import from_smiles, read_structure
from core.errors import ChargeError, RhoscopeError, StructureError, UnsupportedElementError
from core.settings import settings

WATER = "3\nwater\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n"
PDB_LINE = "HETATM{:5d} {:<4s} {:3s} A{:4d}    {:8.3f}{:8.3f}{:8.3f}  1.00  0.00          {:>2s}\n"


def pdb(*atoms: tuple, residue: str = "HOH", end: str = "END\n") -> bytes:
    """Atoms as (name, x, y, z, element)."""
    lines = [PDB_LINE.format(i + 1, name, residue, 1, x, y, z, el) for i, (name, x, y, z, el) in enumerate(atoms)]
    return ("".join(lines) + end).encode()


PDB_WATER = pdb(("O", 0, 0, 0, "O"), ("H1", 0.96, 0, 0, "H"), ("H2", -0.24, 0.93, 0, "H"))
MOL_2D = """ethanol
     RDKit          2D

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.2990    0.7500    0.0000 C   0  0
    2.5981   -0.0000    0.0000 O   0  0
  1  2  1  0
  2  3  1  0
M  END
"""
CRYSTAL = b"data_x\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nO1 0 0 0\n"

CASES = {
    "empty": (b"", "a.xyz", StructureError, "empty"),
    "blank": (b" \n\n ", "a.pdb", StructureError, "empty"),
    "binary": (b"\x7fELF\x00\x01\x02", "a.pdb", StructureError, "binary"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00", "a.xyz", StructureError, "binary"),
    "utf-16": (WATER.encode("utf-16"), "a.xyz", StructureError, "binary"),
    "compressed": (b"\x1f\x8b\x08", "a.pdb.gz", StructureError, "compressed"),
    "unknown ending": (WATER.encode(), "a.docx", StructureError, "not known"),
    "no ending": (WATER.encode(), "water", StructureError, "no ending"),
    "truncated PDB in an atom": (PDB_WATER[: 2 * 80 + 40], "a.pdb", StructureError, "cut off"),
    "truncated PDB between atoms": (PDB_WATER[: 2 * 79], "a.pdb", ChargeError, "cut off"),
    "stars for a coordinate": (PDB_WATER.replace(b"   0.960", b"********"), "a.pdb", StructureError, "not numbers"),
    "NaN in PDB": (PDB_WATER.replace(b"   0.960", b"     nan"), "a.pdb", StructureError, "not numbers"),
    "PDB without atoms": (b"HEADER    NOTHING\nEND\n", "a.pdb", StructureError, "no atom"),
    "page as PDB": (b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "a.pdb", StructureError, "web page"),
    "page as mmCIF": (b"\n<HTML><body>404</body></HTML>\n", "a.cif", StructureError, "web page"),
    "prose as PDB": (b"Dear sir or madam,\nplease find attached.\n", "a.pdb", StructureError, "no atom"),
    "water without hydrogens": (pdb(("O", 0, 0, 0, "O")), "a.pdb", StructureError, "Hydrogens are missing"),
    "protein without hydrogens": (
        pdb(("N", 0, 0, 0, "N"), ("CA", 1.45, 0, 0, "C"), ("C", 2, 1.4, 0, "C"), ("O", 3, 2, 0, "O"), residue="GLY"),
        "a.pdb", StructureError, "Hydrogens are missing"),
    "virtual site": (pdb(("O", 0, 0, 0, "O"), ("EPW", 0.6, 0, 0, "")), "a.pdb", UnsupportedElementError, "EPW"),
    "no atoms in XYZ": (b"0\n\n", "a.xyz", StructureError, "no atom"),
    "prose as XYZ": (b"hello\nworld\n", "a.xyz", StructureError, "number of atoms"),
    "short XYZ": (WATER.replace("3", "4", 1).encode(), "a.xyz", StructureError, "holds 3"),
    "long XYZ": (WATER.replace("3", "2", 1).encode(), "a.xyz", StructureError, "goes on"),
    "words for numbers": (WATER.replace("0.96", "far").encode(), "a.xyz", StructureError, "Line 4"),
    "underscore in a number": (WATER.replace("0.96", "0_9").encode(), "a.xyz", StructureError, "Line 4"),
    "NaN in XYZ": (WATER.replace("0.96", "nan").encode(), "a.xyz", StructureError, "atom 2"),
    "infinity in XYZ": (WATER.replace("0.96", "inf").encode(), "a.xyz", StructureError, "atom 2"),
    "far away": (WATER.replace("0.96", "1e200").encode(), "a.xyz", StructureError, "Atom 2"),
    "overlap": (WATER.replace("0.96", "0.30").encode(), "a.xyz", StructureError, "overlap"),
    "same place": (WATER.replace("-0.24 0.93 0", "0 0 0").encode(), "a.xyz", StructureError, "0.00 angstrom"),
    "nanometres": (b"3\n\nO 0 0 0\nH 0.096 0 0\nH -0.024 0.093 0\n", "a.xyz", StructureError, "in angstrom"),
    "unsupported element": (WATER.replace("O ", "Fe ").encode(), "a.xyz", UnsupportedElementError, "Fe"),
    "no element": (WATER.replace("O ", "Xx ").encode(), "a.xyz", UnsupportedElementError, "Xx"),
    "odd electrons": (b"2\n\nO 0 0 0\nH 0.97 0 0\n", "a.xyz", ChargeError, "odd number"),
    "charge in words": (WATER.replace("water", "charge=one").encode(), "a.xyz", ChargeError, "whole number"),
    "half a charge": (WATER.replace("water", "charge=0.5").encode(), "a.xyz", ChargeError, "whole number"),
    "huge charge": (WATER.replace("water", "charge=1e999").encode(), "a.xyz", ChargeError, "whole number"),
    "no electrons": (WATER.replace("water", "charge=10").encode(), "a.xyz", ChargeError, "no electrons"),
    "absurd charge": (WATER.replace("water", "charge=-40").encode(), "a.xyz", ChargeError, "cannot be right"),
    "prose as CIF": (b"not a cif", "a.cif", StructureError, "mmCIF"),
    "CIF without atoms": (b"data_x\n_cell.length_a 1\n", "a.cif", StructureError, "no atom"),
    "CIF with too few columns": (
        b"data_x\nloop_\n_atom_site.id\n_atom_site.Cartn_x\n1 0.0\n", "a.cif", StructureError, "mmCIF"),
    "crystal CIF": (CRYSTAL, "a.cif", StructureError, "crystal"),
    "prose as SDF": (b"hello\n", "a.sdf", StructureError, "MOL or SDF"),
    "cut SDF": (MOL_2D[:160].encode(), "a.sdf", StructureError, "M  END"),
    "drawing": (MOL_2D.encode(), "a.mol", StructureError, "flat drawing"),
    "SDF without hydrogens": (MOL_2D.replace("2D", "3D").encode(), "a.sdf", StructureError, "hydrogens"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_file(case: str) -> None:
    content, name, kind, words = CASES[case]
    with pytest.raises(RhoscopeError) as caught:
        read_structure(content, name)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.message.endswith((".", ":")) and caught.value.remedy.endswith((".", ")."))
    assert len(caught.value.message) < 300 and "\n" not in caught.value.message


def test_the_unsupported_element_comes_with_the_supported_ones() -> None:
    with pytest.raises(UnsupportedElementError, match="H, C, N, O, P, S"):
        read_structure(WATER.replace("O ", "Fe ").encode(), "a.xyz")


def test_the_good_files_of_this_table_are_good() -> None:
    assert len(read_structure(WATER.encode(), "a.xyz")) == 3
    assert len(read_structure(PDB_WATER, "a.pdb")) == 3


@pytest.mark.parametrize("charge", [1, -1, 10, 40])
def test_wrong_charge(charge: int) -> None:
    with pytest.raises(ChargeError):
        read_structure(WATER.encode(), "a.xyz", charge=charge)


def test_a_charge_that_is_given_wins_over_the_file() -> None:
    hydronium = b"4\ncharge=3\nO 0 0 0\nH 0.98 0 0\nH -0.4 0.9 0\nH -0.4 -0.9 0\n"
    assert read_structure(hydronium, "a.xyz").charge == 3
    assert read_structure(hydronium, "a.xyz", charge=1).charge == 1


def test_upload_of_more_than_50_mb_is_refused_before_it_is_parsed() -> None:
    content = b"\n" * 50_000_001
    started = time.thread_time()
    with pytest.raises(StructureError, match="50 MB"):
        read_structure(content, "a.xyz")
    assert time.thread_time() - started < 0.1


def test_a_large_file_is_refused_without_being_read(tmp_path) -> None:
    path = tmp_path / "large.pdb"
    with path.open("wb") as file:
        file.truncate(10**12)
    started = time.thread_time()
    with pytest.raises(StructureError, match="1000000 MB"):
        read_structure(path)
    assert time.thread_time() - started < 0.1


@pytest.mark.parametrize("suffix", ["xyz", "pdb", "cif"])
def test_200_000_atoms_are_refused_within_seconds(suffix: str) -> None:
    n = 200_000
    if suffix == "xyz":
        content = f"{n}\n\n" + "".join(f"H {i} 0 0\n" for i in range(n))
    elif suffix == "pdb":
        content = "".join(PDB_LINE.format(i % 100_000, "H", "HOH", 1, i % 9999, 0, 0, "H") for i in range(n)) + "END\n"
    else:
        columns = {
            "group_PDB": "ATOM", "id": "{i}", "type_symbol": "H", "label_atom_id": "H", "label_alt_id": ".",
            "label_comp_id": "HOH", "label_asym_id": "A", "label_entity_id": "1", "label_seq_id": "1",
            "pdbx_PDB_ins_code": "?", "Cartn_x": "{i}", "Cartn_y": "0", "Cartn_z": "0", "occupancy": "1",
            "B_iso_or_equiv": "0", "auth_seq_id": "1", "auth_asym_id": "A", "pdbx_PDB_model_num": "1",
        }  # fmt: skip
        row = " ".join(columns.values())
        content = "data_x\nloop_\n" + "".join(f"_atom_site.{column}\n" for column in columns)
        content += "".join(row.replace("{i}", str(i)) + "\n" for i in range(n))
    started = time.process_time()
    with pytest.raises(StructureError, match="200 000 atoms"):
        read_structure(content.encode(), f"a.{suffix}")
    assert time.process_time() - started < 8


def test_atoms_all_in_one_place_are_found_quickly() -> None:
    n = settings().max_atoms
    content = f"{n}\n\n" + "H 0 0 0\n" * n
    started = time.process_time()
    with pytest.raises(StructureError, match="overlap"):
        read_structure(content.encode(), "a.xyz")
    assert time.process_time() - started < 3


def test_max_atoms_can_be_given() -> None:
    with pytest.raises(StructureError, match="3 atoms are more than the 2"):
        read_structure(WATER.encode(), "a.xyz", max_atoms=2)


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a & b <b>bold</b>"])
def test_markup_in_a_title_stays_plain_text(markup: str) -> None:
    molecule = read_structure(WATER.replace("water", markup).encode(), "a.xyz")
    assert molecule.title == markup
    titled = read_structure(f"TITLE     {markup}\n".encode() + PDB_WATER, "a.pdb")
    assert titled.title == markup


def test_control_characters_do_not_reach_the_title() -> None:
    molecule = read_structure(WATER.replace("water", "a\x1b[31mred").encode(), "a.xyz")
    assert molecule.title.isprintable()


@pytest.mark.parametrize("path", ["no/such/file.xyz", "."])
def test_a_path_that_cannot_be_read(path: str) -> None:
    with pytest.raises(StructureError, match="cannot be read"):
        read_structure(path, "a.xyz")


@pytest.mark.parametrize(
    ("smiles", "kind", "words"),
    [
        ("", StructureError, "empty"),
        ("C1CC", StructureError, "not a valid SMILES"),
        ("hello world", StructureError, "not one SMILES"),
        ("[Fe]", UnsupportedElementError, "Fe"),
        ("*", UnsupportedElementError, "Supported elements"),
        ("[CH3]", ChargeError, "odd number"),
        ("[H+]", ChargeError, "no electrons"),
        ("C" * 500, StructureError, "up to 250"),
        ("C" * 100, StructureError, "302 atoms"),
        ("C" * 3000, StructureError, "too long"),
    ],
)
def test_bad_smiles(smiles: str, kind: type, words: str) -> None:
    with pytest.raises(kind, match=words):
        from_smiles(smiles)
