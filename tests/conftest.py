"""`core` before everything else: it says how OpenMP threads wait, which torch reads once, when it loads."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import core  # noqa: F401

BROWSER = Path(__file__).parent / "browser"

# What calculates lets others go first; beside other tests that never wait, it would hardly be heard of again.
os.environ["RHOSCOPE_NICENESS"] = "0"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives the browser begins first, as of several processes (`-n`) one gets most of it; of this and of the
    rest, what is slow: a long test at the very end would keep the other processes waiting."""
    items.sort(key=lambda item: (BROWSER not in item.path.parents, item.get_closest_marker("slow") is None))


@pytest.fixture(autouse=True)
def _main_as_it_was() -> Iterator[None]:
    """Streamlit's AppTest puts its page in the place of the main module, which new processes would then run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
