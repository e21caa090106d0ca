"""The app, started as a person starts it, for tests that look at it from outside."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 180


TRIES = 3


@contextmanager
def running_app(data: Path, log: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Address and process of the app, on a free port; it is told to end afterwards."""
    for left in reversed(range(TRIES)):
        address, process = _begun(data, log, environment)
        try:
            if not _answers(address, process, log, another_port=left > 0):
                continue
            yield address, process
            return
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            finally:
                process.kill()


def _begun(data: Path, log: Path, environment: dict[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ | {"RHOSCOPE_DATA_DIR": str(data)} | environment,
            stdout=output,
            stderr=output,
        )
    return f"http://localhost:{port}", process


def _answers(address: str, process: subprocess.Popen[bytes], log: Path, *, another_port: bool) -> bool:
    """Whether it does; else somebody has taken the port meanwhile, where `another_port` may be tried."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2)  # noqa: S310 - our own server
            return True
        except OSError:
            if process.poll() is not None and another_port and "is not available" in log.read_text():
                return False
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.3)
