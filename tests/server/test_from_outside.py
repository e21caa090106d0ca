"""The running app under what strangers do to servers: paths, sizes, slowness. Pages are to answer meanwhile.

Bounds of time are wide, for machines with other work; what was measured on a quiet one stands in the README.
"""

import asyncio
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import psutil
import pytest

from tests.apart import run_apart
from tests.load.visitor import Visitor
from tests.running_app import running_app

ANSWER_SECONDS = 20.0
BOUNDARY = b"----rhoscope"
HEAD = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="a"; filename="a.xyz"\r\n\r\n'
TAIL = b"\r\n--" + BOUNDARY + b"--\r\n"
# Of the app's own files, and of the machine's.
OURS = (b"st.App(", b"RHOSCOPE_", b"root:", b"[tool.ruff]", b"def _asset")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """Each of the pages that are asked for was opened once: what is loaded and made then is not measured."""
    folder = tmp_path_factory.mktemp("app")
    environment = {"RHOSCOPE_MAX_UPLOAD_MB": "20", "RHOSCOPE_WARM_UP": "0"}
    with running_app(folder, folder / "log.txt", **environment) as (address, process):
        pages_answer(address)
        yield address, psutil.Process(process.pid)


def place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    return str(parts.hostname), int(parts.port or 80)


def pages_answer(address: str, then: Callable[[Visitor], None] = lambda visitor: None) -> float:
    """The longest time that a page takes, of a few, for a visitor who comes now. then: done while he is there."""

    async def visit() -> float:
        visitor = Visitor(address)
        await visitor.arrive()
        for name in ("About", "Explore", "Compare", "Explore"):
            await visitor.go_to(name)
        await asyncio.to_thread(then, visitor)
        await visitor.leave()
        return max(answer.seconds for answer in visitor.answers)

    return run_apart(visit())


