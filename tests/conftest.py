"""`core` before everything else: it says how OpenMP threads wait, which torch reads once, when it loads."""

from pathlib import Path

import pytest

import core  # noqa: F401

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives the browser begins first, as of several processes (`-n`) one gets most of it; of this and of the
    rest, what is slow: a long test at the very end would keep the other processes waiting."""
    items.sort(key=lambda item: (BROWSER not in item.path.parents, item.get_closest_marker("slow") is None))
