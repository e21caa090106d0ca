"""The README does what it says: its commands run, its numbers are the model card's, its links lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.readme import (
    accuracy,
    filled,
    fuzzed,
    loaded,
    on_screen,
    saved_bench,
    saved_proteins,
    saved_trials,
    shipped_cards,
    speed,
    with_trials,
)

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^\.venv/bin/python -m core (.+)$", TEXT, re.MULTILINE)


def test_the_readme_has_commands() -> None:
    assert {command.split()[0] for command in COMMANDS} >= {"predict", "reference", "compare"}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_readme(command: str, tmp_path: Path) -> None:
    words = [word if word != "runs/water-6" else str(tmp_path / "out") for word in command.split()]
    environment = os.environ | {"RHOSCOPE_DATA_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "core", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_two_commands_are_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", TEXT)) - {"a", "their"}
    assert {"app", "test"} <= named <= targets


def test_numbers_are_those_of_the_model_card_and_the_bench() -> None:
    assert filled(TEXT, shipped_cards(), saved_bench(), saved_proteins()) == TEXT, "run `make readme`"


def test_numbers_are_those_of_the_trials() -> None:
    trials = saved_trials()
    fuzz, load = trials["fuzz"], trials["load"]
    assert with_trials(TEXT, trials) == TEXT, "run `make readme`"
    assert fuzz is not None and sum(row["inputs"] for row in fuzz["targets"]) >= 100_000
    assert all(row["defects"] == 0 for row in fuzz["targets"])
    assert load is not None and all(run["dft_runs_to_the_end"] for run in load)


def test_the_tests_that_the_readme_names_are_there() -> None:
    named = re.findall(r"`(tests/[a-z_/]+\.py)(?:::([a-z_]+))?`", TEXT)
    assert len(named) > 10
    for path, function in named:
        assert f"def {function}" in (ROOT / path).read_text(), f"{path}::{function}"


def test_tables_of_trials() -> None:
    row = {"target": "PDB", "inputs": 22000, "defects": 1, "outcomes": {"read": 2000, "StructureError": 19999}}
    table = fuzzed({"seed": 7, "targets": [row]})
    assert "| PDB | 22,000 | 2,000 | 19,999 | 1 |" in table and "seed 7" in table
    pages = {"answers": 500, "p50": 0.041, "p95": 0.149, "largest": 0.2}
    run = {"visitors": 30, "pages": pages, "by_action": {}, "load_average": [1.0, 2.5], "niceness": 0}
    assert "| 30 | 500 | 0.04 | 0.15 | 0.2 | nan | 1 to 2.5 |" in loaded([run])
    assert fuzzed(None) == loaded(None) == "Not measured yet.\n"


def test_line_of_the_screen() -> None:
    crambin = {"structure": "1CRN", "atoms": 642, "seconds": 4.94}
    points = [crambin, {"structure": "1A8O", "atoms": 1107, "seconds": 6.0}]
    line = on_screen({"machine": {"threads": 2}, "points": points})
    assert line == "1CRN, 642 atoms, 4.9 s; 1A8O, 1,107 atoms, 6.0 s (2 threads, no graphics card).\n"
    assert on_screen(None) == "Not measured yet.\n"


def test_speed_table() -> None:
    machine = {"processor": "two cores", "threads": 2, "torch": "2.13"}
    items = [
        {"title": "a", "ours_seconds": 0.123456, "peer_seconds": 60.0, "ratio": 486.0, "error": 0.00123, "note": "|n|"},
        {"title": "b", "ours_seconds": 10.2, "peer_seconds": None, "ratio": None, "note": "m"},
    ]
    table = speed({"machine": machine, "items": items})
    assert "| a | 0.123 | 60 | 486 | 0.0012 | \\|n\\| |" in table and "| b | 10.2 |  |  |  | m |" in table
    assert speed(None) == "Not measured yet.\n"


def test_accuracy_table() -> None:
    row = {"structures": 3, "eps_ks": 0.1234, "eps_floor": 0.1, "eps_sad": 12.0, "force_mae_mev_per_angstrom": 7.77,
           "force_max_mev_per_angstrom": 99.4}  # fmt: skip
    before = {"seconds": 60.0, "hardware": "an older one, 1 thread(s)", "before": None}
    training = {"set": {"records": 5}, "seconds": 600.0, "hardware": "two cores, 2 thread(s)", "before": before}
    card = {"metrics": {"held_out": row}, "training": training, "parameters": 42, "domain": {"elements": ["C", "H"]}}
    table = accuracy({"tiny": card, "untested": {}})
    assert table.startswith("**tiny** (C, H)\n")
    assert "| held out | 3 | 0.123 | 0.100 | 12.0 | 7.8 | 99 |" in table
    assert "5 calculations in 11 minutes (two cores and an older one, 1 to 2 threads); 42 parameters" in table
    assert accuracy({}) == accuracy({"a": {"metrics": {}}}) == "Not measured yet.\n"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
