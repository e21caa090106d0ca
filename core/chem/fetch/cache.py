"""Fetched files, kept under the hash of their content; a small JSON file says which id has which.

`<data_dir>/fetched/objects/<sha256>` and `<data_dir>/fetched/ids/<source>/<hash of the id>.json`. Each file is written
whole under another name and then renamed. What does not match its hash is not used.
"""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from core.chem.fetch.identifiers import Identifier
from core.errors import FetchError


@dataclass(frozen=True)
class Kept:
    """sha256: hex, of the content. url: where it came from. fetched_at: ISO 8601, UTC."""

    sha256: str
    suffix: str
    url: str
    fetched_at: str


class FetchCache:
    """Raises FetchError where the data directory cannot be written."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "fetched"

    def get(self, identifier: Identifier) -> tuple[bytes, Kept] | None:
        """Content and origin, None where there is none or it was damaged."""
        try:
            kept = Kept(**json.loads(self._entry(identifier).read_text()))
            content = self._object(kept.sha256).read_bytes()
        except (OSError, ValueError, TypeError):
            return None
        return (content, kept) if hashlib.sha256(content).hexdigest() == kept.sha256 else None

    def put(self, identifier: Identifier, content: bytes, suffix: str, url: str, fetched_at: str) -> Kept:
        kept = Kept(hashlib.sha256(content).hexdigest(), suffix, url, fetched_at)
        try:
            _write(self._object(kept.sha256), content)
            _write(self._entry(identifier), json.dumps(asdict(kept)).encode())
        except OSError as error:
            raise FetchError(
                f"{self._root} cannot be written: {error.strerror or error}.",
                "Set RHOSCOPE_DATA_DIR to a directory that can be written.",
            ) from error
        return kept

    def _object(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"not a hash: {sha256[:20]}")
        return self._root / "objects" / sha256

    def _entry(self, identifier: Identifier) -> Path:
        name = hashlib.sha256(identifier.value.encode()).hexdigest()[:32]
        return self._root / "ids" / identifier.source / f"{name}.json"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
