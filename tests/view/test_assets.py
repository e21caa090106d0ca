"""The two routes: what is served, for how long it may be kept, and what is not served."""

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette

from core.view.assets import FieldStore, field_store, module_url, routes, version
from tests.apart import run_apart


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def get() -> Callable[[str], Answer]:
    """GET by ASGI itself, so that no client tidies the path first."""
    application = Starlette(routes=routes())

    def request(path: str) -> Answer:
        messages: list[dict] = []

        async def receive() -> dict:
            # The browser stays and says nothing more.
            return await asyncio.get_running_loop().create_future()

        async def send(message: dict) -> None:
            messages.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        run_apart(application(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        return Answer(messages[0]["status"], headers, b"".join(message.get("body", b"") for message in messages[1:]))

    return request


Get = Callable[[str], Answer]


def test_modules_are_served_under_their_version_and_may_be_kept(get: Get) -> None:
    answer = get("/" + module_url("viewer.js"))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert "export function mount" in answer.body.decode()


def test_another_version_may_not_be_kept(get: Get) -> None:
    answer = get("/assets/0123456789abcdef/viewer/viewer.js")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_the_vendored_library_is_served(get: Get) -> None:
    answer = get(f"/assets/{version()}/vendor/3dmol/3Dmol-min.js")
    assert answer.status == 200
    assert len(answer.body) > 400_000


@pytest.mark.parametrize(
    "path",
    ["viewer/../../app.py", "viewer/../basis/rho-1.json", "basis/rho-1.json", "viewer/absent.js", "", "/etc/passwd"],
)
def test_nothing_else_is_served(get: Get, path: str) -> None:
    assert get(f"/assets/{version()}/{path}").status == 404


def test_fields_come_back_as_they_were_put(get: Get) -> None:
    address = field_store().put("f" * 64, gzip.compress(b"content"))
    answer = get("/" + address)
    assert gzip.decompress(answer.body) == b"content"
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert get("/fields/absent").status == 404


def test_the_store_forgets_what_was_used_longest_ago() -> None:
    store = FieldStore(limit_bytes=25)
    store.put("a", b"0123456789")
    store.put("b", b"0123456789")
    assert store.get("a") is not None
    store.put("c", b"0123456789")
    assert store.get("b") is None
    assert store.get("a") is not None
    assert store.get("c") is not None
