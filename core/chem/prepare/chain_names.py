"""Chains of a PDB file that share one name, or none, told apart: programs of MD leave the column of the chain blank.

What tells is the segment (columns 73-76), where chains have no name, and atoms that come again with other coordinates
under the same residue. Without it the second copy of a dimer would be taken for atoms written twice. Angstrom.
"""

import re
from collections.abc import Iterator

from core.chem.pdb_lines import is_atom_line
from core.chem.prepare.report import Log, listed

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# Atoms that are nearer than this in every coordinate are one atom that was written twice.
_SAME_PLACE_ANGSTROM = 0.5

_SEGMENT = re.compile(r"[A-Za-z]\w*", re.ASCII)

Place = tuple[float, float, float]
Chain = tuple[str, str, int]


def tell_chains_apart(text: str, log: Log) -> str:
    """The text with a letter of its own for every chain; as it is where there is nothing to tell, or letters are short.

    Coordinates must be numbers, as `core.chem.macromolecule.pdb_structure` demands.
    """
    lines = text.splitlines(keepends=True)
    chains = dict(_chains(lines))
    found = list(dict.fromkeys(chains.values()))
    old = {chain for chain, _, _ in found}
    if len(found) == len(old):
        return text
    free = iter([letter for letter in _LETTERS if letter not in old])
    kept: set[str] = set()
    names: dict[Chain, str] = {}
    for chain in found:
        # The first of a name keeps it; segments without names get letters in their order.
        own = chain[0] if chain[0] != " " and chain[0] not in kept else next(free, "")
        if not own:
            return text
        kept.add(own)
        names[chain] = own
    log.add("chains", f"Chains that the file does not name apart are called {_told(names)}.")
    return "".join(
        f"{line[:21]}{names[chains[index]]}{line[22:]}" if index in chains else line for index, line in enumerate(lines)
    )


def _told(names: dict[Chain, str]) -> str:
    return listed(
        [
            f"{name} ({f'segment {segment}' if segment else f'copy {copy + 1}'}"
            f"{f', copy {copy + 1}' if segment and copy else ''})"
            for (old, segment, copy), name in names.items()
            if name != old
        ]
    )


def _chains(lines: list[str]) -> Iterator[tuple[int, Chain]]:
    """Number of each line of an atom, with the chain it belongs to: its name, its segment, and which copy it is."""
    by_segment = _have_segments(lines)
    copies: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str], dict[str, dict[str, Place]]] = {}
    last: tuple[tuple[str, str], str] | None = None
    for index, line in enumerate(lines):
        if line.startswith("MODEL"):
            copies, seen = {}, {}
        if line.startswith(("MODEL", "TER")):
            last = None
        if not is_atom_line(line):
            if line.startswith("ANISOU") and last is not None and len(line) > 22:
                yield index, (*last[0], copies.get(last[0], 0))
            continue
        chain = line[21], line[72:76].strip() if by_segment and line[21] == " " else ""
        residue, atom = line[17:20] + line[22:27], line[12:17]
        place = (float(line[30:38]), float(line[38:46]), float(line[46:54]))
        residues = seen.setdefault(chain, {})
        if (chain, residue) != last and atom in residues.get(residue, ()) and _apart(residues[residue][atom], place):
            copies[chain] = copies.get(chain, 0) + 1
            residues = seen[chain] = {}
        residues.setdefault(residue, {}).setdefault(atom, place)
        last = chain, residue
        yield index, (*chain, copies.get(chain, 0))


def _have_segments(lines: list[str]) -> bool:
    """Whether atoms without a chain have several segments: words, the same for all atoms of a residue.

    AutoDock has charges in these columns, and other programs types of atoms.
    """
    segments: set[str] = set()
    last = "", ""
    for line in lines:
        if is_atom_line(line) and line[21] == " ":
            residue, segment = line[17:27], line[72:76].strip()
            if not _SEGMENT.fullmatch(segment) or residue == last[0] and segment != last[1]:
                return False
            segments.add(segment)
            last = residue, segment
    return len(segments) > 1


def _apart(one: Place, two: Place) -> bool:
    return max(abs(a - b) for a, b in zip(one, two, strict=True)) > _SAME_PLACE_ANGSTROM
