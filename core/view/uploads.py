"""Uploads held to limits before anybody parses them: how long one may take, and how much all together may keep.

Streamlit itself refuses a file beyond server.maxUploadSize while it arrives. But it keeps all files of a session in
memory until the session ends, however many, and waits for a slow body as long as the connection lasts.
"""

import asyncio
import time
from collections import Counter

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from core.settings import settings

UPLOADS = "/_stcore/upload_file/"
# Enough for 50 MB over 2 Mbit/s.
LONGEST_SECONDS = 240.0
# One that is shown, and one that is to replace it.
FILES_OF_A_SESSION = 2


class UploadLimits:
    """ASGI middleware: answers 413 where no more may be kept, 408 where a body has not come in time."""

    def __init__(self, app: ASGIApp, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._app = app
        self._longest_seconds = longest_seconds
        # On their way, by session.
        self._arriving: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or UPLOADS not in scope["path"]:
            await self._app(scope, receive, send)
            return
        session = scope["path"].partition(UPLOADS)[2].partition("/")[0]
        if not self._has_room(session):
            await PlainTextResponse("No more files can be kept here.", 413)(scope, receive, send)
            return
        self._arriving[session] += 1
        try:
            await self._take(scope, receive, send)
        finally:
            self._arriving[session] -= 1
            self._arriving += Counter()

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        until = time.monotonic() + self._longest_seconds
        answered = False

        async def receive_in_time() -> Message:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                return await receive()

        async def send_and_note(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive_in_time, send_and_note)
        except TimeoutError:
            if not answered:
                await PlainTextResponse("The file did not come in time.", 408)(scope, receive, send)

    def _has_room(self, session: str) -> bool:
        """Whether this session, and all together, may keep one file more."""
        limits = settings()
        largest = limits.max_upload_mb * 1e6
        sizes = _kept_bytes()
        own = sizes[session] + self._arriving[session] * largest
        in_all = sizes.total() + self._arriving.total() * largest
        return own <= (FILES_OF_A_SESSION - 1) * largest and in_all <= limits.uploads_in_all_mb * 1e6 - largest


def _kept_bytes() -> Counter[str]:
    """By session."""
    kept = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    if not isinstance(kept, MemoryUploadedFileManager):
        return Counter()
    return Counter(
        {name: sum(len(file.data) for file in list(files.values())) for name, files in list(kept.file_storage.items())}
    )
