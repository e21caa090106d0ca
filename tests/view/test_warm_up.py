"""What is made before the first visitor asks."""

import gc
import threading

import pytest

from core.chem.examples import example
from core.errors import DataError
from core.reference.results import find_result
from core.settings import settings
from core.view import warm_up
from core.view.comparison import comparison_ready
from core.view.picture import picture_of


def test_the_first_comparison_is_there_though_a_page_of_the_workshop_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    molecule = example("water-2")
    record = find_result(molecule)
    assert record is not None

    def fail() -> None:
        raise DataError("No.", "Mend it.")

    monkeypatch.setattr(warm_up, "examples", lambda: [("water-2", "Water dimer", molecule)])
    monkeypatch.setattr(warm_up, "_open_workshop", fail)
    warm_up._work()
    gc.unfreeze()
    assert comparison_ready(picture_of(molecule), record) is not None


def test_nothing_begins_where_the_settings_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []
    monkeypatch.setattr(threading, "Thread", lambda **options: begun.append(options))
    monkeypatch.setenv("RHOSCOPE_WARM_UP", "0")
    settings.cache_clear()
    try:
        warm_up.warm_up()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert begun == []
