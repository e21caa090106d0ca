"""Failures as files, `<name>.failed.json`, so that they outlive the server too."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from core.jobs.room import put_whole
from core.jobs.status import Failure
from core.logs import get_logger
from core.reference.calculation import CycleReport

SUFFIX = ".failed.json"


def write_failure(failure: Failure, path: Path) -> None:
    """Keep why a calculation failed and the cycles it did, on the disk before this returns. Raises OSError."""
    put_whole(json.dumps(asdict(failure)).encode(), path)


def read_failure(path: Path) -> Failure | None:
    """What `write_failure` wrote, or None. A file that is damaged counts as none, and goes."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Failure(**found | {"cycles": tuple(CycleReport(**cycle) for cycle in found["cycles"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        get_logger(__name__).warning("damaged failure removed", path=str(path), error=str(error))
        path.unlink(missing_ok=True)
        return None


def written_at(path: Path) -> datetime:
    """When the file was written, UTC. Raises OSError."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
