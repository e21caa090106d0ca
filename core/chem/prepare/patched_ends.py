"""Ends of a chain that CHARMM patches onto its first and last residue, as residues of their own.

The patches are ACE (acetyl: CAY, CY, OY), CT3 (N-methyl amide: NT, CAT) and CT2 (amide: NT). Angstrom.
"""

import numpy as np

from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue, distance_angstrom
from core.chem.prepare.report import Log

_BEFORE = {"CAY": "CH3", "CY": "C", "OY": "O"}
_AFTER = {"NT": "N", "CAT": "C"}
_LONGEST_AMIDE_ANGSTROM = 1.8


def split_patched_ends(draft: Draft, log: Log) -> None:
    """Move the atoms of a patch to an ACE before its residue, or an NME or NH2 after it; their hydrogens go along."""
    places = {(residue.chain, residue.number) for residue in draft.residues}
    found: list[DraftResidue] = []
    for residue in draft.residues:
        before = after = None
        if residue.names >= _BEFORE.keys() | {"N"} and _near(residue, "CY", "N"):
            before = _split(residue, "ACE", _BEFORE, -1, places)
        if residue.names >= {"NT", "C"} and _near(residue, "C", "NT"):
            after = _split(residue, "NME" if "CAT" in residue.names else "NH2", _AFTER, 1, places)
        for end in (before, after):
            if end is not None:
                log.add("names", f"{end.label} was written as part of {residue.label}.", end.label)
        found += [one for one in (before, residue, after) if one is not None]
    draft.residues = found


def _near(residue: DraftResidue, one: str, two: str) -> bool:
    return distance_angstrom(residue.atom(one), residue.atom(two)) < _LONGEST_AMIDE_ANGSTROM


def _split(
    residue: DraftResidue, name: str, atoms: dict[str, str], step: int, places: set[tuple[str, int]]
) -> DraftResidue:
    """The new residue; its atoms are taken out of the old one.

    Its number is the next one, or the same with an insertion code where that one is taken.
    """
    moved = [atom for atom in residue.atoms if atom.name in atoms]
    others = [atom for atom in residue.atoms if atom.name not in atoms and not _hydrogen(atom)]
    hydrogens = [atom for atom in residue.atoms if _hydrogen(atom) and _distance(atom, moved) < _distance(atom, others)]
    gone = {id(atom) for atom in moved + hydrogens}
    residue.atoms = [atom for atom in residue.atoms if id(atom) not in gone]
    for atom in moved:
        atom.name = atoms[atom.name]
    taken = (residue.chain, residue.number + step) in places
    number, code = (residue.number, name[0]) if taken else (residue.number + step, "")
    return DraftResidue(residue.chain, name, number, code, "protein", moved + hydrogens)


def _hydrogen(atom: DraftAtom) -> bool:
    """Also where the file leaves its element open."""
    return atom.is_hydrogen or not atom.element and atom.name.lstrip("0123456789")[:1] in ("H", "D")


def _distance(atom: DraftAtom, others: list[DraftAtom]) -> float:
    return min(
        (float(np.linalg.norm(atom.position_angstrom - other.position_angstrom)) for other in others),
        default=float("inf"),
    )
