"""Metals that the file has and the molecule has not: remembered, for what held them was shaped by them."""

from collections.abc import Sequence

from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue, LeftMetal

# Alkali ions are held too loosely to cost anyone a proton.
LOOSE = frozenset({"Li", "Na", "K", "Rb", "Cs"})
_NONMETALS = {
    "H", "D", "T", "He", "B", "C", "N", "O", "F", "Ne", "Si", "P", "S", "Cl", "Ar", "Ge", "As", "Se", "Br", "Kr", "Te",
    "I", "Xe", "At", "Rn",
}  # fmt: skip


def is_metal(element: str) -> bool:
    return element not in _NONMETALS


def remember_metals(draft: Draft, residue: DraftResidue, atoms: Sequence[DraftAtom]) -> None:
    """Note the metals among the atoms of a residue that are about to be left out; not those that are held loosely."""
    draft.left_metals += [
        LeftMetal(residue.label, atom.element, atom.position_angstrom)
        for atom in atoms
        if is_metal(atom.element) and atom.element not in LOOSE
    ]
