"""Results kept in memory for all visitors: made once per key, one at a time, the last few kept."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")
# Told how many other results are made before the one that is waited for.
Waiting = Callable[[int], None]

TOLD_AGAIN_SECONDS = 1.0


class Kept(Generic[T]):
    """At most `limit` results. Making is heavy: two at once would only share the same cores, so others wait, in the
    order in which they asked; who asks for the same waits for the same making.

    Who asks for what is there never waits.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._results: OrderedDict[Hashable, T] = OrderedDict()
        self._changed = threading.Condition()
        # Who wants what, in order; the first is at work.
        self._queue: OrderedDict[object, Hashable] = OrderedDict()
        self._last_seconds: float | None = None

    @property
    def last_seconds(self) -> float | None:
        """How long the result took that was made last; None before there was one."""
        return self._last_seconds

    def get(self, key: Hashable) -> T | None:
        with self._changed:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def alone(self, build: Callable[[], U]) -> U:
        """What `build` returns, made while nothing else is made here; not kept."""
        with self._turn(object(), None):
            return build()

    def make(self, key: Hashable, build: Callable[[], T], waiting: Waiting | None = None) -> T:
        """The result of `key`, by `build` where it is not there; what `build` raises is raised and not kept.

        waiting: told, where it is not there, how many other results are made first; at once, and then again and again
        until it is this one's turn. What it raises ends the waiting, and is raised.
        """
        while (found := self.get(key)) is None:
            with self._turn(key, waiting) as first:
                # Another has made it; if it is gone again already, one queues anew.
                if not first:
                    continue
                started = time.monotonic()
                made = build()
                with self._changed:
                    self._last_seconds = time.monotonic() - started
                    self._results[key] = made
                    while len(self._results) > self._limit:
                        self._results.popitem(last=False)
                return made
        return found

    @contextmanager
    def _turn(self, key: Hashable, waiting: Waiting | None) -> Iterator[bool]:
        """Entered with True when it is this one's turn to make, with False when another has made what `key` names."""
        own = object()
        with self._changed:
            self._queue[own] = key
        try:
            while True:
                with self._changed:
                    before = self._before(key)
                # Not under the lock: what is told may take its time, or raise.
                if waiting is not None:
                    waiting(before)
                with self._changed:
                    made = key in self._results
                    if made or next(iter(self._queue)) is own:
                        break
                    self._changed.wait(TOLD_AGAIN_SECONDS)
            yield not made
        finally:
            with self._changed:
                del self._queue[own]
                self._changed.notify_all()

    def _before(self, key: Hashable) -> int:
        """How many other results are made before that of `key`."""
        others: set[Hashable] = set()
        for wanted in self._queue.values():
            if wanted == key:
                break
            others.add(wanted)
        return len(others)
