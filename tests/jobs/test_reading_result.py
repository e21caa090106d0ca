"""Results of one's own in a process of their own: the same as read here, and what a bad file does to its reader ends
with a message and nothing else."""

import h5py
import numpy as np
import pytest

from core.errors import ReaderCrashError, ReaderMemoryError, ReaderTimeError, ResultError, RhoscopeError
from core.jobs import reading_result
from core.jobs.isolated import Isolation, ReadLimits, Work
from core.jobs.reading_result import read_result
from core.reference.foreign import CubeGrid, GaussianOrbitals, read
from tests.jobs import hostile
from tests.reference.foreign.test_bad_files import changed_checkpoint, endless_checkpoint, files

NAMES = ["water.cube", "water.fchk", "water.molden", "water.chk"]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_comes_out_as_in_this_process(name: str) -> None:
    here, there = read(files()[name], name), read_result(files()[name], f"somewhere/{name}")
    assert (there.name, there.kind, there.says, there.charge) == (name, here.kind, here.says, here.charge)
    assert there.energy_hartree == here.energy_hartree and there.notes == here.notes
    assert np.array_equal(there.positions_bohr, here.positions_bohr)
    for density in (here.density, there.density):
        assert isinstance(density, CubeGrid if name.endswith("cube") else GaussianOrbitals)
    for part in ("density", "steps_bohr", "origin_bohr", "coefficients", "occupations"):
        assert np.array_equal(getattr(here.density, part, None), getattr(there.density, part, None))


@pytest.mark.parametrize("name", NAMES)
def test_errors_are_those_of_this_process(name: str) -> None:
    for content in (b"", b"hello\n" * 100, files()[name][: len(files()[name]) // 2]):
        with pytest.raises(RhoscopeError) as direct:
            read(content, name)
        with pytest.raises(type(direct.value)) as caught:
            read_result(content, name)
        assert (caught.value.message, caught.value.remedy) == (direct.value.message, direct.value.remedy)


def test_a_file_that_is_too_large_is_not_even_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Isolation, "run", lambda *words, **more: pytest.fail("sent"))
    with pytest.raises(ResultError, match="50 MB"):
        read_result(b"\n" * 50_000_001, "a.cube")


def still_reads() -> bool:
    return read_result(files()["water.chk"], "water.chk").atomic_numbers.tolist() == [8, 1, 1]


@pytest.mark.parametrize(
    ("work", "kind", "words"),
    [
        (hostile.open_checkpoint, ReaderTimeError, "'x<b>.chk' took longer than the 1 s"),
        (hostile.crash, ReaderCrashError, "'x<b>.chk' could not be read"),
        (hostile.leave, ReaderCrashError, "'x<b>.chk' could not be read"),
        (hostile.echo, ResultError, "makes no sense"),
    ],
)
def test_a_reader_that_goes_round_for_ever_breaks_or_lies(
    monkeypatch: pytest.MonkeyPatch, work: Work, kind: type, words: str
) -> None:
    """HDF5's library does the first by itself, were the file not looked through before; the rest is played."""
    with monkeypatch.context() as patch:
        limits = ReadLimits(1 if work is hostile.open_checkpoint else 60, 2.0)
        patch.setattr("core.jobs.isolated.default_limits", lambda: limits)
        patch.setattr(reading_result, "result_work", work)
        with pytest.raises(kind, match=words) as caught:
            read_result(endless_checkpoint(), "x<b>.chk")
    assert caught.value.remedy
    assert still_reads()


def test_a_file_that_takes_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros that the file does not even hold, no more of them than a molecule may have."""

    def unpacked(file: h5py.File, molecule: dict) -> None:
        del file["scf/mo_coeff"]
        file["scf"].create_dataset("mo_coeff", (3500, 3500), "f8", chunks=(500, 500), compression="gzip")

    content = changed_checkpoint(unpacked)
    assert len(content) < 400_000
    with pytest.raises(ResultError, match="do not fit"):
        read_result(content, "x.chk")
    with monkeypatch.context() as patch:
        patch.setattr("core.jobs.isolated.default_limits", lambda: ReadLimits(60, 0.5))
        with pytest.raises(ReaderMemoryError, match=r"'x\.chk' needs more than the 0\.5 GB"):
            read_result(content, "x.chk")
    assert still_reads()


def test_counts_that_no_file_could_hold() -> None:
    """Nothing is made room for before it is there."""
    cube = files()["water.cube"].split(b"\n")
    atoms, axis = cube[2].split(), cube[3].split()
    for content, name in (
        (b"\n".join([*cube[:2], b" 99999 " + b" ".join(atoms[1:]), *cube[3:]]), "x.cube"),
        (b"\n".join([*cube[:2], b" 99999999999999 " + b" ".join(atoms[1:]), *cube[3:]]), "x.cube"),
        (b"\n".join([*cube[:3], b" 2000000000 " + b" ".join(axis[1:]), *cube[4:]]), "x.cube"),
        (files()["water.fchk"].replace(b"N=          28", b"N=  2000000000"), "x.fchk"),
        (files()["water.fchk"].replace(b"N=           9", b"N=  2000000000"), "x.fchk"),
        (files()["water.molden"].replace(b" s    3", b" s 2000000000", 1), "x.molden"),
    ):
        assert b"999" in content or b"2000000000" in content
        with pytest.raises(ResultError):
            read_result(content, name)


def test_the_answer_may_be_as_long_as_a_cube_becomes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number in two places of text is eight bytes; a limit for structures would cut off what is accepted here."""
    monkeypatch.setattr(reading_result, "ANSWER_LIMIT_BYTES", 1000)
    head, grid = files()["water.cube"].split(b"\n")[:9], b"0 " * 14**3
    with_points = b"\n".join(head) + b"\n" + grid
    assert read_result(with_points, "x.cube").density.density.shape == (14, 14, 14)
