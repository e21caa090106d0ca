"""Memory where a control group limits it: files as the kernel writes them, of both versions."""

from pathlib import Path

import psutil
import pytest

from core import memory


def _put(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What says which groups this process is in, and the folder of the groups."""
    monkeypatch.setattr(memory, "_CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(memory, "_MOUNT", tmp_path / "fs")
    return tmp_path


def test_without_groups_it_is_the_machines(told) -> None:
    assert memory.total_bytes() == psutil.virtual_memory().total
    assert abs(memory.free_bytes() - psutil.virtual_memory().available) < 1e9


def test_a_container_sees_its_own_limit(told) -> None:
    (told / "cgroup").write_text("0::/\n")
    stat = "anon 100\ninactive_file 300000\nactive_file 7\n"
    _put(told / "fs", memory__max="1000000\n", memory__current="900000\n", memory__stat=stat)
    assert memory.total_bytes() == 1e6
    assert memory.free_bytes() == 1e6 - (9e5 - 3e5)


def test_the_narrowest_of_the_groups_around_counts(told) -> None:
    (told / "cgroup").write_text("0::/system.slice/rhoscope.service\n")
    _put(told / "fs" / "system.slice", memory__max="5000000\n", memory__current="4900000\n", memory__stat="")
    service = told / "fs" / "system.slice" / "rhoscope.service"
    _put(service, memory__max="max\n", memory__current="10\n", memory__stat="")
    assert (memory.total_bytes(), memory.free_bytes()) == (5e6, 1e5)
    _put(service, memory__max="20\n", memory__current="30\n")
    assert (memory.total_bytes(), memory.free_bytes()) == (20, 0)


def test_the_older_version(told) -> None:
    (told / "cgroup").write_text("9:name=systemd:/\n4:cpu,memory:/docker/3653\n0::/\n")
    limit = {"memory__limit_in_bytes": "2000\n", "memory__usage_in_bytes": "1500\n"}
    _put(told / "fs" / "memory", **limit, memory__stat="cache 9\ntotal_inactive_file 200\n")
    assert (memory.total_bytes(), memory.free_bytes()) == (2000, 700)
