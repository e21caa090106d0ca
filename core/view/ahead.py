"""Work for a page that goes on when the page is run again: a visitor who turns a knob meanwhile, or looks at another
page, loses nothing.

Each piece of work has a thread, and runs to its end whether or not somebody still waits, unless it is stopped.
"""

import threading
from collections import Counter
from collections.abc import Callable, Hashable
from concurrent import futures
from typing import Generic, TypeVar

T = TypeVar("T")
# Told how far a piece of work is, in whatever terms it has.
Tell = Callable[..., None]

TOLD_AGAIN_SECONDS = 0.25


class Stopped(Exception):  # noqa: N818 - not an error: somebody wanted it
    """Raised within a piece of work that is to end."""


class _Work(Generic[T]):
    def __init__(self, build: Callable[[Tell], T]) -> None:
        self.told: tuple[object, ...] = ()
        self.stopping = False
        self.outcome: futures.Future[T] = futures.Future()
        threading.Thread(target=self._run, args=(build,), daemon=True).start()

    def _run(self, build: Callable[[Tell], T]) -> None:
        try:
            self.outcome.set_result(build(self._tell))
        except BaseException as error:
            # Raised anew where it is waited for.
            self.outcome.set_exception(error)

    def _tell(self, *told: object) -> None:
        if self.stopping:
            raise Stopped
        self.told = told


class Ahead(Generic[T]):
    """What is under way, by key. Results are not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[Hashable, _Work[T]] = {}
        self._waiting: Counter[Hashable] = Counter()

    def wait(self, key: Hashable, build: Callable[[Tell], T], tell: Tell) -> T:
        """What `build` returns, which is called once for all who wait for `key` at a time; what it raises is raised.

        `build` is given a function to tell how far it is. `tell`: given the same again and again, in the caller's
        thread; what it raises ends the waiting, not the work.
        """
        with self._lock:
            # What has ended, or is about to, is begun anew by who asks next.
            self._works = {
                name: work for name, work in self._works.items() if not (work.outcome.done() or work.stopping)
            }
            if key not in self._works:
                self._works[key] = _Work(build)
            work = self._works[key]
            self._waiting[key] += 1
        try:
            while not work.outcome.done():
                if work.told:
                    tell(*work.told)
                futures.wait([work.outcome], TOLD_AGAIN_SECONDS)
        finally:
            with self._lock:
                self._waiting[key] -= 1
        return work.outcome.result()

    def stop(self, key: Hashable) -> bool:
        """End the work for `key` when it next tells how far it is, unless somebody waits for it; whether it will."""
        with self._lock:
            work = self._works.get(key)
            if work is None or work.outcome.done() or self._waiting[key]:
                return False
            work.stopping = True
            return True
