"""Files with the ending of another format: PDB and mmCIF are read as what they are."""

import gemmi
import pytest

from core.chem.file_names import names_in_file
from core.chem.prepare import prepare
from core.chem.read import read_structure
from core.errors import StructureError
from tests.molecules import capped, ligand

PDB = ligand("CO", "QQQ", hydrogens=True) + "END\n"


def mmcif(pdb: str) -> str:
    structure = gemmi.read_pdb_string(pdb)
    structure.setup_entities()
    return structure.make_mmcif_document().as_string()


@pytest.mark.parametrize("name", ["a.pdb", "a.ENT", "a.cif", "a.mmcif"])
@pytest.mark.parametrize("text", [PDB, mmcif(PDB), f"# from a server\n\n{mmcif(PDB)}", f"HEADER    LIGAND\n{PDB}"])
def test_either_is_read_under_any_of_the_names(text: str, name: str) -> None:
    assert sorted(read_structure(text.encode(), name).symbols) == ["C", "H", "H", "H", "H", "O"]
    topology = names_in_file(text.encode(), name)
    assert topology is not None and topology.residues[0].name == "QQQ"


@pytest.mark.parametrize(("ending", "other"), [("pdb", "cif"), ("cif", "pdb")])
def test_the_report_says_so(ending: str, other: str) -> None:
    text = {"pdb": capped("S"), "cif": mmcif(capped("S"))}
    named, misnamed = (prepare(text[ending].encode(), f"a.{suffix}") for suffix in (ending, other))
    assert misnamed.molecule.content_hash == named.molecule.content_hash
    assert not named.report.of("read")
    [entry] = misnamed.report.of("read")
    assert f".{other}" in entry.sentence and {"pdb": "PDB", "cif": "mmCIF"}[ending] in entry.sentence


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (mmcif(PDB)[:-60].rsplit(" ", 1)[0], "a.pdb", "readable mmCIF"),
        (mmcif(PDB).split("loop_", 1)[1], "a.pdb", "readable mmCIF"),
        (PDB[: 2 * 80 + 40], "a.cif", "PDB file stops before"),
        ("data_x\n_atom_site_fract_x 0\n", "a.pdb", "crystal"),
        ("HEADER    NOTHING\nEND\n", "a.cif", "no atom"),
        ("Dear sir or madam,\n", "a.cif", "readable mmCIF"),
        ("Dear sir or madam,\n", "a.pdb", "no atom"),
    ],
)
def test_what_is_wrong_with_it_is_said_of_what_it_is(text: str, name: str, words: str) -> None:
    with pytest.raises(StructureError, match=words):
        read_structure(text.encode(), name)
