"""Results kept in memory for all visitors: made once per key, one at a time, the last few kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Kept(Generic[T]):
    """At most `limit` results. Making is heavy: two at once would only share the same cores, so one waits.

    Who asks for what is there never waits.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._results: OrderedDict[Hashable, T] = OrderedDict()
        self._making = threading.Lock()
        self._order = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._order:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def alone(self, build: Callable[[], U]) -> U:
        """What `build` returns, made while nothing else is made here; not kept."""
        with self._making:
            return build()

    def make(self, key: Hashable, build: Callable[[], T]) -> T:
        """The result of `key`, by `build` where it is not there; what `build` raises is raised and not kept."""
        found = self.get(key)
        if found is not None:
            return found
        with self._making:
            found = self.get(key)
            if found is not None:
                return found
            made = build()
            with self._order:
                self._results[key] = made
                while len(self._results) > self._limit:
                    self._results.popitem(last=False)
            return made
