"""Works that do what a file could make a parser do; run by tests/jobs/test_isolated.py in processes of their own."""

import ctypes
import io
import os
import socket
import struct
import sys
import time
from typing import Any, NoReturn

import h5py
import numpy as np

from core.errors import ChargeError
from core.jobs.frames import Arrays

Answer = tuple[dict[str, Any], Arrays]


def echo(request: dict[str, Any], content: bytes) -> Answer:
    return {"length": len(content), "pid": os.getpid()}, {"bytes": np.frombuffer(content, dtype=np.uint8)}


def spin(request: dict[str, Any], content: bytes) -> Answer:
    while True:
        pass


def sleep(request: dict[str, Any], content: bytes) -> Answer:
    time.sleep(600)
    raise AssertionError


def hoard(request: dict[str, Any], content: bytes) -> Answer:
    return {}, {"zeros": np.ones(request["bytes"], dtype=np.uint8)}


def open_checkpoint(request: dict[str, Any], content: bytes) -> Answer:
    """What a reader of HDF5 does that does not look at the file before."""
    with h5py.File(io.BytesIO(content), "r") as file:
        return {"mol": str(file["mol"][()])}, {}


def crash(request: dict[str, Any], content: bytes) -> Answer:
    ctypes.string_at(0)
    raise AssertionError


def abort(request: dict[str, Any], content: bytes) -> Answer:
    os.abort()


def stumble(request: dict[str, Any], content: bytes) -> Answer:
    raise ValueError("a defect <b>of ours</b>")


def recurse(request: dict[str, Any], content: bytes) -> Answer:
    return recurse(request, content)


def refuse(request: dict[str, Any], content: bytes) -> Answer:
    raise ChargeError("One electron too many.", "Take it out.")


def leave(request: dict[str, Any], content: bytes) -> NoReturn:
    os._exit(0)


def write_much(request: dict[str, Any], content: bytes) -> Answer:
    with open(request["path"], "wb") as file:
        file.write(b"0" * 10_000_000)
    return {}, {}


def leave_a_child(request: dict[str, Any], content: bytes) -> Answer:
    child = os.fork()
    if child == 0:
        time.sleep(600)
    return {"child": child}, {}


def surroundings(request: dict[str, Any], content: bytes) -> Answer:
    names = sorted(os.environ)
    return {"environment": names, "modules": [name for name in ("torch", "streamlit") if name in sys.modules]}, {}


def take_over(request: dict[str, Any], content: bytes) -> Answer:
    """Writes its own words into the socket of the answer, as a parser that was taken over could."""
    words = request["words"].encode("latin-1")
    for name in os.listdir("/proc/self/fd"):
        try:
            connection = socket.socket(fileno=os.dup(int(name)))
            connection.sendall(words)
        except OSError:
            continue
    os._exit(0)


def frame(text: bytes, content: bytes = b"", claimed: int | None = None) -> str:
    lengths = struct.pack("<IQ", len(text), len(content) if claimed is None else claimed)
    return (lengths + text + content).decode("latin-1")
