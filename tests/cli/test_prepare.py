"""`prepare` as a person types it: the report, the files, the errors."""

import json

import numpy as np
import pytest
import structlog

from core.chem.read import read_structure
from core.cli import dispatch
from core.density.files import load_density
from tests.molecules import atom, atoms_of, capped, ligand, polymer

KEYS = {"title", "atoms", "residues", "charge", "electrons", "free_ions", "to_confirm", "report", "origin", "seconds"}


@pytest.fixture(autouse=True)
def logs_as_they_were():
    yield
    structlog.reset_defaults()


def run(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> dict:
    assert dispatch.main(["prepare", *map(str, words), "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def peptide(tmp_path):
    path = tmp_path / "peptide.pdb"
    path.write_text("".join(atoms_of(polymer("GDHG"))) + atom(99, "ZN", " ZN", 99, (30, 0, 0), "ZN") + "END\n")
    return path


@pytest.mark.parametrize("ending", ["cif", "pdb", "xyz"])
def test_what_is_written_can_be_read_again(peptide, tmp_path, capsys, ending: str) -> None:
    out = tmp_path / "new" / f"done.{ending}"
    result = run(capsys, peptide, "--out", out)
    assert set(result) == KEYS | {"files"}
    xyz = read_structure(out.with_suffix(".xyz"))
    again = read_structure(out, charge=result["charge"])
    assert (len(again), again.charge) == (result["atoms"], result["charge"]) == (len(xyz), xyz.charge)
    assert again.symbols == xyz.symbols
    np.testing.assert_allclose(again.positions_angstrom, xyz.positions_angstrom, atol=6e-4)
    assert sorted(path.name for path in out.parent.iterdir()) == sorted({f"done.{ending}", "done.xyz"})


def test_report(peptide, capsys) -> None:
    result = run(capsys, peptide, "--ph", 5)
    assert result["charge"] == 0 and result["electrons"] % 2 == 0
    steps = {entry["step"] for entry in result["report"]["entries"]}
    assert steps >= {"ions", "termini", "protonation", "charge", "hydrogens"}
    assert result["free_ions"][0]["charge"] == 2 and any("Zn" in line for line in result["to_confirm"])
    assert set(result["report"]["programs"]) == {"pdb2pqr", "propka"}
    assert run(capsys, peptide, "--drop", "ions")["free_ions"] == []


def test_report_for_a_person(peptide, capsys) -> None:
    assert dispatch.main(["prepare", str(peptide)]) == 0
    shown = capsys.readouterr().out
    assert "Please confirm" in shown and "ASP A 2 has charge -1" in shown and "prepare " in shown


def test_choices(tmp_path, capsys) -> None:
    path = tmp_path / "mixed.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + ligand("CCO", "QQQ") + "END\n")
    alone = run(capsys, path, "--drop", "QQQ")["atoms"]
    assert run(capsys, path, "--ligand", "QQQ=CCO")["atoms"] == alone + 9
    assert "QQQ=SMILES" in run(capsys, path, code=2)["remedy"]
    assert "NAME=SMILES" in run(capsys, path, "--ligand", "QQQ", code=2)["error"]
    assert "pH" in run(capsys, path, "--ph", 20, code=2)["error"]
    assert "chain" in run(capsys, path, "--chains", "Z", code=2)["error"]


@pytest.mark.parametrize("name", ["no/such/file.pdb", "nonsense"])
def test_neither_a_file_nor_an_id(name: str, capsys) -> None:
    assert "cannot be read" in run(capsys, name, code=2)["error"]


@pytest.mark.parametrize("command", [["prepare"], ["predict", "--prepare"]])
def test_what_could_be_an_id_is_said_to_be_none(command: list[str], capsys) -> None:
    assert dispatch.main([*command, "1CR", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert "'1CR' cannot be read: there is no such file" in told["error"]
    assert "not an id of the PDB, AlphaFold DB or PubChem" in told["error"] and "1CRN" in told["remedy"]
    assert "not an id" not in run(capsys, "no/such/1CR", code=2)["error"] + run(capsys, "1CR.pdb", code=2)["error"]


def test_an_ending_that_cannot_be_written(peptide, tmp_path, capsys) -> None:
    assert "cif, pdb, xyz" in run(capsys, peptide, "--out", tmp_path / "a.docx", code=2)["remedy"]


def test_predict_prepares_on_request(peptide, capsys) -> None:
    """The same atoms and charge as `prepare` gives; charges by residue in the PQR file."""
    expected = run(capsys, peptide)
    pqr = peptide.with_suffix(".pqr")
    assert dispatch.main(["predict", str(peptide), "--prepare", "--pqr", str(pqr), "--json"]) == 0
    shown = capsys.readouterr()
    result = json.loads(shown.out)
    assert (result["model"], result["atoms"], result["charge"]) == ("bio", expected["atoms"], expected["charge"])
    assert result["electrons"] == pytest.approx(expected["electrons"], abs=1e-4)
    assert len(result["forces_mev_per_angstrom"]) == expected["atoms"]
    assert "Please confirm: ZN" in shown.err
    assert " ASP " in pqr.read_text()


def test_ions_join_the_files_of_the_density_on_request(tmp_path, capsys) -> None:
    path = tmp_path / "ion.pdb"
    path.write_text("".join(atoms_of(capped("G"))) + atom(99, "ZN", " ZN", 99, (9, 0, 0), "ZN") + "END\n")
    for words, ions in (((), 0), (("--add-ions",), 1)):
        out = tmp_path / f"out{ions}"
        assert dispatch.main(["predict", str(path), "--prepare", "--out", str(out), *words]) == 0
        assert ("Added free ions: ZN" in capsys.readouterr().out) == bool(ions)
        density = load_density(out / "density.safetensors")
        assert density.molecule.symbols.count("Zn") == ions and density.molecule.charge == 2 * ions
        assert len((out / "forces.csv").read_text().splitlines()) == 1 + len(density.molecule) - ions
    assert dispatch.main(["predict", str(path), "--add-ions"]) == 2
    assert "--prepare and --out" in capsys.readouterr().err
