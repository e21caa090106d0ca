"""The generator: real calculations of single waters, killed, stopped, resumed; failures not tried for ever."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import Client, KilledWorker

from core.data.cluster import connected, local_cluster
from core.data.dataset import load_dataset
from core.data.generator import Generator, Plan, _Failed
from core.data.shards import ShardFolder
from core.data.water import WaterStream, identities, sample_block
from core.errors import CalculationError, DataError, UsageError
from core.reference.calculation import calculate
from core.reference.level import Level

ROOT = Path(__file__).parents[2]
QUICK = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-6)
NEVER_CONVERGES = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-30)
UNKNOWN = Level(functional="no such functional", orbital_basis="sto-3g")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with local_cluster(1, processes=False, memory_limit=0) as cluster, Client(cluster) as client:
        yield client


def command(out: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "core", "generate", "water", "--out", str(out), "--sizes", "1", "--seed", "5", *words]


@contextmanager
def generating(out: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command at work, what it says in `out.json` and `out.txt`; whatever becomes of the test, it ends."""
    words = command(out, "--json")
    with (
        out.with_suffix(".json").open("w") as output,
        out.with_suffix(".txt").open("w") as errors,
        subprocess.Popen(words, cwd=ROOT, stdout=output, stderr=errors, start_new_session=True) as process,
    ):
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """With its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_for_pieces(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Until so many records are there. What the command has said comes with a failure."""
    deadline = time.monotonic() + 300
    while len(list(out.glob("pieces/*.h5"))) < count:
        if process.poll() is not None or time.monotonic() > deadline:
            end(process)
            said = out.with_suffix(".txt").read_text()[-5000:]
            pytest.fail(f"No record in time; ended with {process.wait()}.\n{said}")
        time.sleep(0.02)


def wait_for_the_end_of_workers(process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 300
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.05)
        pytest.fail("Workers outlive the command.")


