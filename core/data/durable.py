"""Files that survive a power cut: written under another name, flushed to the disk, then renamed into place."""

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import h5py

from core.errors import DataError
from core.reference.record import FORMAT, Record, write_record

PARTIAL = ".partial"


def sync(path: Path) -> None:
    """Make a file, or the names in a directory, reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_records_durably(path: Path, records: Sequence[Record]) -> None:
    """Write a new `rhoscope-records-1` file that is either absent or whole, whatever happens.

    Raises DataError where the file exists already and where it cannot be written.
    """
    if path.exists():
        raise DataError(f"{path} exists already.", "Files of records are immutable: choose another name.")
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PARTIAL}")
    try:
        partial.write_bytes(_image(records))
        sync(partial)
        partial.rename(path)
        sync(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise DataError(f"{path} cannot be written: {error}.", "Is the disk full, or the folder read-only?") from error


def _image(records: Sequence[Record]) -> bytes:
    """The file, made in memory: HDF5 that meets a full disk while it closes a file brings the process down."""
    with h5py.File(uuid.uuid4().hex, "w", driver="core", backing_store=False) as file:
        file.attrs["format"] = FORMAT
        file.attrs["created_utc"] = datetime.now(UTC).isoformat(timespec="seconds")
        group = file.create_group("records")
        for record in records:
            write_record(group, record)
        file.flush()
        return bytes(file.id.get_file_image())


def append_line(path: Path, entry: dict) -> None:
    """Add one JSON object to a file of lines, on the disk before this returns."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> Iterator[dict]:
    """The JSON objects of a file of lines; a last line that a crash cut short is passed over."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue
