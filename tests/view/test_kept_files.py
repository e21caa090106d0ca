"""Files of visitors are found again by the hash of what they are, whole or not at all, and make room for newer ones."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.chem.subject import DEFAULT_OPTIONS, Source, Subject, from_source
from core.errors import FetchError
from core.view.kept_files import KeptFiles

XYZ = b"3\nwater\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n"


def subject(title: bytes = b"water", charge: int | None = None) -> Subject:
    source = Source(XYZ.replace(b"water", title), "water.xyz")
    return from_source(source, replace(DEFAULT_OPTIONS, charge=charge))


def test_a_file_comes_back_as_it_was_prepared(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path, 1e6)
    options = replace(DEFAULT_OPTIONS, charge=0, drop=("SO4",), ligands=(("LIG", "CCO"),))
    name = files.put(from_source(Source(XYZ, "water.xyz", "here"), options))
    assert name is not None
    found = KeptFiles(tmp_path, 1e6).get(name)
    assert found.options == options
    assert found.source is not None
    assert (found.source.content, found.source.filename, found.source.origin) == (XYZ, "water.xyz", "here")
    assert found.molecule.title == "water"
    np.testing.assert_array_equal(found.molecule.positions_angstrom, subject().molecule.positions_angstrom)


def test_names_tell_content_and_choices_apart(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path, 1e6)
    names = [files.put(one) for one in (subject(), subject(), subject(b"other"), subject(charge=0))]
    assert names[0] == names[1] and len(set(names)) == 3


@pytest.mark.parametrize("name", ["0" * 32, "../../etc/passwd", "", "0" * 31, "G" * 32, "0" * 32 + "\n"])
def test_what_is_not_there_is_a_message_with_a_remedy(tmp_path: Path, name: str) -> None:
    with pytest.raises(FetchError, match="not kept on this server") as caught:
        KeptFiles(tmp_path, 1e6).get(name)
    assert "open it under File" in caught.value.remedy


@pytest.mark.parametrize("damage", [lambda content: content[:-5], lambda content: b"{}" + content, lambda content: b""])
def test_a_damaged_file_is_not_used(tmp_path: Path, damage) -> None:  # noqa: ANN001
    files = KeptFiles(tmp_path, 1e6)
    name = files.put(subject())
    [path] = tmp_path.glob("??/*")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FetchError):
        files.get(str(name))


def test_the_file_not_used_for_longest_goes(tmp_path: Path) -> None:
    KeptFiles(tmp_path, 1e6).put(subject(b"water x"))
    [path] = tmp_path.glob("??/*")
    size = 3 * path.stat().st_size
    path.unlink()
    files = KeptFiles(tmp_path, size)
    names = []
    for k in range(3):
        names.append(str(files.put(subject(b"water %d" % k))))
        os.utime(tmp_path / names[k][:2] / names[k], (k, k))
    files.get(names[0])
    files.put(subject(b"water 3"))
    files.get(names[0])
    with pytest.raises(FetchError):
        files.get(names[1])
    assert sum(path.stat().st_size for path in tmp_path.glob("??/*")) <= size


def test_nothing_is_kept_where_there_is_no_room(tmp_path: Path) -> None:
    assert KeptFiles(tmp_path, 0).put(subject()) is None
    assert KeptFiles(tmp_path, 10).put(subject()) is None
    assert KeptFiles(tmp_path, 1e6).put(Subject(subject().molecule)) is None
    assert not list(tmp_path.glob("??/*"))
