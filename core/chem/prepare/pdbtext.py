"""PDB text of some residues for programs that read nothing else: chains and residues are numbered, names kept."""

from collections.abc import Sequence

from core.chem.prepare.draft import DraftResidue
from core.errors import PreparationError

_LIMIT_ANGSTROM = 9999.0


def temporary_chain(index: int) -> str:
    """One character for each chain: letters and digits, then whatever Unicode has; the readers take any."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return letters[index] if index < len(letters) else chr(0x4E00 + index)


def numbered(residues: Sequence[DraftResidue]) -> list[tuple[str, int]]:
    """(chain, number) under which each residue is written: chains in order, residues from 1."""
    places, previous, chain, number = [], None, -1, 0
    for residue in residues:
        if residue.chain != previous or number >= 9999:
            previous, chain, number = residue.chain, chain + 1, 0
        number += 1
        places.append((temporary_chain(chain), number))
    return places


def pdb_text(residues: Sequence[DraftResidue]) -> str:
    """Heavy atoms only, with TER between chains. Raises PreparationError for a coordinate that PDB cannot hold."""
    lines: list[str] = []
    serial, last = 0, ""
    for residue, (chain, number) in zip(residues, numbered(residues), strict=True):
        if last and chain != last:
            lines.append("TER")
        last = chain
        for atom in residue.heavy:
            serial = serial % 99999 + 1
            x, y, z = atom.position_angstrom.tolist()
            if max(abs(x), abs(y), abs(z)) >= _LIMIT_ANGSTROM / 10:
                raise PreparationError(
                    f"{residue.label} lies {max(abs(x), abs(y), abs(z)):.0f} angstrom from the origin.",
                    "Move the structure to the origin first.",
                )
            name = atom.name if len(atom.name) == 4 else f" {atom.name:<3s}"
            lines.append(
                f"ATOM  {serial:5d} {name} {residue.name:>3.3s} {chain}{number:4d}    "
                f"{x:8.3f}{y:8.3f}{z:8.3f}{1:6.2f}{0:6.2f}          {atom.element:>2s}"
            )
    return "\n".join([*lines, "TER", "END", ""])
