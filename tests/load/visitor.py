"""A visitor who speaks Streamlit's protocol as the browser does, without drawing anything.

One websocket, messages as protobuf: a click is a `rerun_script` with the states of the widgets, the answer the deltas
up to `script_finished`. What the viewer would fetch, the packed fields, is fetched too, each once.
"""

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_SECONDS = 300.0
NEW = "new structure"


@dataclass(frozen=True)
class Answer:
    """first_seconds: until something of the page came; seconds: until all of it had."""

    action: str
    first_seconds: float
    seconds: float


@dataclass
class Page:
    """What stands on the page, as far as it can be acted on. Ids by label; options of lists and groups of buttons."""

    name: str = "Explore"
    ids: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    fragments: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    # Seconds and fragment of what the browser is to ask for again and again.
    again: tuple[float, str] | None = None


class Visitor:
    """address: of the app. answers: to everything that was asked so far."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: list[Answer] = []
        self.page = Page()
        self.fetched_bytes = 0
        self.session = ""
        self.urls: list[str] = []
        self._pages: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}
        self._fetched: set[str] = set()
        self._cookie = ""
        self._connection: ClientConnection | None = None

    async def arrive(self) -> None:
        """Open the app: the page itself, then the connection and the first run."""
        await asyncio.to_thread(self._open_page)
        self._connection = await connect(
            self.address.replace("http", "ws") + "/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=self.address,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookie},
            max_size=None,
        )
        await self._ask("arrive", BackMsg())

    async def leave(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def go_to(self, name: str) -> None:
        """Another page, by its name in the navigation."""
        self._states.clear()
        self.page = Page(name)
        message = BackMsg()
        message.rerun_script.page_script_hash = self._pages[name]
        await self._ask(f"to {name}", message)

    async def choose(self, label: str, option: str) -> None:
        """An option of a list, or of a row of buttons."""
        if label in self.page.groups:
            await self._change("choose", label, string_array_value=[option])
        else:
            await self._change("choose", label, string_value=option)

    async def slide(self, label: str, value: float) -> None:
        """A slider to a value, or to a place among its options."""
        await self._change("slide", label, double_array_value=[value])

    async def click(self, label: str) -> None:
        """A button."""
        await self._change("click", label, trigger_value=True)
        self._states.pop(self.page.ids.get(label, ""), None)

    async def new_structure(self, smiles: str) -> None:
        """A SMILES: read, predicted and drawn."""
        await self._change("source", "Structure from", string_array_value=["SMILES"])
        await self._change(NEW, "SMILES", string_value=smiles)
        await self._change("source", "Structure from", string_array_value=["Example"])

    async def move_level(self, level: float) -> None:
        """Let go of the slider of the viewer: its part of the page runs again."""
        await self._change("level", "viewer", json_value=json.dumps({"level": level}))

    async def watch(self, seconds: float) -> None:
        """Look at the page; what renews itself is asked for as often as it says."""
        end = time.monotonic() + seconds
        while self.page.again is not None and time.monotonic() + self.page.again[0] < end:
            interval, fragment = self.page.again
            await asyncio.sleep(interval)
            message = BackMsg()
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            await self._ask("progress", message)
        await asyncio.sleep(max(0.0, end - time.monotonic()))

    async def _change(self, action: str, label: str, **value: Any) -> None:
        identity = self.page.ids[label]
        state = WidgetState(id=identity)
        for kind, content in value.items():
            if kind.endswith("_array_value"):
                getattr(state, kind).data.extend(content)
            else:
                setattr(state, kind, content)
        self._states[identity] = state
        message = BackMsg()
        if fragment := self.page.fragments.get(label):
            message.rerun_script.fragment_id = fragment
        await self._ask(action, message)

    async def _ask(self, action: str, message: BackMsg) -> None:
        assert self._connection is not None
        if not message.rerun_script.page_script_hash:
            message.rerun_script.page_script_hash = self._pages.get(self.page.name, "")
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        if not message.rerun_script.fragment_id:
            self.page.again = None
            self.page.texts.clear()
        started = time.perf_counter()
        await self._connection.send(message.SerializeToString())
        first = 0.0
        wanted: list[str] = []
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self._connection.recv(decode=False), PATIENCE_SECONDS))
            kind = answer.WhichOneof("type")
            if kind == "delta":
                first = first or time.perf_counter() - started
                wanted += self._heard(answer)
            elif kind == "new_session":
                self.session = answer.new_session.initialize.session_id
            elif kind == "navigation":
                self._pages = {page.page_name: page.page_script_hash for page in answer.navigation.app_pages}
            elif kind == "auto_rerun":
                self.page.again = (answer.auto_rerun.interval, answer.auto_rerun.fragment_id)
            elif kind == "script_finished":
                if answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
                # The whole page follows, and what renews itself there says so anew.
                self.page.again = None
        seconds = time.perf_counter() - started
        self.answers.append(Answer(action, first or seconds, seconds))
        for url in wanted:
            await asyncio.to_thread(self._fetch, url)

    def _heard(self, message: ForwardMsg) -> list[str]:
        """Note what can be acted on; returns what the viewer would fetch."""
        if message.delta.WhichOneof("type") != "new_element":
            return []
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        part = getattr(element, kind)
        if kind == "alert" or kind == "markdown":
            self.page.texts.append(part.body)
        elif kind == "progress":
            self.page.texts.append(part.text)
        elif kind in ("button", "button_group", "selectbox", "checkbox", "text_input", "slider"):
            self._note(part.label, part.id, message.delta.fragment_id)
            if kind == "selectbox":
                self.page.options[part.label] = list(part.options)
            elif kind == "button_group":
                self.page.options[part.label] = [option.content for option in part.options]
                self.page.groups.add(part.label)
        elif kind == "bidi_component":
            self._note("viewer", part.id, message.delta.fragment_id)
            return _fields(json.loads(part.json))
        return []

    def _note(self, label: str, identity: str, fragment: str) -> None:
        self.page.ids[label] = identity
        if fragment:
            self.page.fragments[label] = fragment

    def _open_page(self) -> None:
        with urllib.request.urlopen(self.address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - loopback
            answer.read()
            self._cookie = (answer.headers["set-cookie"] or "").partition(";")[0]

    def _fetch(self, url: str) -> None:
        if url in self._fetched:
            return
        self._fetched.add(url)
        self.urls.append(url)
        with urllib.request.urlopen(f"{self.address}/{url}", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            self.fetched_bytes += len(answer.read())


def _fields(scene: dict[str, Any]) -> list[str]:
    places = [scene.get("field"), scene.get("potential"), *(pane["field"] for pane in scene.get("panes", ()))]
    return [place["url"] for place in places if place]
