"""Finished calculations on disk, found again by content: the same structure is never computed twice.

`<directory>/<first two digits>/<key>.h5` holds one record (`rhoscope-records-1`), `<key>.failed.json` a failure.
Files appear whole or not at all, so several processes may share a store.
"""

from pathlib import Path

from core.chem.molecule import Molecule
from core.data.durable import write_records_durably
from core.errors import DataError
from core.jobs.failures import SUFFIX, read_failure, write_failure
from core.jobs.status import KEY, Failure, key_of
from core.logs import get_logger
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.record import Record, read_records
from core.settings import settings


class ResultStore:
    """Records by structure and level of theory, in `directory` (default: `calculations` in the data directory)."""

    def __init__(self, directory: Path | str | None = None) -> None:
        self.directory = Path(directory) if directory is not None else settings().data_dir / "calculations"

    def _path(self, key: str, suffix: str) -> Path:
        if not KEY.fullmatch(key):
            raise DataError(f"{key[:80]!r} is not the name of a calculation.", "Open it from the Compare page.")
        return self.directory / key[:2] / f"{key}{suffix}"

    def get(self, molecule: Molecule, level: Level = DEFAULT_LEVEL) -> Record | None:
        """The record of this structure at this level, or None. The title of the structure does not count."""
        return self.get_by_key(key_of(molecule, level))

    def get_by_key(self, key: str) -> Record | None:
        """As `get`. A file that is damaged, or is not what its name says, is set aside and counts as absent."""
        path = self._path(key, ".h5")
        if not path.exists():
            return None
        try:
            [record] = read_records(path)
            if key_of(record.molecule, record.level) == key:
                return record
            reason = "its content does not match its name"
        except (DataError, ValueError, KeyError) as error:
            reason = str(error)
        get_logger(__name__).warning("damaged result set aside", path=str(path), reason=reason)
        path.replace(path.with_suffix(".damaged"))
        return None

    def put(self, record: Record) -> str:
        """Keep a record, on the disk before this returns; the one already there stays. Returns its key."""
        key = key_of(record.molecule, record.level)
        if self.get_by_key(key) is None:
            path = self._path(key, ".h5")
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                write_records_durably(path, [record])
            except DataError:
                if not path.exists():
                    raise
        self.forget_failure(key)
        return key

    def put_failure(self, key: str, failure: Failure) -> None:
        """Keep why a calculation failed and the cycles it did."""
        write_failure(failure, self._path(key, SUFFIX))

    def failure(self, key: str) -> Failure | None:
        """The failure of a calculation, or None."""
        return read_failure(self._path(key, SUFFIX))

    def forget_failure(self, key: str) -> None:
        self._path(key, SUFFIX).unlink(missing_ok=True)

    def recent(self, count: int) -> list[Record]:
        """The `count` records written last, newest first."""
        dated = [(path.stat().st_mtime, path.stem) for path in self.directory.glob("??/*.h5")]
        found = (self.get_by_key(key) for _, key in sorted(dated, reverse=True)[:count] if KEY.fullmatch(key))
        return [record for record in found if record is not None]
