"""What the readers read, against other programs' readers of the same bytes; and fuzz: typed errors only."""

import gemmi
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from core.chem.molecule import Molecule
from core.chem.read import SUFFIXES, from_smiles, read_structure
from core.chem.xyz import format_xyz
from core.errors import RhoscopeError, StructureError

PEPTIDE = "C[C@H](N)C(=O)N[C@@H](CS)C(=O)[O-]"
QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def embedded(smiles: str) -> Chem.Mol:
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert rdDistGeom.EmbedMolecule(molecule, randomSeed=7) == 0
    return molecule


def same_atoms(ours: Molecule, theirs: Chem.Mol, tolerance: float) -> None:
    assert ours.symbols == tuple(atom.GetSymbol() for atom in theirs.GetAtoms())
    np.testing.assert_allclose(ours.positions_angstrom, theirs.GetConformer().GetPositions(), atol=tolerance)


@pytest.mark.parametrize("smiles", [PEPTIDE, "O", "CP(=O)(O)O", "C[N+](C)(C)CC(=O)[O-]", "[NH4+]"])
@pytest.mark.parametrize("v3000", [False, True])
def test_sdf_as_rdkit_writes_it(smiles: str, v3000: bool) -> None:
    theirs = embedded(smiles)
    theirs.SetProp("_Name", "a title")
    block = Chem.MolToMolBlock(theirs, forceV3000=v3000) + "$$$$\n" + Chem.MolToMolBlock(embedded("CC")) + "$$$$\n"
    ours = read_structure(block.encode(), "a.sdf")
    same_atoms(ours, theirs, 1e-4)
    assert ours.charge == Chem.GetFormalCharge(theirs)
    assert ours.title == "a title"


def test_xyz_as_rdkit_writes_it() -> None:
    theirs = embedded("CCO")
    same_atoms(read_structure(Chem.MolToXYZBlock(theirs).encode(), "a.xyz"), theirs, 1e-5)


def test_pdb_as_rdkit_writes_it_and_as_gemmi_reads_it() -> None:
    theirs = embedded(PEPTIDE)
    block = Chem.MolToPDBBlock(theirs)
    ours = read_structure(block.encode(), "a.pdb", charge=-1)
    same_atoms(ours, theirs, 6e-4)
    by_gemmi = gemmi.read_pdb_string(block)[0]
    positions = [site.atom.pos.tolist() for site in by_gemmi.all()]
    np.testing.assert_allclose(ours.positions_angstrom, positions, atol=1e-12)


def test_mmcif_holds_what_pdb_held() -> None:
    block = Chem.MolToPDBBlock(embedded(PEPTIDE))
    document = gemmi.read_pdb_string(block).make_mmcif_document()
    from_pdb = read_structure(block.encode(), "a.pdb", charge=-1)
    from_cif = read_structure(document.as_string().encode(), "a.cif", charge=-1)
    assert from_cif.symbols == from_pdb.symbols
    np.testing.assert_allclose(from_cif.positions_angstrom, from_pdb.positions_angstrom, atol=1e-3)


def test_formal_charges_of_pdb_are_added_up() -> None:
    block = Chem.MolToPDBBlock(embedded("C[N+](C)(C)C"))
    assert "N1+" in block
    assert read_structure(block.encode(), "a.pdb").charge == 1


def test_first_model_and_first_alternate_location_are_read() -> None:
    line = "HETATM{:5d}  {:<3s}{:1s}HOH A   1    {:8.3f}{:8.3f}{:8.3f}  0.50  0.00           {:1s}\n"
    atoms = [line.format(1, "O", " ", 0, 0, 0, "O"), line.format(2, "H1", "A", 0.96, 0, 0, "H"),
             line.format(3, "H1", "B", 0.95, 0.1, 0, "H"), line.format(4, "H2", " ", -0.24, 0.93, 0, "H")]  # fmt: skip
    model = "MODEL        1\n" + "".join(atoms) + "ENDMDL\nMODEL        2\n" + "".join(atoms) + "ENDMDL\nEND\n"
    ours = read_structure(model.encode(), "a.pdb")
    assert ours.symbols == ("O", "H", "H")
    assert ours.positions_angstrom[1].tolist() == [0.96, 0, 0]


