"""A folder of structures: results as of single predictions, bad files named, nothing calculated twice."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.chem.examples import example_path
from core.chem.prepare import Options
from core.cli.batch import tasks_of
from core.density.files import load_density
from core.errors import UsageError
from tests.molecules import polymer


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("structures")
    for name in ("water-1", "water-2"):
        shutil.copy(example_path(name), folder)
    (folder / "broken.xyz").write_text("3\n\nO 0 0 0\nH 0 0 nan\nH 0 1 0\n")
    (folder / "notes.txt").write_text("no structure")
    return folder


@pytest.mark.slow
def test_a_batch_of_good_and_bad(rhoscope, untrained_model, parsed, folder, tmp_path) -> None:
    out = tmp_path / "out"
    words = ("predict", "--batch", folder, "--out", out, "--model", untrained_model, "--json")
    done = rhoscope(*words)
    assert done.returncode == 2, done.stderr
    result = parsed(done)
    assert (result["files"], result["done"], result["already"]) == (3, 2, 0)
    [failure] = result["failed"]
    assert failure["file"] == "broken.xyz" and failure["error"] and failure["remedy"]
    single = rhoscope(
        "predict", folder / "water-2.xyz", "--model", untrained_model, "--out", tmp_path / "one", "--json"
    )
    assert single.returncode == 0
    one, two = (load_density(p / "density.safetensors").coefficients for p in (out / "water-2.xyz", tmp_path / "one"))
    np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)
    (folder / "broken.xyz").unlink()
    before = (out / "water-1.xyz" / "density.safetensors").stat().st_mtime_ns
    (out / "water-2.xyz" / "result.json").unlink()
    again = parsed(rhoscope(*words))
    assert (again["files"], again["done"], again["already"], again["failed"]) == (2, 2, 1, [])
    assert (out / "water-1.xyz" / "density.safetensors").stat().st_mtime_ns == before
    summary = json.loads((out / "water-2.xyz" / "result.json").read_text())
    assert summary["atoms"] == 6 and summary["file"] == "water-2.xyz" and "forces_mev_per_angstrom" not in summary


@pytest.mark.slow
def test_a_batch_of_files_without_hydrogens_is_prepared_on_request(rhoscope, parsed, tmp_path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "lysine.pdb").write_text(polymer("GK"))
    words = ("predict", "--batch", folder, "--out", out, "--model", "bio", "--json")
    done = rhoscope(*words)
    assert "Traceback" not in done.stderr, "what is wrong with a file is told in its sentence"
    as_it_is = parsed(done)
    [failure] = as_it_is["failed"]
    assert "Hydrogens are missing" in failure["error"] and "--prepare" in failure["remedy"]
    prepared = parsed(rhoscope(*words, "--prepare"))
    assert (prepared["done"], prepared["failed"]) == (1, [])
    summary = json.loads((out / "lysine.pdb" / "result.json").read_text())
    assert summary["charge"] == 1 and any("pH 7" in entry["sentence"] for entry in summary["report"]["entries"])
    rows = list(csv.DictReader((out / "lysine.pdb" / "forces.csv").open()))
    assert {row["residue"] for row in rows} == {"GLY", "LYS"} and rows[-1]["number"] == "2"
    assert parsed(rhoscope(*words, "--prepare"))["already"] == 1
    otherwise = parsed(rhoscope(*words, "--prepare", "--ph", "12", "--protonation", "rules", "--drop", "SO4"))
    assert (otherwise["done"], otherwise["already"]) == (1, 0), "a name that this file lacks is passed over"
    summary = json.loads((out / "lysine.pdb" / "result.json").read_text())
    assert summary["charge"] == -1


def test_a_changed_file_charge_or_model_is_another_task(folder, tmp_path, untrained_model) -> None:
    copy = tmp_path / "in"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.txt", "broken*"))

    def keys(charge: int | None = None) -> list[str]:
        return [task.key for task in tasks_of(copy, tmp_path / "out", charge, str(untrained_model))]

    first = keys()
    seen = set(first)
    assert keys() == first and len(set(first)) == 2
    assert not set(keys(charge=2)) & set(first)
    choices = (Options(), Options(ph=5.0), Options(chains=("A",)), Options(drop=("SO4",)), Options(flips=True))
    for options in choices:
        others = {task.key for task in tasks_of(copy, tmp_path / "out", None, str(untrained_model), options)}
        assert not others & seen and len(others) == 2
        seen |= others
    (copy / "water-1.xyz").write_text((copy / "water-1.xyz").read_text() + "\n")
    assert keys()[0] != first[0] and keys()[1] == first[1]


def test_what_is_missing_is_said(rhoscope, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no structures"):
        tasks_of(tmp_path / "empty", tmp_path, None, None)
    for words in (("predict",), ("predict", "--batch", tmp_path / "empty")):
        done = rhoscope(*words)
        assert done.returncode == 2 and done.stderr.startswith("Error: ")
