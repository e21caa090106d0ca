"""What a page says while a shared result is computed: what, how long it took, how many come first; then nothing."""

import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from core.view.under_way import told_of


def test_the_words() -> None:
    assert told_of("Computing", None, 0) == "Computing · a few seconds"
    assert told_of("Computing", 2.04, 0) == "Computing · last time 2.0 s"
    assert told_of("Computing", 95.0, 1) == "Computing · last time 2 min · 1 other before it in the queue"
    assert told_of("Computing", None, 3).endswith("3 others before it in the queue")


def page() -> None:
    """One result that is made while the page says so."""
    import streamlit as st

    from core.view.kept import Kept
    from core.view.under_way import under_way

    kept: Kept[str] = st.session_state.setdefault("kept", Kept(2))
    seen = []
    with under_way("Computing", kept.last_seconds, brief=st.session_state.get("brief", False)) as waiting:

        def told(before: int) -> None:
            waiting(before)
            seen.append(before)

        found = kept.make("a", lambda: "made", told)
    st.write(f"{found}, told {seen}")


def test_it_is_said_while_it_is_computed_and_gone_when_it_is_there() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception and not app.status
    assert app.markdown[0].value == "made, told [0]"
    app.run()
    assert app.markdown[0].value == "made, told []" and not app.status


def test_a_brief_one_says_nothing_unless_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    labels: list[str] = []
    monkeypatch.setattr(DeltaGenerator, "status", lambda self, label, **options: labels.append(label) or st.empty())
    for brief, said in ((True, []), (False, ["Computing · a few seconds"])):
        labels.clear()
        app = AppTest.from_function(page, default_timeout=60)
        app.session_state["brief"] = brief
        app.run()
        assert not app.exception and labels == said