class Uploader:
    """Puts files into the session of a visitor, with the token that Streamlit asks for."""

    def __init__(self, address: str, visitor: Visitor) -> None:
        self.place, self.session, self.files = place(address), visitor.session, 0
        connection = http.client.HTTPConnection(*self.place, timeout=60)
        connection.request("GET", "/_stcore/health")
        self.cookie = str(connection.getresponse().headers["set-cookie"]).partition(";")[0]
        connection.close()

    def head(self, length: int) -> bytes:
        self.files += 1
        lines = [
            f"PUT /_stcore/upload_file/{self.session}/file{self.files} HTTP/1.1",
            f"Host: {self.place[0]}:{self.place[1]}",
            f"Cookie: {self.cookie}",
            f"X-Xsrftoken: {self.cookie.partition('=')[2]}",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}",
            f"Content-Length: {length}" if length else "Transfer-Encoding: chunked",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def put(self, size: int, *, chunked: bool = False) -> int:
        """The status that a file of this size gets; 0 where the connection was closed."""
        with socket.create_connection(self.place, timeout=60) as connection:
            try:
                connection.sendall(self.head(0 if chunked else len(HEAD) + size + len(TAIL)))
                parts = [HEAD, *([b"0" * 1_000_000] * (size // 1_000_000)), TAIL]
                for part in parts:
                    connection.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                if chunked:
                    connection.sendall(b"0\r\n\r\n")
            except OSError:
                pass
            return status(connection)


def status(connection: socket.socket) -> int:
    try:
        answer = connection.recv(100)
    except OSError:
        return 0
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize(
    "path",
    [
        "/../app.py", "/%2e%2e/app.py", "/..%2fapp.py", "/static/../../../../app.py", "/static/..%5c..%5capp.py",
        "/assets/x/../../app.py", "/assets/x/viewer/../../../app.py", "/assets/x/%2e%2e/%2e%2e/app.py",
        "/assets/x//etc/passwd", "/assets/x/viewer/%00", "/fields/../app.py", "/fields/..%2f..%2fapp.py",
        "/media/../app.py", "/media/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/component/x/../../../app.py",
        "/_stcore/bidi-components/x/../../../../app.py", "/app/static/../app.py", "//etc/passwd", "/C:/app.py",
        "/_stcore/upload_file/../../app.py", "/app.py", "/core/settings.py", "/.streamlit/config.toml", "/.git/config",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(app: tuple[str, psutil.Process], path: str) -> None:
    with socket.create_connection(place(app[0]), timeout=60) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    assert not any(word in body for word in OURS), path
    # What is unknown is Streamlit's own page, which says so when it runs.
    assert head.split()[1] in (b"301", b"400", b"403", b"404") or b"<title>Streamlit</title>" in body


def test_a_file_that_is_too_large_is_refused_while_it_comes(app: tuple[str, psutil.Process]) -> None:
    address, process = app
    seen: list[int] = []

    def upload(visitor: Visitor) -> None:
        uploader = Uploader(address, visitor)
        before = process.memory_info().rss
        assert uploader.put(1_000_000) == 204
        # 413, or the connection is closed before anybody reads the answer.
        seen.append(uploader.put(60_000_000))
        seen.extend(uploader.put(size, chunked=True) for size in (60_000_000, 5_000_000_000))
        assert process.memory_info().rss - before < 200e6

    assert pages_answer(address, upload) < ANSWER_SECONDS
    assert set(seen) <= {413, 0} and 413 in seen


def test_a_session_keeps_two_files_and_no_more(app: tuple[str, psutil.Process]) -> None:
    address, process = app
    seen: list[int] = []

    def upload(visitor: Visitor) -> None:
        uploader = Uploader(address, visitor)
        before = process.memory_info().rss
        seen.extend(uploader.put(15_000_000) for _ in range(30))
        assert process.memory_info().rss - before < 200e6

    pages_answer(address, upload)
    assert seen[:2] == [204, 204] and set(seen[2:]) <= {413, 0}


def test_without_a_session_or_a_token_nothing_is_kept(app: tuple[str, psutil.Process]) -> None:
    def upload(visitor: Visitor) -> None:
        stranger = Uploader(app[0], visitor)
        stranger.session = "not-a-session"
        assert stranger.put(1_000_000) == 400
        stranger = Uploader(app[0], visitor)
        stranger.cookie = "_streamlit_xsrf=2|00|00|0"
        assert stranger.put(1_000_000) == 403

    pages_answer(app[0], upload)


@contextmanager
def connections(address: str, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection(place(address), timeout=60)) for _ in range(count)]


def test_slow_uploads_hold_nobody_up(app: tuple[str, psutil.Process]) -> None:
    """Two of each of 25 sessions, a byte a second."""
    address, _ = app

    async def visits() -> list[Visitor]:
        visitors = [Visitor(address) for _ in range(25)]
        await asyncio.gather(*(visitor.arrive() for visitor in visitors))
        return visitors

    async def attack() -> float:
        visitors = await visits()
        with connections(address, 50) as slow:
            for number, connection in enumerate(slow):
                uploader = await asyncio.to_thread(Uploader, address, visitors[number // 2])
                connection.sendall(uploader.head(15_000_000) + HEAD)
            longest = 0.0
            for _ in range(3):
                for connection in slow:
                    connection.sendall(b"0")
                longest = max(longest, await asyncio.to_thread(pages_answer, address))
            # A third of the same session finds no room, however little has come of the first two.
            assert await asyncio.to_thread(Uploader(address, visitors[0]).put, 1_000_000) in (413, 0)
        for visitor in visitors:
            await visitor.leave()
        return longest

    longest = run_apart(attack())
    print(f"50 slow uploads: the slowest page took {longest:.2f} s")
    assert longest < ANSWER_SECONDS


def test_slow_readers_hold_nobody_up(app: tuple[str, psutil.Process]) -> None:
    """Fifty ask for the field of the example and take nothing of it; twenty sessions never read what they are sent."""
    address, process = app
    urls: list[str] = []
    pages_answer(address, lambda visitor: urls.extend(visitor.urls))
    before = process.memory_info().rss
    with connections(address, 50) as slow:
        for connection in slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(f"GET /{urls[0]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        time.sleep(2)
        longest = pages_answer(address)
    print(f"50 slow readers: the slowest page took {longest:.2f} s")
    assert longest < ANSWER_SECONDS and process.memory_info().rss - before < 300e6


def test_half_a_request_holds_nobody_up(app: tuple[str, psutil.Process]) -> None:
    """Three hundred connections that never finish their headers. Nothing here ends them: a proxy in front does."""
    with connections(app[0], 300) as slow:
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        longest = pages_answer(app[0])
    print(f"300 half requests: the slowest page took {longest:.2f} s")
    assert longest < ANSWER_SECONDS


def test_another_origin_gets_no_connection(app: tuple[str, psutil.Process]) -> None:
    request = (
        "GET /_stcore/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://example.org\r\n\r\n"
    )
    with socket.create_connection(place(app[0]), timeout=60) as connection:
        connection.sendall(request.encode())
        assert status(connection) == 403
