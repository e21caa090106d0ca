"""Structures calculated once more at another level: the same ones, under the same names, and then the run ends."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from distributed import Client

from core.chem.molecule import Molecule
from core.data.again import BLOCK, AgainStream
from core.data.cluster import local_cluster
from core.data.dataset import check_apart, load_dataset, trajectory_of
from core.data.generator import Generator, Plan
from core.data.shards import ShardFolder
from core.errors import DataError
from core.reference.calculation import calculate
from core.reference.level import Level
from core.reference.record import Record, write_records

FIRST = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-6)
OTHER = Level(functional="PBE", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-6)


def hydroxide(number: int) -> Record:
    length = 0.93 + 0.01 * number
    molecule = Molecule(np.array([8, 1]), np.array([[0.0, 0.0, 0.0], [length, 0.0, 0.0]]), -1)
    identity = f"ions-1/default/2/{number}/0"
    notes = {"identity": identity, "temperature_kelvin": 300.0 + number, "threads": 1}
    return calculate(molecule, level=FIRST, name=identity.replace("/", "-"), origin="ion", provenance=notes)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with local_cluster(1, processes=False, memory_limit=0) as cluster, Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return [hydroxide(number) for number in range(BLOCK + 2)]


@pytest.fixture(scope="module")
def file(records: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("again") / "first.h5"
    write_records(path, records)
    return path


def test_blocks_hold_every_structure_once_and_then_there_are_none(records: list[Record], file: Path) -> None:
    stream = AgainStream((file,))
    drawn = [sample for block in range(2) for sample in stream.sample(block)]
    assert {s.molecule.content_hash for s in drawn} == {r.molecule.content_hash for r in records}
    assert [s.identity for s in drawn] == [*stream.identities(0), *stream.identities(1)]
    assert len(stream.identities(0)) == BLOCK and len(stream.identities(1)) == 2 and stream.identities(2) == []
    assert all(s.notes["first_level"] == FIRST.label and "scf_cycles" not in s.notes for s in drawn)


def test_a_run_ends_by_itself_and_changes_the_level_only(
    client: Client, records: list[Record], file: Path, tmp_path: Path
) -> None:
    folder = ShardFolder(tmp_path)
    tally = Generator(Plan(AgainStream((file,)), level=OTHER), folder, client).run()
    folder.close()
    assert tally.made == len(records) and tally.rejected == tally.duplicates == 0
    again = {record.molecule.content_hash: record for record in load_dataset(tmp_path)}
    for record in records:
        other = again[record.molecule.content_hash]
        assert other.level == OTHER and other.energy_hartree != record.energy_hartree
        assert other.name == record.name and other.origin == record.origin
        assert trajectory_of(other) == trajectory_of(record) == "ions-1, seed 2"
        assert other.provenance["temperature_kelvin"] == record.provenance["temperature_kelvin"]
        # What is told of the calculation is told of this one.
        notes = other.provenance
        gap = notes["lumo_hartree"] - notes["homo_hartree"]
        assert gap == pytest.approx(notes["homo_lumo_gap_hartree"], abs=1e-12)
        assert notes["homo_hartree"] != record.provenance["homo_hartree"] and notes["scf_cycles"] > 0
    # Held-out structures stay held out, whatever the level.
    with pytest.raises(DataError, match="both sides"):
        check_apart(list(again.values()), records)
    # A second run has nothing to do and says so at once.
    folder = ShardFolder(tmp_path)
    assert Generator(Plan(AgainStream((file,)), level=OTHER), folder, client).run().made == 0
    folder.close()
