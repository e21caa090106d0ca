"""How much one visitor may ask for: calculations that wait or run, and new ones within an hour.

A visitor is a browser, by a random cookie of its own: sessions multiply with every tab and reload, and a classroom or a
company may share one address. A browser that throws its cookie away is a new visitor, so an address has a limit too,
a wider one, and so have all together. Requests for what is computed already, or by others right now, count as nothing.
"""

import time
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from core.errors import TooManyJobsError
from core.settings import settings

HOUR_SECONDS = 3600.0
# Visitors whose starts are remembered; beyond, those who started nothing for an hour are forgotten.
REMEMBERED = 1000


@dataclass(frozen=True)
class Visitor:
    """browser: the value of its cookie. address: IP address, empty where it is not known, as on one's own machine.

    Who moves to another address stays the same visitor.
    """

    browser: str
    address: str = field(default="", compare=False)


@dataclass(frozen=True)
class VisitorLimits:
    """Calculations that wait or run: of a visitor, of an address, in all; and starts of a visitor in an hour. 0: any.

    An address that is not known is not limited.
    """

    jobs_per_visitor: int = 0
    jobs_per_address: int = 0
    jobs_in_all: int = 0
    starts_per_hour: int = 0


def limits_of_settings() -> VisitorLimits:
    chosen = settings()
    return VisitorLimits(
        chosen.dft_jobs_per_visitor, chosen.dft_jobs_per_address, chosen.dft_jobs_in_all, chosen.dft_starts_per_hour
    )


class Admission:
    """Says who may start one more. Not for several threads at once."""

    def __init__(self, limits: VisitorLimits) -> None:
        self.limits = limits
        self._starts: dict[str, deque[float]] = {}

    def admit(self, visitor: Visitor, unfinished: Iterable[Collection[Visitor]], now: float | None = None) -> None:
        """Count a start of `visitor`, or raise TooManyJobsError and count nothing.

        unfinished: for each job that waits or runs, who asked for it.
        """
        now = time.monotonic() if now is None else now
        jobs = list(unfinished)
        limits = self.limits
        own = sum(any(asker.browser == visitor.browser for asker in askers) for askers in jobs)
        if 0 < limits.jobs_per_visitor <= own:
            raise TooManyJobsError(
                f"{own} calculations of yours are running or waiting; one visitor may have {limits.jobs_per_visitor}.",
                "Wait until one has ended, or cancel one. The setting is RHOSCOPE_DFT_JOBS_PER_VISITOR.",
            )
        beside = sum(any(asker.address == visitor.address for asker in askers) for askers in jobs)
        if visitor.address and 0 < limits.jobs_per_address <= beside:
            raise TooManyJobsError(
                f"{beside} calculations asked for from your network are running or waiting, "
                f"and {limits.jobs_per_address} are allowed.",
                "Wait until one of them has ended.",
            )
        if 0 < limits.jobs_in_all <= len(jobs):
            raise TooManyJobsError(
                f"{len(jobs)} calculations of all visitors are running or waiting: the queue is full.",
                "Try again later, or run Rhoscope on your own machine.",
            )
        starts = self._recent(visitor, now)
        if 0 < limits.starts_per_hour <= len(starts):
            minutes = max(1, round((starts[0] + HOUR_SECONDS - now) / 60))
            raise TooManyJobsError(
                f"You started {len(starts)} calculations within the last hour, which is as many as one visitor may.",
                f"The next can start in {minutes} minute{'s' * (minutes > 1)}.",
            )
        starts.append(now)

    def _recent(self, visitor: Visitor, now: float) -> deque[float]:
        if len(self._starts) > REMEMBERED:
            self._starts = {
                who: starts for who, starts in self._starts.items() if starts and starts[-1] > now - HOUR_SECONDS
            }
        starts = self._starts.setdefault(visitor.browser, deque())
        while starts and starts[0] <= now - HOUR_SECONDS:
            starts.popleft()
        return starts
