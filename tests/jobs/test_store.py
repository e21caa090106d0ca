"""The store of results: found by content, whole or absent, failures kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.errors import DataError
from core.jobs.status import Failure, key_of
from core.jobs.store import ResultStore
from core.reference.calculation import CycleReport, calculate
from core.reference.level import Level
from core.reference.record import Record

QUICK = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-6)
POSITIONS = np.array([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]])
WATER = Molecule(np.array([8, 1, 1]), POSITIONS)


@pytest.fixture(scope="module")
def record() -> Record:
    return calculate(WATER, level=QUICK)


def test_a_record_survives_a_restart_and_is_found_by_content(tmp_path: Path, record: Record) -> None:
    assert ResultStore(tmp_path).get(WATER, QUICK) is None
    ResultStore(tmp_path).put(record)
    renamed = Molecule(np.array([8, 1, 1]), POSITIONS + 1e-9, title="<b>another title</b>")
    found = ResultStore(tmp_path).get(renamed, QUICK)
    assert found is not None and found.energy_hartree == record.energy_hartree
    assert np.array_equal(found.occupied_orbitals, record.occupied_orbitals)
    assert ResultStore(tmp_path).get(WATER, replace(QUICK, xc_grid_level=1)) is None
    assert ResultStore(tmp_path).get(Molecule(np.array([8, 1, 1]), POSITIONS, charge=2), QUICK) is None
    assert ResultStore(tmp_path).get(Molecule(np.array([8, 1, 1]), POSITIONS + 1e-3), QUICK) is None


def test_a_damaged_file_counts_as_absent_and_can_be_made_again(tmp_path: Path, record: Record) -> None:
    store = ResultStore(tmp_path)
    path = tmp_path / store.put(record)[:2] / f"{key_of(WATER, QUICK)}.h5"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert store.get(WATER, QUICK) is None
    store.put(record)
    assert store.get(WATER, QUICK) is not None


def test_a_file_that_holds_another_calculation_is_not_believed(tmp_path: Path, record: Record) -> None:
    store = ResultStore(tmp_path)
    key = store.put(record)
    other = key_of(Molecule(np.array([8, 1, 1]), POSITIONS * 1.01), QUICK)
    target = tmp_path / other[:2] / f"{other}.h5"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes((tmp_path / key[:2] / f"{key}.h5").read_bytes())
    assert store.get_by_key(other) is None and store.get_by_key(key) is not None


def test_putting_the_same_record_from_many_threads(tmp_path: Path, record: Record) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: ResultStore(tmp_path).put(record), range(16)))
    assert keys == {key_of(WATER, QUICK)}
    assert ResultStore(tmp_path).get(WATER, QUICK) is not None and not list(tmp_path.rglob("*.partial"))


def test_failures_are_kept_with_their_cycles_until_there_is_a_record(tmp_path: Path, record: Record) -> None:
    key = key_of(WATER, QUICK)
    failure = Failure("It did not converge.", "Mend it.", True, (CycleReport(1, -74.1, -0.5, 0.2),))
    ResultStore(tmp_path).put_failure(key, failure)
    assert ResultStore(tmp_path).failure(key) == failure
    ResultStore(tmp_path).put(record)
    assert ResultStore(tmp_path).failure(key) is None
    path = tmp_path / key[:2] / f"{key}.failed.json"
    path.write_text('{"message": "cut sho')
    assert ResultStore(tmp_path).failure(key) is None


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 40, f"{'0' * 40}-{'g' * 16}", f"{'0' * 40}/{'0' * 16}"])
def test_names_from_outside_are_checked(tmp_path: Path, key: str) -> None:
    for call in (ResultStore(tmp_path).get_by_key, ResultStore(tmp_path).failure):
        with pytest.raises(DataError, match="not the name"):
            call(key)
