"""The generator with a stream of its own: small ions, an item not drawn, one drawn twice; stopped and resumed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from distributed import Client

from core.chem.molecule import Molecule
from core.data.cluster import local_cluster
from core.data.dataset import load_dataset, trajectory_of
from core.data.generator import Generator, Plan, formula
from core.data.shards import ShardFolder
from core.data.stream import Sample
from core.errors import DataError
from core.reference.level import Level

QUICK = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-6)
BLOCKS, ITEMS = 3, 4


@dataclass(frozen=True)
class Ions:
    """Blocks of OH-, nothing, the same OH- again, H3+; a bond length of its own for each block."""

    def identities(self, block: int) -> list[str]:
        return [f"ions-1/default/1/{block}/{item}" for item in range(ITEMS)]

    def sample(self, block: int) -> list[Sample]:
        if block == BLOCKS:
            raise DataError("The ions are all used up.", "Stop.")
        names, length = self.identities(block), 0.95 + 0.02 * block
        hydroxide = Molecule(np.array([8, 1]), np.array([[0.0, 0.0, 0.0], [length, 0.0, 0.0]]), -1)
        triangle = Molecule(np.array([1, 1, 1]), length * np.array([[0.0, 0, 0], [0.9, 0, 0], [0.45, 0.78, 0]]), 1)
        found = ((names[0], hydroxide), (names[2], hydroxide), (names[3], triangle))
        return [Sample(name, ion, "ion", {"identity": name, "block": block}) for name, ion in found]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with local_cluster(1, processes=False, memory_limit=0) as cluster, Client(cluster) as client:
        yield client


def rejected(folder: Path) -> dict[str, str]:
    lines = [json.loads(line) for line in (folder / "rejected.jsonl").read_text().splitlines()]
    assert len({line["identity"] for line in lines}) == len(lines)
    return {line["identity"]: line["reason"] for line in lines}


def test_a_run_stopped_and_resumed_makes_every_item_once(client: Client, tmp_path: Path) -> None:
    plan = Plan(stream=Ions(), level=QUICK, limit=2 * BLOCKS)
    folder = ShardFolder(tmp_path)
    first = Generator(plan, folder, client)
    first.run(lambda tally: first.stop() if tally.made >= 2 else None)
    folder.close()
    kept = {record.name: record.energy_hartree for record in load_dataset(tmp_path)}
    assert 2 <= len(kept) < 2 * BLOCKS
    left = Plan(stream=Ions(), level=QUICK, limit=2 * BLOCKS - len(kept))
    tally = Generator(left, ShardFolder(tmp_path), client).run()
    assert tally.made == 2 * BLOCKS - len(kept)
    records = {record.name: record for record in load_dataset(tmp_path)}
    names = [name for block in range(BLOCKS) for name in Ions().identities(block)]
    assert set(records) == {name.replace("/", "-") for name in names if name[-1] in "03"}
    assert {name: records[name].energy_hartree for name in kept} == kept
    assert rejected(tmp_path) == {
        name: {"1": "not drawn", "2": "duplicate"}[name[-1]] for name in names if name[-1] in "12"
    }
    for record in records.values():
        charge = {"0": -1, "3": 1}[record.name[-1]]
        assert record.molecule.charge == charge and 2 * record.occupied_orbitals.shape[1] == record.molecule.electrons
        assert record.origin == "ion" and trajectory_of(record) == "ions-1, seed 1"
        assert record.provenance["identity"] in names and record.provenance["threads"] == 1
    assert len({record.energy_hartree for record in records.values()}) == 2 * BLOCKS


def test_a_stream_that_has_no_more_says_so_and_keeps_what_was_made(client: Client, tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    with pytest.raises(DataError, match="used up"):
        Generator(Plan(stream=Ions(), level=QUICK), folder, client).run()
    folder.close()
    assert len(load_dataset(tmp_path)) >= 1


@pytest.mark.parametrize(("numbers", "charge", "text"), [
    ([8, 1, 1], 0, "H2O"), ([6, 6, 1, 1, 1, 8, 8], -1, "C2H3O2-"), ([15, 8, 8, 8, 8, 1], -2, "HO4P-2"),
    ([6, 7, 1, 1, 1, 1, 1, 1], 1, "CH6N+"), ([6] * 10 + [7] * 4 + [1] * 10, 0, "C10H10N4"),
])  # fmt: skip
def test_formula(numbers: list[int], charge: int, text: str) -> None:
    assert formula(Molecule(np.array(numbers), np.arange(3.0 * len(numbers)).reshape(-1, 3), charge)) == text
