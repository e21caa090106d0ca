"""What the preparation did, entry by entry: for a program by its fields, for a person by its sentence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Step = Literal[
    "read", "model", "assembly", "chains", "alternates", "names", "drop", "selenomethionine", "waters", "ions",
    "elements", "backbone", "missing_atoms", "caps", "termini", "links", "disulfides", "hydrogens", "protonation",
    "flips", "ligands", "charge",
]  # fmt: skip


def listed(names: Sequence[str], most: int = 12) -> str:
    """The names with commas between them, as many as `most`, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


@dataclass(frozen=True)
class Entry:
    """One thing that was done, or seen.

    step: which step. residue: label of the residue it concerns, empty for the whole structure. atoms: names of the
    atoms concerned. sentence: for a person. confirm: the person should say whether this is right.
    """

    step: Step
    sentence: str
    residue: str = ""
    atoms: tuple[str, ...] = ()
    confirm: bool = False


@dataclass(frozen=True)
class Report:
    """entries in the order of the work. programs: name and version of each program that took part."""

    entries: tuple[Entry, ...] = ()
    programs: tuple[tuple[str, str], ...] = ()

    def of(self, step: Step) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.step == step)

    @property
    def to_confirm(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.confirm)

    @property
    def counts(self) -> dict[str, int]:
        """Number of entries by step."""
        return dict(Counter(entry.step for entry in self.entries))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"entries": [asdict(entry) for entry in self.entries], "programs": dict(self.programs)}


class Log:
    """Collects entries while the steps run; `report()` freezes them."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._programs: dict[str, str] = {}

    def add(
        self, step: Step, sentence: str, residue: str = "", atoms: tuple[str, ...] = (), *, confirm: bool = False
    ) -> None:
        self._entries.append(Entry(step, sentence, residue, atoms, confirm))

    def used(self, program: str, version: str) -> None:
        self._programs[program] = version

    def report(self) -> Report:
        return Report(tuple(self._entries), tuple(sorted(self._programs.items())))
