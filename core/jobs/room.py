"""Folders of files that have so much room and no more: `<first two letters>/<name>`, the oldest by use go first."""

import os
import time
import uuid
from pathlib import Path

from core.data.durable import sync

# Of a file that is being written, before its name; so old, it is one that a crash left.
PARTIAL, LEFT_OVER_SECONDS = ".partial", 3600.0


def put_whole(content: bytes, path: Path) -> None:
    """Write `path` so that it is there whole or not at all, on the disk before this returns. Raises OSError."""
    partial = path.with_name(f"{path.stem}.{uuid.uuid4().hex}{PARTIAL}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        partial.write_bytes(content)
        sync(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def make_room(directory: Path, limit_bytes: float) -> None:
    """Take away what was not used for longest until the rest fits, and what a crash left half written. Raises
    OSError."""
    found = [(path, path.stat()) for path in directory.glob("??/*")]
    used = sum(status.st_size for _, status in found)
    for path, status in sorted(found, key=lambda entry: entry[1].st_mtime):
        left_over = path.suffix == PARTIAL and time.time() - status.st_mtime > LEFT_OVER_SECONDS
        if used > limit_bytes or left_over:
            path.unlink(missing_ok=True)
            used -= status.st_size
