"""What follows an END record of a PDB file: another file that was put behind the first, or another frame of it. And
what may be missing where there is none.

Readers stop at END, so that the ligand behind a protein would be lost without a word; and they take a file that was cut
between two lines for a whole one, whose chain ends there.
"""

from core.chem.pdb_lines import is_atom_line, is_ended
from core.chem.prepare.naming import CAPS
from core.chem.prepare.report import Log

_BACKBONE = {"CA", "C4'", "C4*"}


def note_no_end(text: str, log: Log) -> None:
    """An entry for a file that stops behind an atom; to be confirmed where that is within a chain of a polymer."""
    lines = text.splitlines()
    atoms = [line for line in lines if is_atom_line(line)]
    if not atoms or is_ended(lines):
        return
    last = atoms[-1]
    name, chain, number = last[17:20].strip(), last[21].strip(), last[22:27].strip()
    names = {line[12:16].strip() for line in atoms if line[17:27] == last[17:27]}
    polymer = any(line[12:16].strip() in _BACKBONE for line in atoms if line[21] == last[21])
    closed = "OXT" in names or name in CAPS
    within = last.startswith("ATOM") and polymer and not closed
    log.add(
        "read",
        f"The file has no END: it may have been cut off behind {' '.join(filter(None, (name, chain, number)))}"
        f"{', which is taken for the end of its chain' if within else ''}.",
        confirm=within,
    )


def read_on(text: str, log: Log) -> str:
    """The text with what was put behind an END, and without further frames, which have the same atoms as the first.

    Files with MODEL records say themselves what is a model, and are given back as they are.
    """
    blocks: list[list[str]] = [[]]
    for line in text.splitlines(keepends=True):
        if line.startswith("MODEL"):
            return text
        blocks[-1].append(line)
        if line.rstrip() == "END":
            blocks.append([])
    blocks = [block for block in blocks if any(map(is_atom_line, block))]
    if len(blocks) < 2:
        return text
    first = _atoms(blocks[0])
    others = [block for block in blocks[1:] if _atoms(block) != first]
    if len(others) < len(blocks) - 1:
        frames = len(blocks) - len(others)
        log.add("model", f"Frame 1 of {frames} is used; the others, behind END records, are left out.")
    if others:
        log.add("read", "Atoms behind an END record belong to the structure too.", confirm=True)
    lines = [line for block in [blocks[0], *others] for line in block if line.rstrip() != "END"]
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines) + "END\n"


def _atoms(lines: list[str]) -> list[str]:
    """Name, residue and chain of each atom."""
    return [line[12:27] for line in lines if is_atom_line(line)]
