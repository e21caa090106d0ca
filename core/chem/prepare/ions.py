"""Monoatomic ions: no part of the molecule, but listed with their charge, so that their free density can be added."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.elements import atomic_number
from core.chem.prepare.draft import Draft
from core.chem.prepare.left_metals import remember_metals
from core.chem.prepare.options import Options
from core.chem.prepare.report import Log
from core.chem.topology import Residue
from core.chem.validate import signed

# The usual charge in water, by element; the dictionary's names of other states by residue.
_CHARGES = {
    "Li": 1, "Na": 1, "K": 1, "Rb": 1, "Cs": 1, "Ag": 1, "Mg": 2, "Ca": 2, "Sr": 2, "Ba": 2, "Mn": 2, "Fe": 3, "Co": 2,
    "Ni": 2, "Cu": 2, "Zn": 2, "Cd": 2, "Hg": 2, "Pb": 2, "Pt": 2, "Al": 3, "Y": 3, "La": 3, "Gd": 3, "Tb": 3, "Yb": 3,
    "F": -1, "Cl": -1, "Br": -1, "I": -1, "Xe": 0, "Kr": 0, "Ar": 0,
}  # fmt: skip
_FATES = {
    "list": "is listed as a free ion beside the molecule; its charge is not counted.",
    "add": "is a free ion beside the molecule: as it is alone in the picture, the potential and the files of the "
    "density, where that is known, and in no force.",
    "drop": "is left out; its charge is not counted.",
}
# An assembly brings an atom on an axis of symmetry once for each copy.
SAME_PLACE_ANGSTROM = 0.5
_BY_RESIDUE = {"FE2": 2, "CU1": 1, "3CO": 3, "MN3": 3, "3NI": 3, "AU3": 3, "AU": 1, "PT4": 4}


@dataclass(frozen=True, eq=False)
class FreeIon:
    """position_angstrom: (3,). charge: in e; confirm it, for a file seldom says."""

    residue: Residue
    atomic_number: int
    position_angstrom: NDArray[np.float64]
    charge: int

    @property
    def identity(self) -> tuple[Hashable, ...]:
        """What tells it from every other."""
        return self.residue, self.atomic_number, self.charge, *self.position_angstrom.tolist()


def separate_ions(draft: Draft, options: Options, log: Log) -> tuple[FreeIon, ...]:
    """Take monoatomic ions out of the draft; they come back as a list, or an empty one where they are to be dropped."""
    ions: list[FreeIon] = []
    for residue in draft.residues:
        if residue.kind != "ion":
            continue
        atom = residue.atoms[0]
        number = atomic_number(atom.element)
        if any(
            ion.atomic_number == number
            and np.linalg.norm(ion.position_angstrom - atom.position_angstrom) < SAME_PLACE_ANGSTROM
            for ion in ions
        ):
            log.add("ions", f"{residue.label}: in the place of another {atom.element}, the same.", residue.label)
            continue
        charge = atom.charge or _BY_RESIDUE.get(residue.name, _CHARGES.get(atom.element, 0))
        kept = options.ions != "drop"
        if not kept:
            remember_metals(draft, residue, residue.atoms)
        else:
            ions.append(FreeIon(residue.identity, number, atom.position_angstrom, charge))
        log.add(
            "ions",
            f"{residue.label}: {atom.element} with charge {signed(charge)} {_FATES[options.ions]}",
            residue.label,
            (atom.name,),
            confirm=kept,
        )
    draft.residues = [residue for residue in draft.residues if residue.kind != "ion"]
    return tuple(ions)
