"""Results of published structures: small ones first, none twice, none after the time is up."""

import h5py
import pytest

from core.cli import dispatch
from core.errors import CalculationError, DataError
from core.train import published
from core.train.evaluate import read_frames, records_of_set
from core.train.published import Published, calculate_published

FRAMES = """3
name=chain charge=1
H 0 0 0
H 0 0 0.87
H 0.75 0 0.43
2
name=pair charge=0
H 0 0 0
H 0 0 0.75
"""


def test_each_is_calculated_once_and_kept_without_its_geometry(tmp_path, capsys, empty_store):
    file, out, shipped = tmp_path / "published.xyz", tmp_path / "one.h5", tmp_path / "shipped"
    file.write_text(FRAMES)
    shipped.mkdir()
    assert calculate_published([file], out, seconds=-1.0, shipped=shipped) == Published(0, 2)
    assert not out.exists()
    order: list[int] = []
    done = calculate_published(
        [file, file], out, seconds=3600.0, on_calculation=lambda molecule: order.append(len(molecule)), shipped=shipped
    )
    assert done == Published(2, 0) and order == [2, 3]
    with h5py.File(out) as results:
        assert set(results["results"]) == {molecule.content_hash for molecule in read_frames(file)}
    # A second file takes them from the store: no calculation may begin.
    assert calculate_published([file], shipped / "two.h5", seconds=-1.0, shipped=shipped) == Published(2, 0)
    assert calculate_published([file], tmp_path / "three.h5", seconds=3600.0, shipped=shipped) == Published(0, 0)
    assert [record.molecule.charge for record in records_of_set(file)] == [1, 0]
    assert dispatch.main(["generate", "results", str(file), "--out", str(tmp_path / "four.h5"), "--hours", "0"]) == 0
    assert "2 results written, 0 structures left." in capsys.readouterr().out


def test_one_that_fails_is_named_and_the_others_are_kept(tmp_path, monkeypatch, empty_store):
    file, shipped = tmp_path / "published.xyz", tmp_path / "shipped"
    file.write_text(FRAMES)
    shipped.mkdir()

    def calculate(molecule, **options):
        if len(molecule) == 2:
            raise CalculationError("The calculation did not converge.", "Try another geometry.")
        return original(molecule, **options)

    original = published.calculate
    monkeypatch.setattr(published, "calculate", calculate)
    done = calculate_published([file], tmp_path / "one.h5", seconds=3600.0, shipped=shipped)
    assert (done.written, done.left) == (1, 1) and "pair: The calculation did not converge." in done.failed[0]


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_calculated(tmp_path, empty_store):
    (tmp_path / "there.h5").touch()
    for out in (tmp_path / "there.h5", tmp_path / "nowhere" / "a.h5"):
        with pytest.raises(DataError):
            calculate_published([tmp_path / "never read"], out, seconds=3600.0)
