"""Structures from files of visitors, kept on disk so that a link can name them: by the hash of all that makes them.

`<data_dir>/files/<first two digits>/<name>` holds one line of JSON (file name, origin, choices of the preparation) and
then the file as it came; the name is the start of the SHA-256 of it all. The oldest go when there is no more room.
"""

import hashlib
import json
import os
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from core.chem.prepare import Options
from core.chem.subject import Source, Subject
from core.errors import FetchError
from core.jobs.reading import read_source
from core.jobs.room import make_room, put_whole
from core.logs import get_logger
from core.settings import settings
from core.view.address import STRUCTURE_DIGITS

FORMAT = "rhoscope-file-1"
_OPTIONS = TypeAdapter(Options)
_NAME = re.compile(rf"[0-9a-f]{{{STRUCTURE_DIGITS}}}", re.ASCII)
log = get_logger(__name__)


class KeptFiles:
    """At most `limit_bytes` of files in `directory`; 0 keeps none."""

    def __init__(self, directory: Path, limit_bytes: float) -> None:
        self._directory, self._limit_bytes = directory, limit_bytes

    def put(self, subject: Subject) -> str | None:
        """Keep what `subject` was made from; returns its name. None where it came from no file, or none is kept."""
        if subject.source is None or not self._limit_bytes:
            return None
        source = subject.source
        header = {
            "format": FORMAT,
            "filename": source.filename,
            "origin": source.origin,
            "identifier": source.identifier,
            "options": asdict(subject.options),
        }
        content = json.dumps(header, sort_keys=True).encode() + b"\n" + source.content
        name = _name_of(content)
        path = self._path(name)
        try:
            if path.exists():
                os.utime(path)
                return name
            put_whole(content, path)
            make_room(self._directory, self._limit_bytes)
        except OSError as error:
            log.warning("file not kept", path=str(path), error=str(error))
            return None
        return name if path.exists() else None

    def get(self, name: str) -> Subject:
        """The structure, prepared as it was. Raises FetchError where it is not here, and as `read_source`."""
        path = self._path(name)
        try:
            content = path.read_bytes()
            if _name_of(content) != name:
                raise ValueError("its content does not match its name")
            line, _, file = content.partition(b"\n")
            header = json.loads(line)
            source = Source(file, *(str(header[key]) for key in ("filename", "origin", "identifier")))
            options = _OPTIONS.validate_python(header["options"])
            os.utime(path)
        except FileNotFoundError:
            raise _gone() from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("kept file cannot be used", path=str(path), error=str(error))
            raise _gone() from error
        return read_source(source, options)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise _gone()
        return self._directory / name[:2] / name


@cache
def kept_files() -> KeptFiles:
    """Those of this server."""
    return KeptFiles(settings().data_dir / "files", settings().kept_files_mb * 1e6)


def _name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:STRUCTURE_DIGITS]


def _gone() -> FetchError:
    return FetchError(
        "The file that this link names is not kept on this server.",
        "Such a link works on the server where the file was opened, as long as there is room for it. Get the file from "
        "whoever sent the link, and open it under File.",
    )