def test_extended_xyz() -> None:
    text = (
        'two\n2\nname="a b" Lattice="9 0 0 0 9 0 0 0 9" charge=-1 Properties=forces:R:3:Z:I:1:pos:R:3\n'
        "9 9 9 8 0.0 0.0 0.0\n9 9 9 1 0.0 0.0 0.97\n"
    )
    ours = read_structure(text.split("\n", 1)[1].encode(), "a.xyz")
    assert (ours.symbols, ours.charge, ours.title) == (("O", "H"), -1, "a b")
    assert ours.positions_angstrom.tolist() == [[0, 0, 0], [0, 0, 0.97]]


@pytest.mark.parametrize(
    ("comment", "title"),
    [("charge=1", "a"), ("my  ion charge=1", "my ion"), ('name="the ion" charge=1', "the ion"), ("x=3 charge=1", "x=3"),
     ("Properties=species:S:1:pos:R:3 charge=1 x=3", "a")],
)  # fmt: skip
def test_titles_of_comment_lines(comment: str, title: str) -> None:
    text = f"4\n{comment}\nO 0 0 0.1\nH 0.98 0 0\nH -0.49 0.85 0\nH -0.49 -0.85 0\n"
    assert read_structure(text.encode(), "a.xyz").title == title


@pytest.mark.parametrize(
    "comment", ["water", 'charge="0"', "Properties=species:S:1:pos:R:3 charge=0.0", "total_charge=0"]
)
def test_comment_lines(comment: str) -> None:
    text = f"\n3\n{comment}\no 0 0 0\nD 0.96D+00 0 0\nH -0.24 0.93 0\n\n"
    ours = read_structure(text.encode(), "a.xyz")
    assert ours.symbols == ("O", "H", "H") and ours.charge == 0


def test_atoms_that_share_a_name_are_all_kept() -> None:
    line = "HETATM    1  {0}   UNL     1    {1:8.3f}{2:8.3f}   0.000  1.00  0.00           {0}\n"
    text = line.format("O", 0, 0) + line.format("H", 0.96, 0) + line.format("H", -0.24, 0.93) + "END\n"
    assert read_structure(text.encode(), "a.pdb").symbols == ("O", "H", "H")


def test_letters_outside_ascii_in_a_pdb_file() -> None:
    line = "HETATM    1  Oé  OXY A   1       0.000   0.000   0.000  1.00  0.00           O\n"
    text = "TITLE     α-water\n" + line + line.replace("0.000  1.00", "1.210  1.00")
    assert read_structure(text.encode() + b"END\n", "a.pdb").title == "α-water"


def test_only_the_first_frame_of_a_trajectory_is_read() -> None:
    frame = "3\nfirst\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n"
    ours = read_structure((frame + frame.replace("first", "second")).encode(), "a.xyz")
    assert ours.title == "first" and len(ours) == 3


def test_a_file_on_disk_with_its_stem_for_a_title(tmp_path) -> None:
    path = tmp_path / "my water.XYZ"
    path.write_bytes(b"\xef\xbb\xbf3\r\n\r\nO 0 0 0\r\nH 0.96 0 0\r\nH -0.24 0.93 0\r\n")
    assert read_structure(path).title == "my water"


