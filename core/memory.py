"""Memory of this machine, or of the container that this program runs in, whose limit the machine's numbers do not show.

The files of control groups: https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/memory.html.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil

_CGROUP, _MOUNT = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def total_bytes() -> float:
    """What there is, or what the container may have."""
    return min([float(psutil.virtual_memory().total), *(limit for limit, _ in _limits(_CGROUP, _MOUNT))])


def free_bytes() -> float:
    """What can be had without anything being swapped or ended for it."""
    free = [float(psutil.virtual_memory().available)]
    return max(0.0, min([*free, *(limit - used for limit, used in _limits(_CGROUP, _MOUNT))]))


def _limits(groups: Path, mount: Path) -> Iterator[tuple[float, float]]:
    """Limit and use in bytes of each control group around this process that has a limit, of either version."""
    for line in _text(groups).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            yield from _of_group(mount, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _of_group(mount / "memory", path, *names)


def _of_group(root: Path, path: str, limit: str, usage: str, cache: str) -> Iterator[tuple[float, float]]:
    """From the group up. Those that a container does not see have no files."""
    group = root / path.strip("/")
    for folder in (group, *group.parents):
        if not folder.is_relative_to(root):
            return
        most, used = _text(folder / limit).strip(), _text(folder / usage).strip()
        if most.isdigit() and used.isdigit():
            words = dict(line.split(" ", 1) for line in _text(folder / "memory.stat").splitlines())
            # Files that were read and not lately: the kernel gives their memory away.
            yield float(most), float(used) - float(words.get(cache, 0))


def _text(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""
