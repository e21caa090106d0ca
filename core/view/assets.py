"""What the browser is sent besides Streamlit's own: the viewer's modules and packed fields, by address.

Both addresses hold a hash of the content, so the browser may keep them for ever and never sees an old one.
"""

import hashlib
import threading
from collections import OrderedDict
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SERVED = ("viewer", "vendor")
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_TYPES = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}


@cache
def version() -> str:
    """Sixteen hex digits that change with any served file."""
    digest = hashlib.sha256()
    for path in served_files():
        digest.update(str(path.relative_to(ASSETS)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def served_files() -> tuple[Path, ...]:
    """The files that may be asked for, sorted; nothing else under assets/ is served."""
    return tuple(sorted(path for folder in SERVED for path in (ASSETS / folder).rglob("*") if path.suffix in _TYPES))


def module_url(name: str) -> str:
    """Address of assets/viewer/<name>, relative to the app's root."""
    return f"assets/{version()}/viewer/{name}"


class FieldStore:
    """Packed fields by their content hash, in memory; the least recently used go when `limit_bytes` is passed."""

    def __init__(self, limit_bytes: int = 256_000_000) -> None:
        self._limit_bytes = limit_bytes
        self._fields: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, digest: str, compressed: bytes) -> str:
        """Keep gzip `compressed` under `digest`; returns its address relative to the app's root."""
        with self._lock:
            self._fields[digest] = compressed
            self._fields.move_to_end(digest)
            while sum(map(len, self._fields.values())) > self._limit_bytes and len(self._fields) > 1:
                self._fields.popitem(last=False)
        return f"fields/{digest}"

    def get(self, digest: str) -> bytes | None:
        with self._lock:
            if digest in self._fields:
                self._fields.move_to_end(digest)
            return self._fields.get(digest)


@cache
def field_store() -> FieldStore:
    """The store of this process."""
    return FieldStore()


async def _asset(request: Request) -> Response:
    path = ASSETS / request.path_params["path"]
    if path not in served_files():
        return PlainTextResponse("Not found", status_code=404)
    # An old version means an old page: send today's file, but let nobody keep it under that address.
    current = request.path_params["version"] == version()
    headers = _FOREVER if current else {"Cache-Control": "no-cache"}
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)


async def _field(request: Request) -> Response:
    compressed = field_store().get(request.path_params["digest"])
    if compressed is None:
        return PlainTextResponse("Not found", status_code=404)
    return Response(compressed, media_type="application/octet-stream", headers={**_FOREVER, "Content-Encoding": "gzip"})


def routes() -> list[Route]:
    """Routes for st.App."""
    return [Route("/assets/{version}/{path:path}", _asset), Route("/fields/{digest}", _field)]
