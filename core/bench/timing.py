"""Wall-clock times of a call, in seconds: the best of several, because a machine only ever adds time."""

import time
from collections.abc import Callable
from typing import Any


def best_of(repeats: int, call: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds of the fastest of `repeats` calls, result of the last)."""
    fastest, result = float("inf"), None
    for _ in range(repeats):
        started = time.perf_counter()
        result = call()
        fastest = min(fastest, time.perf_counter() - started)
    return fastest, result
