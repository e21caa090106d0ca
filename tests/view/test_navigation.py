"""What a page does not answer itself: said with its remedy, and not as a defect."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.errors import LessonError
from core.view.assets import ASSETS


def test_an_error_of_a_page_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def run(self) -> None:
            st.write("What stands above stays.")
            raise LessonError("There is no such case.", "Choose another.")

    monkeypatch.setattr(st, "navigation", lambda *pages, **options: Broken())
    monkeypatch.setattr(st, "Page", lambda *page, **options: None)
    shown = AppTest.from_file(str(ASSETS.parent / "pages" / "navigation.py"), default_timeout=60).run()
    assert not shown.exception
    assert "There is no such case" in shown.error[0].value and "Choose another" in shown.error[0].value
    assert "What stands above stays." in [each.value for each in shown.markdown]
