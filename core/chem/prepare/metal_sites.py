"""Atoms that hold a metal ion have a lone pair where others have a proton: they are to get no hydrogen.

PDB2PQR and PROPKA are shown no ions, and would put hydrogens of histidines and cysteines on top of a zinc. Distances in
angstrom; what is usual: Harding, Acta Cryst. D62, 678 (2006).
"""

from collections.abc import Sequence

import numpy as np

from core.chem.elements import symbol
from core.chem.prepare.draft import Draft, DraftResidue
from core.chem.prepare.ions import FreeIon
from core.chem.prepare.report import Log

# Alkali ions are held too loosely to cost anyone a proton.
_LOOSE = {"Li", "Na", "K", "Rb", "Cs"}
# Beyond the sums of radii by what a structure of 3 angstrom resolution is off.
_LONGEST_ANGSTROM = {"N": 2.8, "O": 2.7, "S": 2.9}
# By residue, the atoms that hold metals without a proton, in groups that share one.
_DONORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "HIS": (("ND1",), ("NE2",)), "CYS": (("SG",),), "ASP": (("OD1", "OD2"),), "GLU": (("OE1", "OE2"),),
    "TYR": (("OH",),),
}  # fmt: skip

Places = frozenset[tuple[int, str]]


def metal_donors(draft: Draft, ions: Sequence[FreeIon], log: Log) -> Places:
    """Residue and name of each atom that is to stay without hydrogen; both oxygens of a carboxylate where one holds."""

    def near(name: str, residue: DraftResidue, ion: FreeIon) -> bool:
        atom = residue.atom(name)
        if atom is None:
            return False
        return bool(np.linalg.norm(atom.position_angstrom - ion.position_angstrom) <= _LONGEST_ANGSTROM[atom.element])

    metals = [ion for ion in ions if ion.charge > 0 and symbol(ion.atomic_number) not in _LOOSE]
    found: set[tuple[int, str]] = set()
    for ion in metals:
        holders = []
        for number, residue in enumerate(draft.residues):
            for group in _DONORS.get(residue.name, ()):
                holding = [name for name in group if near(name, residue, ion)]
                if holding:
                    found |= {(number, name) for name in group}
                    holders.append(f"{residue.label} {' and '.join(holding)}")
        if holders:
            log.add(
                "protonation",
                f"{ion.residue.label} is coordinated by {', '.join(holders)}: no hydrogen there, at any pH.",
                ion.residue.label,
            )
    return frozenset(found)
