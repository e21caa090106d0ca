"""The folder of shards: nothing lost, nothing repeated, nothing changed once written."""

import resource
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.data.durable import append_line, read_lines, write_records_durably
from core.data.shards import MAX_ATTEMPTS, ShardFolder, identity_of
from core.errors import DataError
from core.reference.level import Level
from core.reference.record import Record, read_records


def water_record(number: int, *, shift: float = 0.0) -> Record:
    """Not a calculation: a record of the right shapes, told apart by its bond length and its numbers."""
    rng = np.random.default_rng(number)
    positions = np.array([[0.0, 0.0, 0.0], [0.9 + 0.001 * number + shift, 0.0, 0.0], [-0.24, 0.93, 0.0]])
    gradient = rng.normal(size=(3, 3))
    return Record(
        name=f"w-{number}",
        molecule=Molecule(np.array([8, 1, 1]), positions),
        level=Level(),
        energy_hartree=-76.0 - number,
        gradient_hartree_per_bohr=gradient - gradient.mean(0),
        occupied_orbitals=rng.normal(size=(58, 5)).astype(np.float32),
        origin="test",
        provenance={"identity": f"test/default/1/0/{number}"},
    )


def names_in(path: Path) -> list[str]:
    return [record.name for record in read_records(path)]


def test_records_come_back_as_they_went_in(tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path, records_per_shard=2)
    records = [water_record(n) for n in range(3)]
    assert all(folder.add(record) for record in records)
    [shard] = folder.pack()
    assert [len(folder.shards()), len(folder.pieces())] == [1, 1]
    found = {r.name: r for path in (shard, *folder.pieces()) for r in read_records(path)}
    for record in records:
        other = found[record.name]
        assert np.array_equal(other.occupied_orbitals, record.occupied_orbitals)
        assert np.array_equal(other.gradient_hartree_per_bohr, record.gradient_hartree_per_bohr)
        assert other.molecule.content_hash == record.molecule.content_hash
        assert other.provenance == record.provenance and other.level == record.level
        assert other.energy_hartree == record.energy_hartree


def test_no_structure_twice_within_a_run_or_across_runs(tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    assert folder.add(water_record(1))
    assert not folder.add(water_record(1))
    assert not folder.add(water_record(1, shift=2e-7))  # below the resolution of the content hash
    assert folder.add(water_record(1, shift=2e-5))
    folder.close()
    again = ShardFolder(tmp_path)
    assert len(again) == 2
    assert again.settled(identity_of(water_record(1))) and not again.settled("test/default/1/0/2")
    assert not again.add(water_record(1))


def test_a_stop_between_shard_and_pieces_repeats_nothing(tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path, records_per_shard=4)
    for n in range(4):
        folder.add(water_record(n))
    kept = {path: path.read_bytes() for path in folder.pieces()}
    folder.pack()
    folder.close()
    (tmp_path / "pieces").mkdir(exist_ok=True)
    for path, content in kept.items():
        path.write_bytes(content)
    (tmp_path / "shard-0001.h5.99.partial").write_bytes(b"half")
    again = ShardFolder(tmp_path, records_per_shard=4)
    assert len(again) == 4
    assert again.pieces() == [] and again.pack(everything=True) == []
    assert not list(tmp_path.glob("*.partial"))


def test_a_damaged_piece_is_set_aside_and_a_shard_never_overwritten(tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path, records_per_shard=1)
    folder.add(water_record(1))
    [first] = folder.pack()
    before = first.read_bytes()
    folder.add(water_record(2))
    [second] = folder.pack()
    assert [first.name, second.name] == ["shard-0000.h5", "shard-0001.h5"] and first.read_bytes() == before
    folder.add(water_record(3))
    [piece] = folder.pieces()
    piece.write_bytes(piece.read_bytes()[:1000])
    folder.close()
    again = ShardFolder(tmp_path)
    assert len(again) == 2
    assert piece.with_suffix(".damaged").exists()
    assert not again.settled(identity_of(water_record(3)))


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the write fails in the same place."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(DataError, match="cannot be written"):
            write_records_durably(tmp_path / "a.h5", [water_record(n) for n in range(20)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())
    with pytest.raises(DataError, match="cannot be written"):
        write_records_durably(tmp_path / "no such folder" / "a.h5", [water_record(1)])


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    with pytest.raises(DataError, match="Another process"):
        ShardFolder(tmp_path)
    folder.close()
    ShardFolder(tmp_path).close()


def test_rejections_end_and_are_remembered(tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        folder.reject("a/b/1/0/1", "MemoryError", final=False)
        assert folder.settled("a/b/1/0/1") is (attempt == MAX_ATTEMPTS)
    folder.reject("a/b/1/0/2", "ConvergenceError", "no", final=True)
    assert folder.settled("a/b/1/0/2")
    folder.close()
    assert ShardFolder(tmp_path).settled("a/b/1/0/2")


def test_a_line_cut_short_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    append_line(path, {"n": 1})
    with path.open("a") as file:
        file.write('{"n": 2')
    assert list(read_lines(path)) == [{"n": 1}]


def test_equal_names_are_told_apart_in_a_shard(tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    for n in range(2):
        folder.add(replace(water_record(n), name="same"))
    [shard] = folder.pack(everything=True)
    assert len(set(names_in(shard))) == 2