@pytest.mark.slow
def test_kill_9_loses_at_most_what_was_in_flight_and_nothing_is_repeated(tmp_path: Path) -> None:
    with generating(tmp_path) as process:
        wait_for_pieces(tmp_path, 2, process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        wait_for_the_end_of_workers(process)
    pieces = {path.name: path.read_bytes() for path in tmp_path.glob("pieces/*.h5")}
    assert len(pieces) >= 2
    done = subprocess.run(command(tmp_path, "--limit", "2", "--json"), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["found"] == len(pieces) and report["new"] == 2 and report["duplicates"] == 0
    records = [record for shard in report["shards"] for record in load_dataset(shard)]
    assert len(records) == len(pieces) + 2
    found = {record.provenance["identity"] for record in records}
    assert found == set(identities(5, 0, {1: 1.0})[: len(records)])
    assert {name.removesuffix(".h5") for name in pieces} <= {record.molecule.content_hash[:32] for record in records}
    energies = [record.energy_hartree for record in records]
    assert all(-76.45 < energy < -76.2 for energy in energies) and len(set(energies)) == len(energies)


@pytest.mark.slow
def test_sigterm_stops_cleanly_and_packs(tmp_path: Path) -> None:
    with generating(tmp_path) as process:
        wait_for_pieces(tmp_path, 1, process)
        process.send_signal(signal.SIGTERM)
        returned = process.wait(timeout=300)
    assert returned == 0, tmp_path.with_suffix(".txt").read_text()
    report = json.loads(tmp_path.with_suffix(".json").read_text())
    assert report["stopped"] and report["records"] >= 1
    assert len(load_dataset(tmp_path)) == report["records"]
    assert not list(tmp_path.glob("pieces/*")) and not (tmp_path / ".scratch").exists()


def test_records_are_those_of_a_calculation_by_hand(client: Client, tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    Generator(Plan(stream=WaterStream(7, {1: 1}), level=QUICK, limit=3), folder, client).run()
    records = load_dataset(tmp_path)
    samples = {sample.identity: sample for sample in sample_block(7, 0, {1: 1})}
    assert len(records) == 3
    for record in records:
        sample = samples[record.provenance["identity"]]
        assert sample.molecule.content_hash == record.molecule.content_hash
        again = calculate(sample.molecule, level=QUICK)
        assert record.energy_hartree == pytest.approx(again.energy_hartree, abs=1e-7)
        assert record.provenance["seconds"] > 0 and record.provenance["seed"] == 7


def test_failures_are_written_down_and_not_repeated(client: Client, tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    seen: list[int] = []

    def watch(generator: Generator) -> None:
        seen.append(generator.tally.rejected)
        if generator.tally.rejected >= 2:
            generator.stop()

    generator = Generator(Plan(stream=WaterStream(7, {1: 1}), level=NEVER_CONVERGES), folder, client)
    generator.run(lambda _: watch(generator))
    folder.close()
    lines = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert {line["reason"] for line in lines} == {"ConvergenceError"}
    assert len({line["identity"] for line in lines}) == len(lines) >= 2
    again = ShardFolder(tmp_path)
    assert all(again.settled(line["identity"]) for line in lines) and len(again) == 0


def test_an_unforeseen_error_is_tried_again_once(client: Client, tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    generator = Generator(Plan(stream=WaterStream(8, {1: 1}), level=UNKNOWN), folder, client)
    first = identities(8, 0, {1: 1})[0]

    def watch(_: object) -> None:
        if folder.settled(first):
            generator.stop()

    # Waiting already; were its block drawn as well, a second copy could be in flight when this one is given up.
    generator._waiting.extend(sample_block(8, 0, {1: 1})[:1])
    generator._next_block = 1
    generator.plan = Plan(stream=WaterStream(8, {1: 1}), level=UNKNOWN, seconds=600)
    generator.run(watch)
    attempts = [
        json.loads(line)["attempts"]
        for line in (tmp_path / "rejected.jsonl").read_text().splitlines()
        if json.loads(line)["identity"] == first
    ]
    assert attempts == [1, 2]


@pytest.mark.slow
def test_a_machine_that_fails_is_not_the_fault_of_the_structures(tmp_path: Path) -> None:
    """Here PySCF is told of a folder for its scratch files that is not there."""
    environment = os.environ | {"PYSCF_TMPDIR": str(tmp_path / "nowhere")}
    out = tmp_path / "out"
    done = subprocess.run(command(out), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2, done.stderr
    assert " in a row: [Errno 2]" in done.stderr and "PYSCF_TMPDIR" in done.stderr
    assert "Compute Failed" not in done.stderr
    assert not (out / "rejected.jsonl").exists() and not (out / ".scratch").exists()


def answered(answer: object) -> Any:
    return SimpleNamespace(status="finished", result=lambda: answer)


def test_what_the_machine_failed_waits_and_is_never_rejected(tmp_path: Path) -> None:
    generator = Generator(Plan(stream=WaterStream(7, {1: 1})), ShardFolder(tmp_path), None)  # type: ignore[arg-type]
    first, second, third = sample_block(7, 0, {1: 1})[:3]
    full = answered(_Failed("OSError", "No space left on device", of_machine=True))
    generator._waiting.append(second)
    generator._keep(first, full)
    assert list(generator._waiting) == [first, second], "it is tried again at once"
    generator._waiting.clear()
    generator._keep(first, full)
    generator._keep(second, answered(calculate(second.molecule, level=QUICK)))
    generator._require_machine()
    assert generator.tally.made == 1 and list(generator._waiting) == [first]
    generator._waiting.clear()
    generator._keep(first, full)
    assert not generator._waiting, "it waits for another run"
    generator._keep(third, full)
    generator._require_machine()
    generator._keep(third, full)
    with pytest.raises(CalculationError, match="3 in a row: No space left on device") as problem:
        generator._require_machine()
    assert "PYSCF_TMPDIR" in problem.value.remedy
    assert generator.tally.rejected == 0 and not (tmp_path / "rejected.jsonl").exists()


def test_workers_that_die_one_after_another_end_a_run(tmp_path: Path) -> None:
    """Of a full disk HDF5 may end its process."""
    generator = Generator(Plan(stream=WaterStream(7, {1: 1})), ShardFolder(tmp_path), None)  # type: ignore[arg-type]
    died = KilledWorker("_calculate", SimpleNamespace(address="tcp://127.0.0.1:1"), 3)  # type: ignore[arg-type]
    for sample in sample_block(7, 0, {1: 1})[:3]:
        generator._require_machine()
        generator._keep(sample, SimpleNamespace(status="error", exception=lambda: died))  # type: ignore[arg-type]
        assert not generator.folder.settled(sample.identity), "once is not for good"
    with pytest.raises(CalculationError, match="3 in a row"):
        generator._require_machine()


def test_the_environment_is_as_it_was_when_a_cluster_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYSCF_TMPDIR", raising=False)
    before = dict(os.environ)
    with connected("", 1, tmp_path / "scratch") as client:
        assert client.submit(os.getenv, "PYSCF_TMPDIR").result() == str(tmp_path / "scratch")
    assert dict(os.environ) == before and not (tmp_path / "scratch").exists()


def test_a_worker_that_is_silent_for_long_is_not_given_up(client: Client) -> None:
    """As one of a machine that was asleep: what it had calculated would be lost."""
    assert client.cluster.scheduler.worker_ttl is None


def test_the_time_limit_lets_calculations_in_flight_finish(client: Client, tmp_path: Path) -> None:
    folder = ShardFolder(tmp_path)
    generator = Generator(Plan(stream=WaterStream(7, {1: 1}), level=QUICK, seconds=600.0), folder, client)

    def time_is_up(_: object) -> None:
        if generator._running:
            generator.plan = replace(generator.plan, seconds=0.0)

    tally = generator.run(time_is_up)
    assert tally.made == len(load_dataset(tmp_path)) >= 1
    assert not generator._running


def test_a_scheduler_of_ones_own(tmp_path: Path) -> None:
    with local_cluster(2, processes=False, memory_limit=0, protocol="tcp://") as cluster:
        folder = ShardFolder(tmp_path)
        with connected(cluster.scheduler_address, 1, tmp_path / "unused") as client:
            tally = Generator(Plan(stream=WaterStream(7, {1: 1}), level=QUICK, limit=2), folder, client).run()
    assert tally.made == len(load_dataset(tmp_path)) == 2


def test_a_scheduler_that_does_not_answer_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.data.cluster.CONNECT_SECONDS", 0.5)
    with (
        pytest.raises(UsageError, match="does not answer"),
        connected("tcp://127.0.0.1:1", 1, tmp_path),
    ):
        pass


def test_sizes_that_cannot_be_sampled_are_an_error(client: Client, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be sampled"):
        Generator(Plan(WaterStream(sizes={50: 1.0})), ShardFolder(tmp_path), client).run()
