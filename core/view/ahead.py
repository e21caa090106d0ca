"""Work for a page that goes on when the page is run again: a visitor who turns a knob meanwhile loses nothing.

Each piece of work has a thread, and runs to its end whether or not somebody still waits.
"""

import threading
from collections.abc import Callable, Hashable
from concurrent import futures
from typing import Generic, TypeVar

T = TypeVar("T")
Tell = Callable[[str], None]

TOLD_AGAIN_SECONDS = 0.25


class _Work(Generic[T]):
    def __init__(self, build: Callable[[Tell], T]) -> None:
        self.words = ""
        self.outcome: futures.Future[T] = futures.Future()
        threading.Thread(target=self._run, args=(build,), daemon=True).start()

    def _run(self, build: Callable[[Tell], T]) -> None:
        try:
            self.outcome.set_result(build(self._tell))
        except BaseException as error:
            # Raised anew where it is waited for.
            self.outcome.set_exception(error)

    def _tell(self, words: str) -> None:
        self.words = words


class Ahead(Generic[T]):
    """What is under way, by key. Results are not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[Hashable, _Work[T]] = {}

    def wait(self, key: Hashable, build: Callable[[Tell], T], tell: Tell) -> T:
        """What `build` returns, which is called once for all who wait for `key` at a time; what it raises is raised.

        `build` is given a function for words on how far it is. `tell`: given these words again and again, in the
        caller's thread; what it raises ends the waiting, not the work.
        """
        with self._lock:
            # What has ended is begun anew by who asks next.
            self._works = {name: work for name, work in self._works.items() if not work.outcome.done()}
            if key not in self._works:
                self._works[key] = _Work(build)
            work = self._works[key]
        while not work.outcome.done():
            tell(work.words)
            futures.wait([work.outcome], TOLD_AGAIN_SECONDS)
        return work.outcome.result()
