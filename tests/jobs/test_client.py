"""Jobs: real calculations in child processes; progress, cancel, limits, queue, one computation for equal requests."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.chem.molecule import Molecule
from core.data.cluster import local_cluster
from core.errors import UnsupportedElementError
from core.jobs.client import JobClient
from core.jobs.runner import Limits
from core.jobs.status import JobStatus
from core.jobs.store import ResultStore
from core.jobs.timing import basis_functions, law_seconds
from core.model.checkpoint import weights_hash
from core.reference.calculation import calculate
from core.reference.level import Level
from tests.processes import calculations

ROOT = Path(__file__).parents[2]
QUICK = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-6)
NEVER_CONVERGES = Level(functional="LDA,VWN", orbital_basis="sto-3g", xc_grid_level=0, conv_tol=1e-30)
PATIENCE_SECONDS = 300.0


def water(bond_angstrom: float, charge: int = 0) -> Molecule:
    positions = np.array([[0.0, 0.0, 0.0], [bond_angstrom, 0.0, 0.0], [-0.24, 0.93, 0.0]])
    return Molecule(np.array([8, 1, 1]), positions, charge)


def chain(waters: int) -> Molecule:
    """Waters in a row, 3 angstrom apart: a calculation that takes long."""
    single = water(0.96).positions_angstrom
    rows = [single + np.array([0.0, 0.0, 3.0 * n]) for n in range(waters)]
    return Molecule(np.tile([8, 1, 1], waters), np.concatenate(rows))


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[JobClient]:
    client = JobClient(ResultStore(tmp_path / "store"), limits=Limits(600, 4.0, 1), workers=1, scheduler="")
    yield client
    client.close()


def wait(jobs: JobClient, job: str, state: str = "") -> JobStatus:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        status = jobs.status(job)
        if status.state == state or (not state and status.finished):
            return status
        assert time.monotonic() < deadline, status
        time.sleep(0.05)


def test_a_job_gives_the_record_of_a_direct_calculation_with_its_cycles(jobs: JobClient) -> None:
    molecule = water(0.97)
    done: list[JobStatus] = []

    def as_in_a_page() -> None:
        job = jobs.submit_reference(molecule, QUICK)
        assert jobs.submit_reference(water(0.97), QUICK) == job
        done.append(wait(jobs, job))

    thread = threading.Thread(target=as_in_a_page)
    thread.start()
    thread.join()
    [status] = done
    direct = calculate(molecule, level=QUICK)
    record = jobs.result(status.job_id)
    assert status.state == "done" and status.position == 0 and 0 < status.elapsed_seconds < PATIENCE_SECONDS
    assert record is not None and record.energy_hartree == pytest.approx(direct.energy_hartree, abs=1e-8)
    assert np.abs(record.gradient_hartree_per_bohr - direct.gradient_hartree_per_bohr).max() < 1e-6
    assert [cycle.cycle for cycle in status.cycles] == list(range(1, len(status.cycles) + 1))
    assert len(status.cycles) >= record.provenance["scf_cycles"] > 2
    assert status.cycles[-1].energy_hartree == pytest.approx(record.energy_hartree, abs=1e-5)
    assert jobs._submitted == 1 and jobs.submit_reference(molecule, QUICK) == status.job_id and jobs._submitted == 1


@pytest.mark.slow
def test_a_job_may_begin_with_the_density_of_a_model(jobs: JobClient) -> None:
    level = Level(functional="PBE0", orbital_basis="pcseg-1", xc_grid_level=1, conv_tol=1e-8)
    job = jobs.submit_reference(water(0.97), level, from_prediction=True, count_default=True)
    status = wait(jobs, job)
    record = jobs.result(job)
    assert status.state == "done" and record is not None, status
    direct = calculate(water(0.97), level=level)
    assert record.energy_hartree == pytest.approx(direct.energy_hartree, abs=2e-8)
    notes = record.provenance
    assert notes["start"] == "model water" and notes["start_weights"] == weights_hash("water")
    assert notes["default_coarse_cycles"] == direct.provenance["coarse_cycles"] > notes["coarse_cycles"]
    assert notes["one_shot"]["energy_hartree"] == pytest.approx(direct.energy_hartree, abs=5e-3)


def test_results_and_failures_outlive_the_program(jobs: JobClient) -> None:
    job = jobs.submit_reference(water(0.98), QUICK)
    wait(jobs, job)
    jobs.close()
    later = JobClient(jobs.store, limits=jobs.limits, workers=1, scheduler="")
    assert later.submit_reference(water(0.98), QUICK) == job
    assert later.status(job).state == "done" and later.result(job) is not None
    assert later._submitted == 0
    unknown = later.status("0" * 40 + "-" + "0" * 16)
    assert unknown.state == "failed" and "Start it again" in unknown.remedy


@pytest.mark.slow
def test_cancel_kills_the_process_and_the_next_job_runs(jobs: JobClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RHOSCOPE_NICENESS", "3")
    long = jobs.submit_reference(chain(8))
    wait(jobs, long, "running")
    behind, last = jobs.submit_reference(water(0.99), QUICK), jobs.submit_reference(water(1.0), QUICK)
    assert [jobs.status(job).position for job in (long, behind, last)] == [0, 1, 2]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not calculations():
        assert time.monotonic() < deadline
    [process] = calculations()
    while process.nice() < min(19, os.nice(0) + 3):
        assert time.monotonic() < deadline, "it lets nobody go first"
        time.sleep(0.05)
    jobs.cancel(last)
    assert jobs.status(last).state == "cancelled" and jobs.status(behind).position == 1
    jobs.cancel(long)
    started = time.monotonic()
    assert wait(jobs, long).state == "cancelled"
    assert time.monotonic() - started < 60
    assert not process.is_running()
    assert jobs.result(long) is None
    assert wait(jobs, behind).state == "done"
    again = jobs.submit_reference(water(1.0), QUICK)
    assert again == last and wait(jobs, again).state == "done"


def test_no_convergence_says_so_keeps_the_cycles_and_is_not_repeated(jobs: JobClient) -> None:
    job = jobs.submit_reference(water(1.01), NEVER_CONVERGES)
    status = wait(jobs, job)
    assert status.state == "failed" and "did not converge" in status.message and status.remedy
    assert len(status.cycles) >= 50
    jobs.close()
    later = JobClient(jobs.store, limits=jobs.limits, workers=1, scheduler="")
    assert later.submit_reference(water(1.01), NEVER_CONVERGES) == job
    assert later._submitted == 0 and later.status(job).message == status.message
    assert len(later.status(job).cycles) >= 50


def test_an_open_shell_and_an_unknown_element_are_sentences(jobs: JobClient) -> None:
    status = wait(jobs, jobs.submit_reference(water(0.96, charge=1), QUICK))
    assert status.state == "failed" and "closed shell" in status.message and "charge" in status.remedy
    with pytest.raises(UnsupportedElementError, match="Au"):
        jobs.submit_reference(Molecule(np.array([79, 1]), np.eye(3)[:2]))


@pytest.mark.parametrize(
    ("limits", "words"), [(Limits(0.01, 4.0, 1), "time limit"), (Limits(600, 0.02, 1), "memory limit")]
)
def test_limits_stop_the_process_and_may_be_raised(tmp_path: Path, limits: Limits, words: str) -> None:
    strict = JobClient(ResultStore(tmp_path), limits=limits, workers=1, scheduler="")
    try:
        job = strict.submit_reference(water(1.02), QUICK)
        status = wait(strict, job)
        assert status.state == "failed" and words in status.message and "RHOSCOPE_DFT" in status.remedy
        assert not calculations()
        strict.limits = Limits(600, 4.0, 1)
        assert strict.submit_reference(water(1.02), QUICK) == job
        assert wait(strict, job).state == "done"
    finally:
        strict.close()


def test_the_calculation_dies_with_the_program(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from tests_chain import chain\n"
        "from core.jobs.client import JobClient\n"
        "from core.jobs.store import ResultStore\n"
        "client = JobClient(ResultStore(sys.argv[1]), workers=1, scheduler='')\n"
        "client.submit_reference(chain)\n"
        "time.sleep(300)\n"
    )
    (tmp_path / "tests_chain.py").write_text(
        "import numpy as np\nfrom core.chem.molecule import Molecule\n"
        "chain = Molecule(np.tile([8, 1, 1], 8), np.random.default_rng(0).uniform(0, 30, (24, 3)))\n"
    )
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    program = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "store")], env=environment, cwd=ROOT)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while not (children := calculations()):
            assert time.monotonic() < deadline and program.poll() is None
            time.sleep(0.05)
    finally:
        program.kill()
        program.wait()
    gone, alive = psutil.wait_procs(children, timeout=120)
    assert gone and not alive


def test_a_scheduler_of_ones_own_gives_progress_and_cancel_too(tmp_path: Path) -> None:
    with local_cluster(1, processes=False, memory_limit=0, protocol="tcp://") as cluster:
        jobs = JobClient(ResultStore(tmp_path), limits=Limits(600, 4.0, 1), scheduler=cluster.scheduler_address)
        try:
            status = wait(jobs, jobs.submit_reference(water(0.97), QUICK))
            assert status.state == "done" and len(status.cycles) > 2
            long = jobs.submit_reference(chain(8))
            wait(jobs, long, "running")
            jobs.cancel(long)
            assert wait(jobs, long).state == "cancelled" and not calculations()
        finally:
            jobs.close()


def test_nothing_listens_beyond_this_machine(jobs: JobClient) -> None:
    wait(jobs, jobs.submit_reference(water(0.96, charge=1), QUICK))
    listening = [c.laddr.ip for c in psutil.Process().net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening and set(listening) <= {"127.0.0.1", "::1"}


def test_the_estimate_grows_with_size_and_learns_from_this_machine(jobs: JobClient) -> None:
    before = [jobs.estimate_seconds(chain(n)) for n in (2, 4, 8)]
    assert before == sorted(before) and 4 < before[2] / before[1] < 8
    job = jobs.submit_reference(water(0.96))
    assert wait(jobs, job).state == "done"
    record = jobs.result(job)
    assert record is not None
    scale = record.provenance["seconds"] / law_seconds(58)
    assert jobs.estimate_seconds(chain(8)) == pytest.approx(scale * before[2], rel=1e-6)
    # Of another level nothing was calculated yet: this machine is as fast there; fewer functions take less time.
    other = Level(functional="PBE", orbital_basis="pcseg-1")
    expected = scale * law_seconds(basis_functions(chain(8), other))
    assert jobs.estimate_seconds(chain(8), other) == pytest.approx(expected, rel=1e-6)
    assert expected < 0.2 * scale * before[2]
