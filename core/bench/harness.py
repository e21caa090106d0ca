"""Speed and memory, item by item: ours beside another program in one run, on the same cores.

An item is a module core.bench.<name> with `run(quick) -> dict` of at least the keys in REQUIRED. ratio is the other
program's time over ours, so larger is better for us; error says how far the two results are apart, in words or as a
number. What has no counterpart gives None there and further keys of its own.
"""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.bench.machine import machine
from core.errors import UsageError

REQUIRED = ("name", "ours_seconds", "peer_seconds", "ratio", "error", "note")


@dataclass(frozen=True)
class Bar:
    """One goal: the value under `key` must be at most, or at least, `limit`. Stated for two cores."""

    key: str
    limit: float
    at_most: bool

    def holds(self, result: dict[str, Any]) -> bool:
        value = float(result[self.key])
        return value <= self.limit if self.at_most else value >= self.limit

    def __str__(self) -> str:
        return f"{self.key} {'<=' if self.at_most else '>='} {self.limit:g}"


@dataclass(frozen=True)
class Item:
    """asked_for: run only where it is named, because it takes minutes."""

    name: str
    title: str
    bars: tuple[Bar, ...] = ()
    asked_for: bool = False


ITEMS = (
    Item("density_grid", "density on a 96-cubed grid, 30 waters, against PySCF", (Bar("ratio", 3.0, False),)),
    Item("forces", "Hellmann-Feynman forces against PySCF integrals"),
    Item("network", "network on 30 waters against the published Rackers network"),
    Item("prediction", "prediction, coefficients and forces, against the DFT calculation"),
    Item(
        "scaling",
        "coefficients and all forces of 99 to 2 685 atoms of liquid water",
        (Bar("ours_seconds", 30.0, True), Bar("peak_memory_gb", 4.0, True), Bar("exponent", 1.15, True)),
    ),
    Item(
        "large",
        "coefficients and all forces of 20 001 atoms of liquid water",
        (Bar("peak_memory_gb", 8.0, True), Bar("exponent", 1.15, True)),
        asked_for=True,
    ),
)


def chosen_items(names: Iterable[str]) -> list[Item]:
    """Items of these names; without names, all that need not be asked for.

    Raises UsageError for a name that is not there.
    """
    wanted = list(names)
    known = {item.name: item for item in ITEMS}
    for name in wanted:
        if name not in known:
            raise UsageError(f"There is no bench item called {name!r}.", f"Items: {', '.join(known)}.")
    return [known[name] for name in wanted] or [item for item in ITEMS if not item.asked_for]


def run_item(item: Item, *, quick: bool) -> dict[str, Any]:
    """The item's result with `bars` added: what was asked of it, and whether it holds (None where quick)."""
    result = importlib.import_module(f"core.bench.{item.name}").run(quick)
    missing = [key for key in REQUIRED if key not in result]
    if missing:
        raise KeyError(f"core.bench.{item.name} gives no {', '.join(missing)}")
    bars = [{"bar": str(bar), "holds": None if quick else bar.holds(result)} for bar in item.bars]
    return result | {"title": item.title, "bars": bars}


def run_items(names: Iterable[str], *, quick: bool, on_start: Callable[[str], None]) -> dict[str, Any]:
    """All results and the machine they were measured on. `on_start` is told each title before its run."""
    before = machine()
    results = []
    for item in chosen_items(names):
        on_start(item.title)
        results.append(run_item(item, quick=quick))
    return {"machine": before, "quick": quick, "items": results}
