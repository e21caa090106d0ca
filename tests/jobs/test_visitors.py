"""How much one visitor may ask for, and what becomes of a job that several want."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.errors import TooManyJobsError
from core.jobs.client import JobClient
from core.jobs.runner import Limits
from core.jobs.store import ResultStore
from core.jobs.visitors import HOUR_SECONDS, REMEMBERED, Admission, Visitor, VisitorLimits
from tests.jobs.test_client import QUICK, chain, wait, water
from tests.processes import calculations

ANNA, BERT, CLEO = Visitor("anna", "192.0.2.1"), Visitor("bert", "192.0.2.1"), Visitor("cleo", "198.51.100.7")
LIMITS = VisitorLimits(jobs_per_visitor=2, jobs_per_address=3, jobs_in_all=5, starts_per_hour=0)


def refused(admission: Admission, visitor: Visitor, jobs: list[set[Visitor]], words: str, now: float = 0.0) -> None:
    with pytest.raises(TooManyJobsError, match=words) as caught:
        admission.admit(visitor, jobs, now)
    assert caught.value.remedy.endswith(".")


def test_visitor_address_and_all_have_their_limits() -> None:
    admission = Admission(LIMITS)
    jobs: list[set[Visitor]] = []
    for visitor in (ANNA, ANNA):
        admission.admit(visitor, jobs)
        jobs.append({visitor})
    refused(admission, ANNA, jobs, "2 calculations of yours")
    refused(admission, Visitor("anna", "203.0.113.9"), jobs, "2 calculations of yours")
    admission.admit(BERT, jobs)
    jobs.append({BERT})
    refused(admission, Visitor("anna without her cookie", "192.0.2.1"), jobs, "from your network")
    for number in range(2):
        admission.admit(Visitor(f"at home {number}"), jobs)
        jobs.append({Visitor(f"at home {number}")})
    refused(admission, CLEO, jobs, "the queue is full")
    admission.admit(CLEO, jobs[1:])


def test_no_limit_is_no_limit() -> None:
    admission = Admission(VisitorLimits())
    for _ in range(500):
        admission.admit(ANNA, [{ANNA}] * 500)


def test_starts_within_an_hour_are_counted_and_said() -> None:
    admission = Admission(VisitorLimits(starts_per_hour=3))
    for minute in range(3):
        admission.admit(ANNA, [], 60.0 * minute)
    refused(admission, ANNA, [], "3 calculations within the last hour", 1800.0)
    admission.admit(BERT, [], 1800.0)
    with pytest.raises(TooManyJobsError) as caught:
        admission.admit(ANNA, [], HOUR_SECONDS - 60.0)
    assert "in 1 minute." in caught.value.remedy
    admission.admit(ANNA, [], HOUR_SECONDS)
    refused(admission, ANNA, [], "within the last hour", HOUR_SECONDS + 1)
    admission.admit(ANNA, [], HOUR_SECONDS + 60.0)


def test_visitors_that_never_come_back_are_forgotten() -> None:
    admission = Admission(VisitorLimits(starts_per_hour=3))
    for number in range(3 * REMEMBERED):
        admission.admit(Visitor(str(number)), [], 4.0 * number)
    assert len(admission._starts) <= REMEMBERED + 1


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[JobClient]:
    client = JobClient(ResultStore(tmp_path / "store"), limits=Limits(600, 4.0, 1), workers=1, scheduler="")
    client.admission = Admission(LIMITS)
    yield client
    client.close()


def test_what_is_there_or_runs_already_counts_as_nothing(jobs: JobClient) -> None:
    long = jobs.submit_reference(chain(8), visitor=ANNA)
    second = jobs.submit_reference(water(0.99), QUICK, visitor=ANNA)
    with pytest.raises(TooManyJobsError):
        jobs.submit_reference(water(1.0), QUICK, visitor=ANNA)
    assert jobs.submit_reference(chain(8), visitor=ANNA) == long and jobs._submitted == 2
    assert [label for label, _ in jobs.unfinished(ANNA)] == ["Untitled, PBE0/pcseg-2", "Untitled, LDA,VWN/sto-3g"]
    assert jobs.submit_reference(chain(8), visitor=CLEO) == long and jobs._submitted == 2
    jobs.cancel(long)
    assert wait(jobs, second).state == "done"
    assert jobs.unfinished(ANNA) == []
    jobs.submit_reference(chain(7), visitor=ANNA)
    jobs.submit_reference(chain(6), visitor=ANNA)
    assert jobs.submit_reference(water(0.99), QUICK, visitor=ANNA) == second and jobs._submitted == 4


def test_a_job_ends_when_nobody_wants_it_any_more(jobs: JobClient) -> None:
    job = jobs.submit_reference(chain(8), visitor=ANNA)
    jobs.submit_reference(chain(8), visitor=BERT)
    wait(jobs, job, "running")
    deadline = time.monotonic() + 120
    while not calculations():
        assert time.monotonic() < deadline
    [process] = calculations()
    jobs.cancel(job, CLEO)
    jobs.cancel(job, ANNA)
    assert not jobs.asked(job, ANNA) and jobs.asked(job, BERT)
    time.sleep(2)
    assert jobs.status(job).state == "running" and "Stopping" not in jobs.status(job).message
    assert psutil.pid_exists(process.pid) and os.getpid() != process.pid
    jobs.cancel(job, BERT)
    assert wait(jobs, job).state == "cancelled" and not process.is_running()
