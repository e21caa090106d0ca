"""What processes of one program say to each other about strangers' files: JSON and bytes, and nothing that runs.

A frame is the lengths of both parts (`<IQ`), the JSON, the bytes. Arrays travel as safetensors. Whoever reads a frame
says how long it may be, and no part is believed before it is checked.
"""

import json
import socket
import struct
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

_LENGTHS = struct.Struct("<IQ")
_CHUNK_BYTES = 1 << 20
# The JSON of the largest structure takes a few MB; what it becomes takes far more room than its text.
_TEXT_LIMIT_BYTES = 32_000_000

Arrays = dict[str, NDArray[Any]]


class FrameError(Exception):
    """What came is no frame, is longer than allowed, or ended too early."""


class FrameTimeoutError(FrameError):
    """The frame did not come, or was not taken, in time."""


def send_frame(connection: socket.socket, header: dict[str, Any], content: bytes, *, until: float | None) -> None:
    """until: time.monotonic() at which to give up, None for never. Raises FrameError."""
    text = json.dumps(header).encode()
    for part in (_LENGTHS.pack(len(text), len(content)) + text, content):
        view = memoryview(part)
        while view:
            _set_patience(connection, until)
            try:
                view = view[connection.send(view[:_CHUNK_BYTES]) :]
            except TimeoutError as error:
                raise FrameTimeoutError("not taken in time") from error
            except OSError as error:
                raise FrameError(f"not taken: {error}") from error


def receive_frame(connection: socket.socket, *, limit_bytes: int, until: float | None) -> tuple[dict[str, Any], bytes]:
    """The JSON object and the bytes of the next frame, at most `limit_bytes` in all. Raises FrameError."""
    text_length, content_length = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size, until))
    if text_length > _TEXT_LIMIT_BYTES or text_length + content_length > limit_bytes:
        raise FrameError(f"a frame of {text_length + content_length} bytes")
    text = _exactly(connection, text_length, until)
    content = _exactly(connection, content_length, until)
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"no JSON: {error}") from error
    if not isinstance(header, dict):
        raise FrameError("no JSON object")
    return header, content


def pack_arrays(arrays: Arrays) -> bytes:
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def unpack_arrays(content: bytes) -> Arrays:
    """Raises FrameError."""
    try:
        return load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise FrameError(f"no arrays: {error}") from error


def _set_patience(connection: socket.socket, until: float | None) -> None:
    if until is None:
        connection.settimeout(None)
        return
    left = until - time.monotonic()
    if left <= 0:
        raise FrameTimeoutError("too late")
    connection.settimeout(left)


def _exactly(connection: socket.socket, length: int, until: float | None) -> bytes:
    parts = []
    while length:
        _set_patience(connection, until)
        try:
            part = connection.recv(min(length, _CHUNK_BYTES))
        except TimeoutError as error:
            raise FrameTimeoutError("did not come in time") from error
        except OSError as error:
            raise FrameError(f"did not come: {error}") from error
        if not part:
            raise FrameError("ended too early")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
