"""`core` before everything else: it says how OpenMP threads wait, which torch reads once, when it loads."""

from pathlib import Path

import pytest

import core  # noqa: F401

BROWSER = Path(__file__).parent / "browser"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For several processes (`-n`): a file stays together, and all that drive the one browser do, and begin first.

    Before xdist reads the groups, which it does in the same hook.
    """
    for item in items:
        group = "browser" if BROWSER in item.path.parents else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: BROWSER not in item.path.parents)
