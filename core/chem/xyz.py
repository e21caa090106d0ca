"""XYZ and extended XYZ, angstrom: count, comment line, then `element x y z`. The first frame is read.

From the comment line of extended XYZ come `charge=` (or `total_charge=`), `name=` and `Properties=` (the order of the
columns); the element may be a symbol or an atomic number. A lattice is not used: structures are not periodic here.
"""

import re

import numpy as np

from core.chem.elements import HEAVIEST, symbol
from core.chem.molecule import Molecule
from core.chem.parsed import ParsedStructure
from core.chem.validate import require_atom_count
from core.errors import ChargeError, StructureError

_PAIR = re.compile(r"""(\w+)=(?:"([^"]*)"|'([^']*)'|(\S+))""")
_KNOWN_PAIRS = {"charge", "total_charge", "multiplicity", "spin", "pbc", "lattice", "energy"}
_FIRST_LINE = "The first line of an XYZ file is the number of atoms."


def _pairs(comment: str) -> dict[str, str]:
    """key=value, key="value" and key='value' of a comment line, keys in lower case."""
    found = {}
    for match in _PAIR.finditer(comment):
        key, *values = match.groups()
        found[key.lower()] = next(value for value in values if value is not None)
    return found


def _without_pairs(comment: str, pairs: dict[str, str]) -> str:
    """The words of a comment line: all pairs are taken out of extended XYZ, of other files those that say something."""
    known = set(pairs) if "properties" in pairs else _KNOWN_PAIRS
    return " ".join(_PAIR.sub(lambda found: "" if found[1].lower() in known else found[0], comment).split())


def _stated_charge(pairs: dict[str, str]) -> int | None:
    text = pairs.get("charge", pairs.get("total_charge"))
    if text is None:
        return None
    try:
        number = float(text)
        if number == round(number):
            return round(number)
    except (ValueError, OverflowError):
        pass
    raise ChargeError(
        f"The comment line says charge={text[:20]}, which is not a whole number.", "Write for instance charge=-1."
    )


def _columns(pairs: dict[str, str]) -> tuple[int, int]:
    """Where the element and the x coordinate stand in an atom line."""
    specification = pairs.get("properties", "species:S:1:pos:R:3")
    fields = specification.split(":")
    starts, column = {}, 0
    for name, width in zip(fields[::3], fields[2::3], strict=False):
        starts[name.lower()] = column
        if not width.isdecimal() or len(width) > 3:
            break
        column += int(width)
    element = starts.get("species", starts.get("z"))
    position = starts.get("pos")
    if element is None or position is None:
        raise StructureError(
            f"The columns Properties={specification[:60]} name no species or no pos.",
            "Write Properties=species:S:1:pos:R:3, or leave it out.",
        )
    return element, position


def _atom(line: str, number: int, element: int, position: int) -> tuple[str, list[float]]:
    words = line.split()
    try:
        if any("_" in word for word in words[position : position + 3]):
            raise ValueError
        xyz = [float(word.replace("D", "E").replace("d", "e")) for word in words[position : position + 3]]
        if len(xyz) != 3:
            raise ValueError
        label = words[element]
    except (ValueError, IndexError):
        raise StructureError(
            f"Line {number} of the XYZ file is not `element x y z`: {line.strip()[:60]!r}.",
            "Mend or remove that line; coordinates are in angstrom.",
        ) from None
    if label.isdecimal() and len(label) <= 3 and 1 <= int(label) <= HEAVIEST:
        label = symbol(int(label))
    return label, xyz


def parse_xyz(text: str, *, max_atoms: int) -> ParsedStructure:
    """The first frame. Raises StructureError and ChargeError naming the line that is wrong."""
    lines = text.splitlines()
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    count = lines[first].strip()
    if not count.isdecimal() or len(count) > 12:
        raise StructureError(
            f"The first line is {count[:40]!r}, not a number of atoms.",
            f"{_FIRST_LINE} Is this another format? The name of the file decides how it is read.",
        )
    n_atoms = int(count)
    require_atom_count(n_atoms, max_atoms)
    start = first + 2
    body = lines[start : start + n_atoms]
    while body and not body[-1].strip():
        body.pop()
    if len(body) < n_atoms:
        raise StructureError(
            f"The XYZ file says {n_atoms} atoms but holds {len(body)}.",
            "It may be cut off: get the whole file, or mend the number in its first line.",
        )
    after = lines[start + n_atoms].strip() if len(lines) > start + n_atoms else ""
    if after and not after.isdecimal():
        raise StructureError(
            f"The XYZ file says {n_atoms} atoms, but line {start + n_atoms + 1} goes on: {after[:60]!r}.",
            "Mend the number in its first line.",
        )
    comment = lines[first + 1].strip()
    pairs = _pairs(comment)
    element, position = _columns(pairs)
    atoms = [_atom(line, start + index + 1, element, position) for index, line in enumerate(body)]
    return ParsedStructure(
        symbols=tuple(label for label, _ in atoms),
        positions_angstrom=np.array([xyz for _, xyz in atoms], dtype=np.float64),
        charge=_stated_charge(pairs),
        title=pairs.get("name", _without_pairs(comment, pairs)),
    )


def frames_in(text: str) -> int:
    """How many frames a file holds that `parse_xyz` reads; the count of atoms leads from each to the next."""
    lines = text.splitlines()
    frames, at = 0, 0
    while at < len(lines):
        count = lines[at].strip()
        frames += count.isdecimal()
        at += int(count) + 2 if count.isdecimal() and len(count) <= 12 else 1
    return max(1, frames)


def format_xyz(molecule: Molecule, title: str | None = None) -> str:
    """Extended XYZ of `molecule` with 8 decimals; `parse_xyz` reads it back, charge and title with it."""
    name = re.sub(r"[^\w .:,;+()/-]", "_", molecule.title if title is None else title)
    header = f'{len(molecule)}\nname="{name}" charge={molecule.charge}\n'
    rows = zip(molecule.symbols, molecule.positions_angstrom.tolist(), strict=True)
    return header + "".join(f"{label:<2} {x:16.8f} {y:16.8f} {z:16.8f}\n" for label, (x, y, z) in rows)
