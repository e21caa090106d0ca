"""A folder of structures: results as of single predictions, bad files named, nothing calculated twice."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

from core.chem.examples import example_path
from core.chem.prepare import Options
from core.cli.batch import skipped_line, structure_files, tasks_of
from core.cli.batch_expected import Pace, forecast
from core.cli.batch_queue import interrupts_wait
from core.cli.batch_summary import not_trusted_lines, summary_csv
from core.cli.batch_task import Failure, Task, allowed_bytes, attempt
from core.cli.dispatch import main
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
    assert "2 of 3: " in done.stderr and "Passed over, for they do not end as structures do: notes.txt." in done.stderr
    assert "3 structures to predict, 1 at a time: about " in done.stderr
    assert "The largest, water-2.xyz, has 6 atoms and needs " in done.stderr
    rows = list(csv.DictReader((out / "summary.csv").open()))
    assert [(row["name"], row["status"], row["atoms"]) for row in rows] == [
        ("broken.xyz", "failed", ""),
        ("water-1.xyz", "predicted", "3"),
        ("water-2.xyz", "predicted", "6"),
    ]
    assert failure["error"] in rows[0]["problem"] and float(rows[2]["net_force_taken_off_mev_per_angstrom"]) > 1.0
    assert result["not_trusted"][1] == {"file": "water-2.xyz", "atoms": 6, "atoms_outside_domain": 6}
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
    assert [row["name"] for row in csv.DictReader((out / "summary.csv").open())] == ["water-1.xyz", "water-2.xyz"]
    for_a_person = rhoscope(*words[:-1])
    assert for_a_person.returncode == 0 and "2 of 2 structures predicted, 2 of them before" in for_a_person.stdout
    assert "not to be trusted" in for_a_person.stdout and "water-1.xyz: 3 of 3 atoms" in for_a_person.stdout
    assert (out / "water-1.xyz" / "density.safetensors").stat().st_mtime_ns == before
    summary = json.loads((out / "water-2.xyz" / "result.json").read_text())
    assert summary["atoms"] == 6 and summary["file"] == "water-2.xyz" and "forces_mev_per_angstrom" not in summary
    assert summary["trust"]["atoms"]["outside_domain"] == [True] * 6
    assert summary["trust"]["net_force_of_independent_errors_mev_per_angstrom"] is None


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
    expected = summary["trust"]["atoms"]["expected_force_error_mev_per_angstrom"]
    written = [float(row["expected_error_mev_per_angstrom"]) for row in rows]
    np.testing.assert_allclose(written, expected, atol=0.051)
    assert isinstance(summary["trust"]["errors_share_a_direction"], bool)
    residues = list(csv.DictReader((out / "lysine.pdb" / "residues.csv").open()))
    assert [row["residue"] for row in residues] == ["GLY", "LYS"] and residues[0]["charge_e"] == ""
    of_lysine = [row for row in rows if row["residue"] == "LYS"]
    for axis in "xyz":
        total = sum(float(row[f"f{axis}_mev_per_angstrom"]) for row in of_lysine)
        assert float(residues[1][f"f{axis}_mev_per_angstrom"]) == pytest.approx(total, abs=0.1)
    assert float(residues[1]["force_uncertainty_mev_per_angstrom"]) > 0
    assert parsed(rhoscope(*words, "--prepare"))["already"] == 1
    otherwise = parsed(rhoscope(*words, "--prepare", "--ph", "12", "--protonation", "rules", "--drop", "SO4"))
    assert (otherwise["done"], otherwise["already"]) == (1, 0), "a name that this file lacks is passed over"
    summary = json.loads((out / "lysine.pdb" / "result.json").read_text())
    assert summary["charge"] == -1


def test_a_changed_file_charge_or_model_is_another_task(folder, tmp_path, untrained_model) -> None:
    copy = tmp_path / "in"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.txt", "broken*"))
    paths, _ = structure_files(copy)

    def keys(charge: int | None = None) -> list[str]:
        return [task.key for task in tasks_of(paths, tmp_path / "out", charge, str(untrained_model))]

    first = keys()
    seen = set(first)
    assert keys() == first and len(set(first)) == 2
    assert not set(keys(charge=2)) & set(first)
    choices = (Options(), Options(ph=5.0), Options(chains=("A",)), Options(drop=("SO4",)), Options(flips=True))
    for options in choices:
        others = {task.key for task in tasks_of(paths, tmp_path / "out", None, str(untrained_model), options)}
        assert not others & seen and len(others) == 2
        seen |= others
    (copy / "water-1.xyz").write_text((copy / "water-1.xyz").read_text() + "\n")
    assert keys()[0] != first[0] and keys()[1] == first[1]


def test_what_is_missing_is_said(rhoscope, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no structures"):
        structure_files(tmp_path / "empty")
    for words in (("predict",), ("predict", "--batch", tmp_path / "empty")):
        done = rhoscope(*words)
        assert done.returncode == 2 and done.stderr.startswith("Error: ")


def test_other_files_are_named(tmp_path) -> None:
    for name in ("a.pdb.gz", "notes.txt", ".hidden"):
        (tmp_path / name).write_text("x")
    with pytest.raises(UsageError, match="unpack those that are compressed"):
        structure_files(tmp_path)
    (tmp_path / "b.PDB").write_text("x")
    paths, skipped = structure_files(tmp_path)
    assert [path.name for path in paths] == ["b.PDB"] and skipped == ["a.pdb.gz", "notes.txt"]
    assert skipped_line(skipped).endswith("a.pdb.gz, notes.txt. Unpack those that are compressed.")
    assert "Unpack" not in skipped_line(["notes.txt"])


def attempt_or_break(task: Task) -> dict[str, Any] | Failure:
    """As a worker that lacks memory whatever else runs, one that lacks it beside others, and one with a defect."""
    tried = task.folder.parent / f"{task.path.name}.tried"
    if task.path.stem == "dies" or (task.path.stem == "crowded" and not tried.exists()):
        tried.touch()
        os._exit(1)
    if task.path.stem == "defect":
        raise ZeroDivisionError("of a defect")
    return attempt(task)


@pytest.mark.slow
def test_the_death_of_a_worker_is_the_failure_of_one_structure(untrained_model, tmp_path, monkeypatch, capfd) -> None:
    monkeypatch.setattr("core.cli.batch.attempt", attempt_or_break)
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in ("crowded", "defect", "dies", "good-1", "good-2"):
        shutil.copy(example_path("water-1"), folder / f"{name}.xyz")
    words = ["predict", "--batch", folder, "--out", out, "--model", untrained_model, "--workers", "2", "--json"]
    assert main([*map(str, words)]) == 2
    said = capfd.readouterr()
    result = json.loads(said.out)
    assert result["done"] == 3
    defect, died = sorted(result["failed"], key=lambda failure: failure["file"])
    assert died["file"] == "dies.xyz" and "memory" in died["error"] and "fewer --workers" in died["remedy"]
    assert "ZeroDivisionError: of a defect" in defect["error"]
    assert "dies.xyz: The process that predicted it broke down" in said.err and "tried again" in said.err
    assert "KilledWorker" not in said.err and "distributed.scheduler" not in said.err
    rows = {row["name"]: row["status"] for row in csv.DictReader((out / "summary.csv").open())}
    assert rows == {f"{name}.xyz": "predicted" for name in ("crowded", "good-1", "good-2")} | {
        "defect.xyz": "failed",
        "dies.xyz": "failed",
    }


def test_what_does_not_fit_into_memory_is_not_begun(folder, tmp_path, untrained_model, monkeypatch) -> None:
    monkeypatch.setattr("core.cli.batch_task.allowed_bytes", lambda: 2e8)
    [task] = tasks_of([folder / "water-2.xyz"], tmp_path / "out", None, str(untrained_model))
    failure = attempt(task)
    assert isinstance(failure, Failure) and failure.for_memory and not task.folder.exists()
    assert re.fullmatch(r"6 atoms need \d\.\d GB of memory; there are 0\.2 GB for them\.", failure.message)
    assert "fewer --workers" in failure.remedy


def test_a_process_may_hold_what_it_has_and_what_is_free() -> None:
    free = psutil.virtual_memory().available
    assert allowed_bytes() == pytest.approx(free + psutil.Process().memory_info().rss, rel=0.5)


def test_the_pace_tells_how_long_it_takes() -> None:
    times = iter((0.0, 30.0, 60.0))
    pace = Pace([1.0, 29.0, 70.0], clock=lambda: next(times))
    assert pace.left(1.0) == "", "too little to tell"
    assert pace.left(29.0) == "about 70 seconds left"
    assert pace.left(70.0) == "about 1 second left"


def test_the_largest_is_the_one_that_adds_most_to_its_worker(folder, untrained_model, monkeypatch) -> None:
    """A worker holds more with each structure that it was asked about; the last is not the largest for that."""
    tasks = tasks_of(structure_files(folder)[0], folder, None, str(untrained_model))
    holds = iter([4e8, 6e8, 8e8])

    class Here:
        def nthreads(self) -> dict[str, int]:
            return {"here": 1}

        def submit(self, work: Any, *args: Any, pure: bool, **options: Any) -> Any:
            monkeypatch.setattr(
                "core.cli.batch_expected.psutil.Process",
                lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=next(holds))),
            )
            answer = work(*args, **options)
            return SimpleNamespace(exception=lambda: None, result=lambda: answer)

    line, work = forecast(Here(), tasks)
    assert "The largest, water-2.xyz, has 6 atoms and needs 0." in line and len(work) == 3


def test_only_so_many_structures_are_named() -> None:
    flagged = [{"file": f"{k}.pdb", "atoms": 2000, "atoms_outside_domain": 1200} for k in range(25)]
    lines = not_trusted_lines(flagged)
    assert lines[1] == "  0.pdb: 1,200 of 2,000 atoms" and len(lines) == 22 and "and 5 more" in lines[-1]
    assert not_trusted_lines([]) == []


def test_names_in_the_summary_cannot_act_as_formulas() -> None:
    [row] = csv.DictReader(io.StringIO(summary_csv([], [Failure("=1+1.xyz", "No atoms.", "Add some.")])))
    assert row["name"] == "'=1+1.xyz" and row["problem"] == "No atoms. Add some." and row["atoms"] == ""


@pytest.mark.slow
def test_ctrl_c_is_quiet(untrained_model, tmp_path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(200):
        shutil.copy(example_path("water-30"), folder / f"{number}.xyz")
    words = ("predict", "--batch", folder, "--out", tmp_path / "out", "--model", untrained_model, "--workers", "2")
    # What a shell starts in the background ignores Ctrl-C, and so do its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, "-m", "core", *map(str, words)], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("1 of 200"):
                break
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130
    said = [line for line in rest.splitlines() if " of 200: " not in line]
    assert said == ["Error: Stopped.", "Run the same command again to start over or resume."]


def test_ctrl_c_waits_for_what_must_not_be_interrupted() -> None:
    done = []
    # Workers of pytest's ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        with interrupts_wait():
            os.kill(os.getpid(), signal.SIGINT)
            # Where the mask holds it back, and where another thread took it.
            signal.getsignal(signal.SIGINT)(signal.SIGINT, None)
            child = subprocess.run(["grep", "SigBlk", "/proc/self/status"], capture_output=True, text=True, check=True)
            done.append(int(child.stdout.split()[1], 16) >> (signal.SIGINT - 1) & 1)
        done.append(2)
    assert done == [1]
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
