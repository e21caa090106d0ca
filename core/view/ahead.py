"""Work for a page that goes on when the page is run again: a visitor who turns a knob meanwhile, or looks at another
page, loses nothing.

Each piece of work has a thread. It runs to its end, unless it is stopped or nobody has waited for it for long.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent import futures
from typing import Generic, TypeVar

from core.logs import get_logger

T = TypeVar("T")
# Told how far a piece of work is, in whatever terms it has.
Report = Callable[..., None]

TOLD_AGAIN_SECONDS = 0.25
# Who looks at another page may come back so long.
UNWANTED_SECONDS = 600.0

log = get_logger(__name__)


class Stopped(Exception):  # noqa: N818 - not an error: somebody wanted it
    """Raised within a piece of work that is to end."""


class _Work(Generic[T]):
    """waiting: how many wait for it now. wanted: when somebody did last."""

    def __init__(self) -> None:
        self.told: tuple[object, ...] = ()
        self.stopping = False
        self.waiting = 0
        self.wanted = time.monotonic()
        self.outcome: futures.Future[T] = futures.Future()

    def tell(self, *told: object) -> None:
        if self.stopping or time.monotonic() - self.wanted > UNWANTED_SECONDS:
            self.stopping = True
            raise Stopped
        self.told = told


class Ahead(Generic[T]):
    """What is under way, by key. Results are not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[Hashable, _Work[T]] = {}

    def wait(self, key: Hashable, build: Callable[[Report], T], tell: Report) -> T:
        """What `build` returns, which is called once for all who wait for `key` at a time; what it raises is raised.

        `build` is given a function to tell how far it is. `tell`: given the same again and again, in the caller's
        thread; what it raises ends the waiting, not the work.
        """
        with self._lock:
            work = self._works.get(key)
            # What is about to end is begun anew by who asks next.
            if work is None or work.stopping:
                work = self._works[key] = _Work()
                threading.Thread(target=self._run, args=(key, work, build), daemon=True).start()
            work.waiting += 1
        try:
            while not work.outcome.done():
                work.wanted = time.monotonic()
                if work.told:
                    tell(*work.told)
                futures.wait([work.outcome], TOLD_AGAIN_SECONDS)
        finally:
            with self._lock:
                work.waiting -= 1
        try:
            return work.outcome.result()
        except Stopped:
            # It was given up in the very moment in which this one began to wait.
            return self.wait(key, build, tell)

    def stop(self, key: Hashable) -> bool:
        """End the work for `key` when it next tells how far it is, unless somebody waits for it; whether it will."""
        with self._lock:
            work = self._works.get(key)
            if work is None or work.waiting:
                return False
            work.stopping = True
            return True

    def _run(self, key: Hashable, work: _Work[T], build: Callable[[Report], T]) -> None:
        try:
            result = build(work.tell)
        except BaseException as error:
            if not isinstance(error, Stopped):
                log.warning("work ahead", error=str(error))
            self._forget(key, work)
            # Raised anew where it is waited for; of what was stopped nothing is to be held.
            work.outcome.set_exception(Stopped() if isinstance(error, Stopped) else error)
        else:
            self._forget(key, work)
            work.outcome.set_result(result)

    def _forget(self, key: Hashable, work: _Work[T]) -> None:
        with self._lock:
            if self._works.get(key) is work:
                del self._works[key]
