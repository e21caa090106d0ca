"""The middleware for uploads by itself: what comes too slowly is ended, what others send is not touched."""

import asyncio
import time

import pytest

from core.view.uploads import UPLOADS, UploadLimits
from tests.apart import run_apart


async def app(scope: dict, receive, send) -> None:  # type: ignore[no-untyped-def]
    """Takes the whole body and says how long it is."""
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def asked(method: str, path: str, pause: float, parts: int, longest: float) -> tuple[int, bytes, float]:
    """Status, body and seconds of a request whose body comes in parts with pauses before them."""
    messages: list[dict] = []
    sent = 0

    async def receive() -> dict:
        nonlocal sent
        await asyncio.sleep(pause)
        sent += 1
        return {"type": "http.request", "body": b"0", "more_body": sent < parts}

    async def send(message: dict) -> None:
        messages.append(message)

    async def run() -> None:
        scope = {"type": "http", "method": method, "path": path, "headers": []}
        limits = UploadLimits(app, longest)  # type: ignore[arg-type]
        await limits(scope, receive, send)  # type: ignore[arg-type]
        assert limits._arriving.total() == 0

    started = time.monotonic()
    run_apart(run())
    return messages[0]["status"], messages[1]["body"], time.monotonic() - started


@pytest.mark.parametrize("prefix", ["", "/base"])
def test_a_slow_body_is_ended(prefix: str) -> None:
    status, _, seconds = asked("PUT", f"{prefix}{UPLOADS}session/file", 0.1, 1000, 0.5)
    assert status == 408 and 0.4 < seconds < 10


def test_a_body_in_time_is_taken_whole() -> None:
    assert asked("PUT", f"{UPLOADS}session/file", 0.0, 7, 30.0)[:2] == (200, b"7")


def test_other_requests_take_the_time_they_take() -> None:
    assert asked("GET", "/assets/x", 0.1, 8, 0.5)[:2] == (200, b"8")
    assert asked("DELETE", f"{UPLOADS}session/file", 0.1, 8, 0.5)[:2] == (200, b"8")
