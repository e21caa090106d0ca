"""The address bar as a link to what is shown: `?example=water-6&model=1a2b3c4d&level=0.02&view=...`.

What the picture is of stands here; how it is shown, from the level to the camera, belongs to the viewer
(assets/viewer/address.js) and is only passed on. What stands in an address is a stranger's text: it is checked here or
there, and read as if it had been typed into the page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.chem.examples import ENTRIES
from core.view.theory import BASES, FUNCTIONALS

KINDS = ("example", "id", "smiles", "structure")
LONGEST = 500
HIGHEST_CHARGE = 500
# Of what is passed on to the viewer.
MOST_SETTINGS, LONGEST_SETTING = 30, 200
# Set by the viewer (assets/viewer/wayback.js) when a visitor goes back to an address, with another text each time.
RETURNED = "returned"
# First digits of a SHA-256: of the weights of a model, and of a file of a visitor's own.
MODEL_DIGITS, STRUCTURE_DIGITS = 8, 32
_MODEL = re.compile(rf"[0-9a-f]{{{MODEL_DIGITS}}}", re.ASCII)
_STRUCTURE = re.compile(rf"[0-9a-f]{{{STRUCTURE_DIGITS}}}", re.ASCII)


@dataclass(frozen=True)
class Address:
    """Names a structure. kind: of KINDS; value: key of the example, identifier, SMILES, or name of a kept file.
    charge: None: as the structure says."""

    kind: str
    value: str
    charge: int | None = None

    def parameters(self) -> dict[str, str]:
        """For the query of an address."""
        return {self.kind: self.value} | ({} if self.charge is None else {"charge": str(self.charge)})


@dataclass(frozen=True)
class Link:
    """All that the query of an address says.

    address: None where it names no structure. model: first digits of the hash of the weights, or empty. functional,
    basis: of Compare, None where nothing is said. start: what is passed on to the viewer, unchecked but short.
    left_out: `name=value` of what makes no sense, untrusted text.
    """

    address: Address | None = None
    model: str = ""
    functional: str | None = None
    basis: str | None = None
    start: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def link_of(parameters: Mapping[str, str]) -> Link:
    """What a query says. Whether an identifier or a SMILES means anything is for their readers to say."""
    given = {name: text.strip() for name, text in parameters.items() if name != RETURNED}
    left_out: list[str] = []

    def understood(name: str, *, when: bool) -> str | None:
        text = given.pop(name, "")
        if text and not when:
            left_out.append(f"{name}={text}"[:60])
        return text if text and when else None

    charge = _charge(given.get("charge", ""))
    understood("charge", when=charge is not None)
    address = None
    named = [kind for kind in KINDS if given.get(kind)]
    if len(named) == 1 and _makes_sense(named[0], given[named[0]]):
        address = Address(named[0], given[named[0]], charge)
    else:
        left_out += [f"{kind}={given[kind]}"[:60] for kind in named]
    for kind in KINDS:
        given.pop(kind, None)
    model = understood("model", when=bool(_MODEL.fullmatch(given.get("model", ""))))
    functional = understood("functional", when=given.get("functional") in FUNCTIONALS)
    basis = understood("basis", when=given.get("basis") in BASES)
    short = [(name, text) for name, text in given.items() if len(name) + len(text) <= LONGEST_SETTING]
    left_out += [f"{name}={text}"[:60] for name, text in given.items() if len(name) + len(text) > LONGEST_SETTING]
    return Link(
        address,
        model or "",
        functional,
        basis,
        dict(short[:MOST_SETTINGS]) if address else {},
        tuple(left_out[:MOST_SETTINGS]),
    )


def _makes_sense(kind: str, value: str) -> bool:
    if kind == "example":
        return value in {entry.key for entry in ENTRIES}
    return bool(_STRUCTURE.fullmatch(value)) if kind == "structure" else len(value) <= LONGEST


def _charge(text: str) -> int | None:
    try:
        charge = int(text)
    except ValueError:
        return None
    return charge if abs(charge) <= HIGHEST_CHARGE else None
