"""The address bar as a link to what is shown: `?example=water-6`, `?id=1CRN`, `?smiles=NC=O&charge=0&level=0.02`.

A file of one's own has no address, because nobody else's server has it. What stands in an address is a stranger's text:
it is checked here, and read as if it had been typed into the page.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.chem.examples import ENTRIES

KINDS = ("example", "id", "smiles")
LONGEST = 500
HIGHEST_CHARGE = 500
# e/bohr^3
LEVELS = (1e-6, 1e3)


@dataclass(frozen=True)
class Address:
    """kind: of KINDS; value: key of the example, identifier, or SMILES. level: of the surface, e/bohr^3, None: the
    picture's own. charge: None: as the structure says."""

    kind: str
    value: str
    level: float | None = None
    charge: int | None = None

    def parameters(self) -> dict[str, str]:
        """For the query of an address."""
        found = {self.kind: self.value}
        if self.charge is not None:
            found["charge"] = str(self.charge)
        if self.level is not None:
            found["level"] = f"{self.level:.4g}"
        return found


def address_of(parameters: Mapping[str, str]) -> Address | None:
    """What the query of an address names; None where it names nothing, or two things, or nothing of a sensible size.

    An unknown example is nothing too. Whether an identifier or a SMILES means anything is for their readers to say.
    """
    named = [(kind, parameters[kind].strip()) for kind in KINDS if parameters.get(kind, "").strip()]
    if len(named) != 1 or len(named[0][1]) > LONGEST:
        return None
    kind, value = named[0]
    if kind == "example" and value not in {entry.key for entry in ENTRIES}:
        return None
    return Address(kind, value, _level(parameters.get("level", "")), _charge(parameters.get("charge", "")))


def _level(text: str) -> float | None:
    try:
        level = float(text)
    except ValueError:
        return None
    return level if math.isfinite(level) and LEVELS[0] <= level <= LEVELS[1] else None


def _charge(text: str) -> int | None:
    try:
        charge = int(text)
    except ValueError:
        return None
    return charge if abs(charge) <= HIGHEST_CHARGE else None
