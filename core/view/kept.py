"""Results kept in memory for all visitors: made once per key, one at a time, the last few kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Kept(Generic[T]):
    """At most `limit` results. Making is heavy: two at once would only share the same cores, so one waits."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._results: OrderedDict[Hashable, T] = OrderedDict()
        self._making = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        return self._results.get(key)

    def alone(self, build: Callable[[], U]) -> U:
        """What `build` returns, made while nothing else is made here; not kept."""
        with self._making:
            return build()

    def make(self, key: Hashable, build: Callable[[], T]) -> T:
        """The result of `key`, by `build` where it is not there; what `build` raises is raised and not kept."""
        with self._making:
            if key not in self._results:
                self._results[key] = build()
            self._results.move_to_end(key)
            while len(self._results) > self._limit:
                self._results.popitem(last=False)
            return self._results[key]
