"""What follows an END record of a PDB file: another file that was put behind the first, or another frame of it.

Readers stop at END, so that the ligand behind a protein would be lost without a word.
"""

from core.chem.pdb_lines import is_atom_line
from core.chem.prepare.report import Log


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
