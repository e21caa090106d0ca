"""One GET, with care: time-outs, retries with back-off, redirects within the same host only, a limit on the size.

The limit holds for what arrives after decompression, and is judged while it arrives.
"""

import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import requests

from core.errors import FetchError
from core.logs import get_logger

REDIRECTS = 3
CHUNK_BYTES = 65_536
_AGAIN = frozenset({429, 500, 502, 503, 504})
_REMEDY_LATER = "Try again later, or get the file with a browser and open it from disk."


class NotFoundError(FetchError):
    """The server has no such entry."""


class _TryAgain(Exception):
    """Something that may pass: a time-out, a broken connection, an error of the server."""


def download(
    url: str,
    *,
    timeout_seconds: float,
    retries: int,
    backoff_seconds: float,
    limit_bytes: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bytes:
    """The body of the answer. Raises NotFoundError for 404, 400 and 410, FetchError for everything else."""
    reason = ""
    for attempt in range(retries + 1):
        if attempt:
            sleep(backoff_seconds * 2 ** (attempt - 1))
        try:
            return _once(url, timeout_seconds, limit_bytes)
        except _TryAgain as error:
            reason = str(error)
            get_logger(__name__).info("fetch failed", host=urlsplit(url).hostname, attempt=attempt + 1, reason=reason)
    raise FetchError(f"{_host(url)} could not be read: {reason} ({retries + 1} tries).", _REMEDY_LATER)


def _once(url: str, timeout_seconds: float, limit_bytes: float) -> bytes:
    deadline = time.monotonic() + 10 * timeout_seconds
    with requests.Session() as session:
        session.headers["User-Agent"] = "rhoscope"
        here = url
        for _ in range(REDIRECTS + 1):
            try:
                with session.get(here, stream=True, allow_redirects=False, timeout=timeout_seconds) as answer:
                    if answer.is_redirect:
                        here = _redirected(here, answer.headers["location"])
                        continue
                    _require_success(here, answer.status_code)
                    return _body(here, answer, limit_bytes, deadline)
            except requests.Timeout as error:
                raise _TryAgain(f"no answer within {timeout_seconds:g} s") from error
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
                raise _TryAgain("the connection failed or broke off") from error
            except requests.RequestException as error:
                raise FetchError(
                    f"{_host(url)} gave an answer that cannot be read: {type(error).__name__}.", _REMEDY_LATER
                ) from error
    raise FetchError(f"{_host(url)} sends in circles ({REDIRECTS} redirects).", _REMEDY_LATER)


def _redirected(here: str, location: str) -> str:
    there = urljoin(here, location)
    one, two = urlsplit(here), urlsplit(there)
    if (one.scheme, one.hostname, one.port) != (two.scheme, two.hostname, two.port):
        raise FetchError(
            f"{_host(here)} sends on to another place ({two.hostname or 'unknown'}), which is not followed.",
            "A login or proxy page may stand in between. Get the file with a browser and open it from disk.",
        )
    return there


def _require_success(url: str, status: int) -> None:
    if status in (400, 404, 410):
        raise NotFoundError(f"{_host(url)} has no such entry.", "Check the id.")
    if status in _AGAIN:
        raise _TryAgain(f"the server answered {status}")
    if status != 200:
        raise FetchError(f"{_host(url)} refused with status {status}.", _REMEDY_LATER)


def _body(url: str, answer: requests.Response, limit_bytes: float, deadline: float) -> bytes:
    """iter_content decompresses; a body shorter than announced raises ChunkedEncodingError or ConnectionError."""
    chunks, size = [], 0
    for chunk in answer.iter_content(CHUNK_BYTES):
        size += len(chunk)
        if size > limit_bytes:
            raise FetchError(
                f"{_host(url)} sends more than the {limit_bytes / 1e6:g} MB that are accepted.",
                "Get the file with a browser and cut out the part you need, or raise RHOSCOPE_MAX_UPLOAD_MB.",
            )
        if time.monotonic() > deadline:
            raise _TryAgain("the answer came too slowly")
        chunks.append(chunk)
    return b"".join(chunks)


def _host(url: str) -> str:
    return urlsplit(url).hostname or "The server"
