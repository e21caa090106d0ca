"""Importing records and the rule of the split."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.cli.generate import parse_sizes
from core.data.dataset import check_apart, check_split, load_dataset, summarise, trajectory_of
from core.data.importer import fault, import_records
from core.errors import DataError, UsageError
from core.reference.calculation import build_mol, calculate
from core.reference.level import CHEAP_LEVEL, Level
from core.reference.record import Record, write_records
from core.train.card import _cost

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "assets/datasets/water"
QUICK = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=2, conv_tol=1e-8)


@pytest.fixture(scope="module")
def record() -> Record:
    water = Molecule(np.array([8, 1, 1]), np.array([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]]))
    return calculate(water, level=QUICK, name="a", provenance={"identity": "water-1/default/1/4/2"})


def with_identity(record: Record, identity: str, shift: float) -> Record:
    moved = Molecule(record.molecule.atomic_numbers, record.molecule.positions_angstrom + shift)
    return replace(record, molecule=moved, name=identity.replace("/", "-"), provenance={"identity": identity})


def test_import_keeps_provenance_refuses_duplicates_and_names_what_is_wrong(tmp_path: Path, record: Record) -> None:
    wrong = replace(with_identity(record, "x/y/1/0/0", 1.0), occupied_orbitals=record.occupied_orbitals[:, 1:])
    nan = replace(with_identity(record, "x/y/1/0/1", 2.0), energy_hartree=float("nan"))
    pushed = replace(
        with_identity(record, "x/y/1/0/2", 3.0), gradient_hartree_per_bohr=record.gradient_hartree_per_bohr + 0.1
    )
    bare = replace(with_identity(record, "x/y/1/0/3", 4.0), provenance={}, name="bare")
    write_records(tmp_path / "one.h5", [record, wrong, nan, pushed, bare])
    write_records(tmp_path / "two.h5", [replace(record, name="other")])
    with h5py.File(tmp_path / "one.h5", "a") as file:
        file.attrs["sampler"] = "by hand"
    done = import_records([tmp_path / "one.h5", tmp_path / "two.h5"], tmp_path / "out", prefix="train")
    assert (done.imported, done.duplicates, len(done.refused)) == (2, 1, 3)
    assert "4 orbitals for 10 electrons" in done.refused[0]
    assert [path.name for path in done.shards] == ["train-0000.h5"]
    kept = {r.name: r for r in load_dataset(tmp_path / "out")}
    assert kept["a"].provenance == record.provenance
    assert kept["bare"].provenance["imported_from"] == "one.h5" and kept["bare"].provenance["sampler"] == "by hand"
    assert import_records([tmp_path / "one.h5"], tmp_path / "out").imported == 0


def test_the_split_is_by_seed_and_by_structure(record: Record) -> None:
    training = [with_identity(record, "water-1/default/1/0/0", 0.0)]
    check_split(training, [with_identity(record, "water-1/default/2/0/0", 1.0)])
    with pytest.raises(DataError, match="seed 1"):
        check_split(training, [with_identity(record, "water-1/12:1/1/7/3", 1.0)])
    with pytest.raises(DataError, match="structures are on both sides"):
        check_split(training, [with_identity(record, "water-1/default/2/0/0", 0.0)])


def test_an_element_that_only_the_held_out_have_is_refused(record: Record) -> None:
    sulfur = replace(record.molecule, atomic_numbers=np.where(record.molecule.atomic_numbers == 8, 16, 1))
    held_out = replace(with_identity(record, "water-1/default/2/0/0", 1.0), molecule=sulfur)
    with pytest.raises(DataError, match="S is held out"):
        check_split([with_identity(record, "water-1/default/1/0/0", 0.0)], [held_out])


def test_levels_of_theory_do_not_mix(record: Record) -> None:
    other = replace(with_identity(record, "water-1/default/2/0/0", 1.0), level=CHEAP_LEVEL)
    with pytest.raises(DataError, match="different levels"):
        check_split([with_identity(record, "water-1/default/1/0/0", 0.0)], [other])


def test_fragments_are_split_by_seed_too(record: Record) -> None:
    training = [with_identity(record, f"{sampler}/default/1/0/0", shift)
                for sampler, shift in (("water-1", 0.0), ("fragments-2", 1.0))]  # fmt: skip
    check_split(training, [with_identity(record, "fragments-2/default/2/0/0", 2.0)])
    with pytest.raises(DataError, match="fragments-2, seed 1") as caught:
        check_split(training, [with_identity(record, "fragments-2/default/1/5/7", 2.0)])
    assert "generate fragments --seed 2" in caught.value.remedy


def test_a_file_that_is_not_one_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_bytes(b"not HDF5 at all")
    for call in (lambda: load_dataset(tmp_path / "a.h5"), lambda: import_records([tmp_path / "a.h5"], tmp_path / "o")):
        with pytest.raises(DataError, match="cannot be read"):
            call()
    with pytest.raises(DataError, match="is not there"):
        load_dataset(tmp_path / "b.h5")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no records"):
        load_dataset(tmp_path / "empty")


def test_patterns_and_folders_name_the_same_files() -> None:
    by_pattern = load_dataset(f"{DATASETS}/headstart-*.h5")
    assert len(by_pattern) == 183
    assert len(load_dataset([DATASETS, f"{DATASETS}/headstart-*.h5"])) == len(load_dataset(DATASETS))
    with pytest.raises(DataError, match="is not there"):
        load_dataset(f"{DATASETS}/no-such-*.h5")


def test_sizes_on_the_command_line() -> None:
    assert parse_sizes("12,16,20") == {12: 1.0, 16: 1.0, 20: 1.0}
    assert parse_sizes("1:4,2:12") == {1: 4.0, 2: 12.0}
    with pytest.raises(UsageError):
        parse_sizes("12;16")


def test_shipped_records_hold_the_electrons_and_the_force_sum_they_must() -> None:
    """The stored orbitals are orthonormal in PySCF's own overlap matrix, hence integrate to the electron count."""
    records = load_dataset(DATASETS)
    assert len(records) >= 183
    assert not [fault(r) for r in records if fault(r)]
    for chosen in records[:: max(1, len(records) // 6)]:
        overlap = build_mol(chosen.molecule, chosen.level).intor("int1e_ovlp")
        orbitals = chosen.occupied_orbitals.astype(float)
        assert np.abs(orbitals.T @ overlap @ orbitals - np.eye(orbitals.shape[1])).max() < 2e-6


def test_shipped_training_and_held_out_sets_share_nothing() -> None:
    held_out = sorted(DATASETS.glob("heldout-*.h5"))
    if not held_out:
        pytest.skip("no held-out shards in assets/datasets")
    training = load_dataset([*DATASETS.glob("headstart-*.h5"), *DATASETS.glob("train-*.h5")])
    check_split(training, load_dataset(held_out))
    assert {trajectory_of(r) for r in load_dataset(held_out)} == {"water-1, seed 2"}


def test_shipped_fragments_share_nothing_and_the_cheap_ones_stay_apart() -> None:
    folder = ROOT / "assets/datasets/fragments"
    trained = ("headstart", "train", "charged", "heavy", "ends", "reference-bases", "reference-residues")
    training = load_dataset([path for name in trained for path in folder.glob(f"{name}-*.h5")])
    unseen = ("large", "dna-large", "small-cutouts")
    large = load_dataset([path for name in unseen for path in folder.glob(f"{name}-*.h5")])
    check_split(training, large)
    sets = {path: path.stem.rpartition("-")[0] for path in folder.glob("*.h5")}
    beside = load_dataset([path for path, name in sets.items() if name not in (*trained, *unseen, "heldout")])
    check_apart(beside, [*large, *load_dataset(f"{folder}/heldout-*.h5")])
    held_out, cheap = load_dataset(f"{folder}/heldout-*.h5"), load_dataset(f"{folder}/cheap-*.h5")
    check_split(training, held_out)
    assert {record.level.label for record in cheap} == {CHEAP_LEVEL.label}
    with pytest.raises(DataError, match="different levels"):
        check_split([*training, *cheap], held_out)
    structures = [{record.molecule.content_hash for record in part} for part in (training, held_out, large, cheap)]
    assert len(set.union(*structures)) == sum(map(len, structures))
    again = load_dataset(f"{folder}/again-*.h5")
    for apart in (held_out, large):
        check_split([*training, *again], apart)
    once = {record.molecule.content_hash for record in (*cheap, *load_dataset(f"{folder}/bases-*.h5"))}
    assert {record.molecule.content_hash for record in again} <= once
    assert not [fault(record) for record in (*training, *held_out, *large, *cheap, *again) if fault(record)]


def test_summary_command_counts_what_is_there() -> None:
    words = [sys.executable, "-m", "core", "generate", "summary", str(DATASETS), "--json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(json.dumps(summarise(load_dataset(DATASETS))))


def test_the_cost_counts_what_is_known() -> None:
    records = load_dataset([DATASETS / "headstart-0000.h5", DATASETS.with_name("fragments") / "train-0000.h5"])
    timed = [record.provenance["seconds"] for record in records if record.provenance.get("threads") == 1]
    summary = summarise(records)
    assert summary["timed"] == len(timed) > 0 and summary["records"] > len(timed)
    assert summary["core_hours"] == round(sum(timed) / 3600, 2) > 0
    assert "core-hours (1 of them say what they took)" in _cost(summary) and _cost({"records": 3}) == ""
