"""The frame of a page of the workshop: what to do, the verdict, questions, the calculation as Python, and its address.

What a person sets on such a page are widgets with keys that begin with the page's; a link carries them as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.view.address import LONGEST_SETTING, MOST_SETTINGS
from core.view.component import show_link
from core.view.workshop import PAGES, WORDS

# No setting is longer as text.
LONGEST = 60


@dataclass(frozen=True)
class Setting:
    """default: of a widget. options: what it may be, or else bounds, both included; neither: True or False."""

    default: Any
    options: tuple[Any, ...] = ()
    bounds: tuple[float, float] | None = None

    def read(self, text: str) -> Any:
        """What `text`, of a stranger, sets; None where it is nothing this may be."""
        if len(text) > LONGEST:
            return None
        if self.bounds is None:
            return next((option for option in self.options or (False, True) if str(option) == text), None)
        try:
            value = type(self.default)(text)
        except ValueError:
            return None
        return value if self.bounds[0] <= value <= self.bounds[1] else None


@dataclass(frozen=True)
class Lesson:
    """key: of its widgets. task: the one thing to do. settings: by the name of their widget, without key."""

    number: int
    key: str
    title: str
    task: str
    settings: Mapping[str, Setting]
    questions: tuple[tuple[str, str], ...]

    def name(self, widget: str) -> str:
        """The session's key of a widget."""
        return f"{self.key}-{widget}"

    def start_again(self) -> None:
        for widget, setting in self.settings.items():
            st.session_state[self.name(widget)] = setting.default

    def begin(self) -> None:
        """Title and task. Widgets stand as the address says where the page is opened by one, else as they were left."""
        kept = st.session_state.setdefault(f"{self.key}/kept", {})
        if f"{self.key}/start" not in st.session_state:
            others = {name: text for name, text in st.query_params.to_dict().items() if name not in self.settings}
            short = [(name, text) for name, text in others.items() if len(name) + len(text) <= LONGEST_SETTING]
            st.session_state[f"{self.key}/start"] = dict(short[:MOST_SETTINGS])
        linked = {widget: setting.read(st.query_params.get(widget, "")) for widget, setting in self.settings.items()}
        if any(value is not None for value in linked.values()):
            # A link says all: what it does not name is as at first.
            kept = {}
        for widget, setting in self.settings.items():
            name = self.name(widget)
            if name not in st.session_state:
                value = linked[widget]
                st.session_state[name] = kept.get(widget, setting.default) if value is None else value
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.markdown(f"## {self.number} · {self.title}")
            st.space("stretch")
            # Both in one line, beside the title or beneath it.
            with st.container(horizontal=True, wrap=False, width="content"):
                with st.popover("Words", help="What the words and letters of these pages mean."):
                    st.markdown("  \n".join(f"**{word}.** {meaning}" for word, meaning in WORDS))
                st.button(
                    "Start again",
                    on_click=self.start_again,
                    help="All that is set on this page as it was at first. The view: Reset view.",
                )
        st.markdown(self.task)

    def link(self) -> dict[str, Any]:
        """For the viewer, which writes the address: as `core.view.link.link_data`."""
        state = {widget: st.session_state[self.name(widget)] for widget in self.settings}
        st.session_state[f"{self.key}/kept"] = state
        changed = {widget: str(value) for widget, value in state.items() if value != self.settings[widget].default}
        return {"address": changed, "start": st.session_state[f"{self.key}/start"], "note": ""}

    def show_link(self) -> None:
        """The address, and the button that copies it, for a page without a picture that has them."""
        show_link(self.link(), key=f"{self.key}-link")

    def end(self, snippet: str) -> None:
        """Questions, the same as Python, and the way on."""
        with st.expander("Questions"):
            for question, answer in self.questions:
                st.popover(question, width="stretch").markdown(answer)
        with st.expander("The same in Python"):
            st.code(snippet, language="python")
        if self.number < len(PAGES):
            following = PAGES[self.number]
            st.page_link(following.file, label=f"Next: {following.number} {following.title}", icon=following.icon)


def show_verdict(holds: bool, text: str) -> None:
    """Whether the statement of a page holds, in words and by a sign."""
    if holds:
        st.success(text, icon=":material/check:")
    else:
        st.error(f"**This does not hold.** {text}", icon=":material/close:")
