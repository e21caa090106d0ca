"""Lines of a PDB file: which are atoms, what the format does not have behind coordinates, and how a file ends."""

import re
from itertools import pairwise

_RESIDUE, _SEGMENT, _CHARGE = slice(17, 27), slice(72, 76), slice(78, 80)
# A digit is followed by its sign; the number of a line (files from before 1996) or a type of atom is no charge.
_NO_CHARGE = re.compile(r"\d[^\s+-]|[^\s+-]\d")
_ENDS = ("END", "MASTER")


def is_atom_line(line: str) -> bool:
    """Whether a line is that of an atom."""
    return line.startswith(("ATOM", "HETATM"))


def without_strange_columns(text: str) -> str:
    """The text with blanks in place of segments that change within a residue (partial charges of AutoDock, say), which
    would tear it apart for gemmi, and of charges that are none."""
    lines = text.splitlines(keepends=True)
    atoms = [line for line in lines if is_atom_line(line)]
    torn = any(one[_RESIDUE] == two[_RESIDUE] and _segment(one) != _segment(two) for one, two in pairwise(atoms))
    strange = any(_NO_CHARGE.match(line[_CHARGE]) for line in atoms)
    if not torn and not strange:
        return text
    return "".join(_blanked(line, torn) if is_atom_line(line) else line for line in lines)


def _segment(line: str) -> str:
    return line[_SEGMENT].strip()


def _blanked(line: str, torn: bool) -> str:
    content = line.rstrip("\r\n")
    end = line[len(content) :]
    if torn:
        content = f"{content[: _SEGMENT.start]:72}    {content[_SEGMENT.stop :]}"
    if _NO_CHARGE.match(content[_CHARGE]):
        content = f"{content[: _CHARGE.start]}  {content[_CHARGE.stop :]}"
    return content + end


def is_ended(lines: list[str]) -> bool:
    """Whether a PDB file has END, or stops with another record that stands behind atoms; many programs write no END."""
    if any(line.startswith(_ENDS) for line in lines):
        return True
    last = next((line for line in reversed(lines) if line.strip()), "")
    return last.startswith(("TER", "CONECT"))
