"""Whether the coordinates of a PDB file stand in columns 31-54, three of eight characters: wwPDB format 3.3.

Readers go by columns alone: gemmi takes what it cannot read for 0, and a coordinate that begins further left loses its
sign or its first digits without a word. Angstrom.
"""

import re

from core.chem.pdb_lines import is_atom_line
from core.errors import StructureError

_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)\s*$")
# Programs write three decimals; occupancies and B factors, which follow, have two.
_COORDINATES = re.compile(r"(?:[-+]?\d+\.\d{3,}\s*){2}[-+]?\d+\.\d{3,}", re.ASCII)
_SERIAL, _END = 6, 54


def require_pdb_columns(lines: list[str]) -> None:
    """Of ATOM and HETATM lines. Raises StructureError naming the first bad one: moved, cut, or without numbers."""
    for index, line in enumerate(lines):
        if not is_atom_line(line):
            continue
        whole = len(line.rstrip()) >= _END
        readable = all(_NUMBER.match(line[start : start + 8]) for start in (30, 38, 46))
        if moved := _moved(line, whole and readable):
            raise StructureError(
                f"The coordinates in line {index + 1} of the PDB file do not stand in columns 31 to 54, where the "
                f"format has them: {moved[:40]!r}.",
                "Mend that line; where all are moved, write the file again with a program that keeps to the columns, "
                "or give the structure as mmCIF, which has none.",
            )
        if not whole:
            last = index == len(lines) - 1
            raise StructureError(
                f"Line {index + 1} of the PDB file stops before its coordinates are complete: {line.strip()[:60]!r}.",
                "The file is cut off: get the whole of it." if last else "Mend or remove that line.",
            )
        if not readable:
            raise StructureError(
                f"The coordinates in line {index + 1} of the PDB file are not numbers: {line[30:54].strip()[:40]!r}.",
                "Mend that atom in the file: columns 31-54 hold x, y and z in angstrom.",
            )


def _moved(line: str, seems_sound: bool) -> str:
    """The coordinates that stand elsewhere; empty where they do not. seems_sound: numbers are in all three columns."""
    # Numbers of residues may reach beyond their columns; what goes on in column 31 is x.
    cut_apart = not any(map(str.isspace, line[29:31]))
    number_is_moved = line[25:26] == " "
    if seems_sound and not cut_apart and not number_is_moved:
        return ""
    found = _COORDINATES.search(line, _SERIAL)
    if found is None:
        return line[27:_END].strip() if seems_sound and cut_apart else ""
    return found[0] if not seems_sound or cut_apart or found.end() < _END else ""
