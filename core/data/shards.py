"""A folder of records that grows: every record its own durable file at once, later packed into immutable shards.

    <prefix>-0000.h5 ...  shards, `rhoscope-records-1` (see core.reference.record), never changed once written
    pieces/<hash>.h5      the same format, one record each, named after the content hash of the structure
    rejected.jsonl        structures that are not to be calculated again: identity, reason, message, attempts

A record counts as there when it is in a piece or a shard. A shard is on the disk before its pieces go, and pieces
already in a shard go at the next opening, so a stop at any moment loses nothing and repeats nothing.
"""

import contextlib
import fcntl
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.data.durable import PARTIAL, append_line, read_lines, sync, write_records_durably
from core.errors import DataError
from core.logs import get_logger
from core.reference.record import Record, read_records

RECORDS_PER_SHARD = 64
MAX_ATTEMPTS = 2


def identity_of(record: Record) -> str:
    """What the sampler called the structure, or the record's name where no sampler made it."""
    return str(record.provenance.get("identity", record.name))


@dataclass
class ShardFolder:
    """The one writer of a folder; a lock on the directory holds off a second one (DataError).

    identities: of all records here. hashes: content hashes of their molecules. rejected: identity -> attempts.
    """

    directory: Path
    prefix: str = "shard"
    records_per_shard: int = RECORDS_PER_SHARD
    identities: set[str] = field(default_factory=set, init=False)
    hashes: set[str] = field(default_factory=set, init=False)
    rejected: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        self.pieces_directory.mkdir(exist_ok=True)
        for leftover in (*self.directory.glob(f"*{PARTIAL}"), *self.pieces_directory.glob(f"*{PARTIAL}")):
            leftover.unlink()
        for shard in self.shards():
            for record in read_records(shard):
                self._know(record)
        for piece in self.pieces():
            self._adopt(piece)
        for entry in read_lines(self._rejections):
            self.rejected[entry["identity"]] = max(int(entry["attempts"]), self.rejected.get(entry["identity"], 0))

    @property
    def pieces_directory(self) -> Path:
        return self.directory / "pieces"

    @property
    def _rejections(self) -> Path:
        return self.directory / "rejected.jsonl"

    def _take_lock(self) -> int:
        lock = os.open(self.directory, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise DataError(
                f"Another process is writing to {self.directory}.", "Wait for it, stop it, or choose another --out."
            ) from error
        return lock

    def close(self) -> None:
        """Give the folder free for another writer."""
        with contextlib.suppress(OSError):
            self.pieces_directory.rmdir()
        os.close(self._lock)

    def shards(self) -> list[Path]:
        return sorted(self.directory.glob("*.h5"))

    def pieces(self) -> list[Path]:
        return sorted(self.pieces_directory.glob("*.h5"))

    def _know(self, record: Record) -> None:
        self.identities.add(identity_of(record))
        self.hashes.add(record.molecule.content_hash)

    def _adopt(self, piece: Path) -> None:
        try:
            [record] = read_records(piece)
        except (DataError, ValueError, KeyError) as error:
            get_logger(__name__).warning("damaged piece set aside", piece=str(piece), error=str(error))
            piece.rename(piece.with_suffix(".damaged"))
            return
        if record.molecule.content_hash in self.hashes:
            piece.unlink()
        else:
            self._know(record)

    def __len__(self) -> int:
        return len(self.hashes)

    def settled(self, identity: str) -> bool:
        """Whether this structure needs no calculation: it is here, or it was rejected for good."""
        return identity in self.identities or self.rejected.get(identity, 0) >= MAX_ATTEMPTS

    def add(self, record: Record) -> bool:
        """Keep one record, on the disk before this returns. False where its structure is here already."""
        if record.molecule.content_hash in self.hashes:
            return False
        write_records_durably(self.pieces_directory / f"{record.molecule.content_hash[:32]}.h5", [record])
        self._know(record)
        return True

    def reject(self, identity: str, reason: str, message: str = "", *, final: bool = True) -> None:
        """Note that a structure gave no record; after MAX_ATTEMPTS, or at once if `final`, it is not tried again."""
        attempts = MAX_ATTEMPTS if final else self.rejected.get(identity, 0) + 1
        self.rejected[identity] = attempts
        append_line(
            self._rejections, {"identity": identity, "reason": reason, "message": message, "attempts": attempts}
        )

    def pack(self, *, everything: bool = False) -> list[Path]:
        """Put pieces into new shards while there are enough for a full one, or all of them; returns the new shards."""
        written = []
        pieces = self.pieces()
        while len(pieces) >= self.records_per_shard or (everything and pieces):
            chosen, pieces = pieces[: self.records_per_shard], pieces[self.records_per_shard :]
            records = sorted((next(read_records(piece)) for piece in chosen), key=_natural_order)
            shard = self.directory / f"{self.prefix}-{self._next_number():04d}.h5"
            write_records_durably(shard, unique_names(records))
            for piece in chosen:
                piece.unlink()
            sync(self.pieces_directory)
            written.append(shard)
        return written

    def _next_number(self) -> int:
        numbers = [
            int(match[1])
            for path in self.shards()
            if (match := re.fullmatch(rf"{re.escape(self.prefix)}-(\d+)", path.stem))
        ]
        return max(numbers, default=-1) + 1


def _natural_order(record: Record) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", identity_of(record))]


def unique_names(records: Sequence[Record]) -> list[Record]:
    """The same records, those with a name already taken given the start of their content hash as well."""
    taken: set[str] = set()
    found = []
    for record in records:
        name = record.name.replace("/", "-")
        if name in taken:
            name = f"{name}-{record.molecule.content_hash[:8]}"
        taken.add(name)
        found.append(replace(record, name=name))
    return found