@given(
    positions=arrays(np.float64, (6, 3), elements=st.floats(-99, 99)).filter(
        lambda x: min(np.linalg.norm(x[i] - x[j]) for i in range(6) for j in range(i)) > 0.6
    ),
    charge=st.sampled_from([-2, 0, 2]),
)
@QUIET
def test_xyz_round_trip(positions: np.ndarray, charge: int) -> None:
    molecule = Molecule(np.array([8, 1, 1, 8, 1, 1]), positions, charge, "two waters (1/2)")
    again = read_structure(format_xyz(molecule).encode(), "a.xyz")
    assert (again.symbols, again.charge, again.title) == (molecule.symbols, charge, molecule.title)
    np.testing.assert_allclose(again.positions_angstrom, positions, atol=6e-9)


@pytest.mark.parametrize("smiles", ["O", "O.O.O", "CCO", "COP(=O)([O-])OC", "CS", "NC=O", "[NH4+]", PEPTIDE])
def test_smiles_gives_a_sound_structure_that_never_changes(smiles: str) -> None:
    molecule = from_smiles(smiles)
    assert molecule.content_hash == from_smiles(smiles).content_hash
    expected = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert sorted(molecule.symbols) == sorted(atom.GetSymbol() for atom in expected.GetAtoms())
    assert molecule.charge == Chem.GetFormalCharge(expected)
    for bond in expected.GetBonds():
        i, j = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        assert 0.9 < np.linalg.norm(molecule.positions_angstrom[i] - molecule.positions_angstrom[j]) < 2.0


def only_typed_errors(content: bytes, suffix: str) -> None:
    try:
        molecule = read_structure(content, f"fuzz.{suffix}")
    except RhoscopeError as error:
        assert error.message and error.remedy
    else:
        assert len(molecule) > 0 and molecule.electrons % 2 == 0


@given(content=st.binary(max_size=300), suffix=st.sampled_from(SUFFIXES))
@QUIET
def test_any_bytes(content: bytes, suffix: str) -> None:
    only_typed_errors(content, suffix)


@given(content=st.text(max_size=300), suffix=st.sampled_from(SUFFIXES))
@QUIET
def test_any_text(content: str, suffix: str) -> None:
    only_typed_errors(content.encode("utf-8", "surrogatepass"), suffix)


@given(smiles=st.text(alphabet="CNOSPHcnos()[]=#+-@123.%/\\", max_size=16))
@QUIET
def test_any_smiles(smiles: str) -> None:
    try:
        assert len(from_smiles(smiles)) > 0
    except RhoscopeError as error:
        assert error.remedy


def good_files() -> dict[str, bytes]:
    theirs = embedded("CC(=O)O")
    pdb = Chem.MolToPDBBlock(theirs)
    return {
        "pdb": pdb.encode(),
        "cif": gemmi.read_pdb_string(pdb).make_mmcif_document().as_string().encode(),
        "xyz": Chem.MolToXYZBlock(theirs).encode(),
        "sdf": Chem.MolToMolBlock(theirs).encode(),
        "mol": Chem.MolToMolBlock(theirs, forceV3000=True).encode(),
    }


GOOD = good_files()


@given(suffix=st.sampled_from(sorted(GOOD)), at=st.floats(0, 1), cut=st.integers(0, 60), put=st.binary(max_size=12))
@settings(QUIET, max_examples=300)
def test_damaged_files(suffix: str, at: float, cut: int, put: bytes) -> None:
    good = GOOD[suffix]
    start = int(at * len(good))
    only_typed_errors(good[:start] + put + good[start + cut :], suffix)


@given(suffix=st.sampled_from(sorted(GOOD)), at=st.floats(0, 0.95))
@settings(QUIET, max_examples=100)
def test_cut_files_are_refused_or_whole(suffix: str, at: float) -> None:
    good = GOOD[suffix]
    whole = read_structure(good, f"a.{suffix}")
    try:
        part = read_structure(good[: int(at * len(good))], f"a.{suffix}")
    except StructureError:
        return
    assert part.symbols == whole.symbols[: len(part)]
    if suffix in ("xyz", "sdf", "mol"):
        assert len(part) == len(whole)
