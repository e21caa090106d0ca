"""Atomic radii for implicit solvent and surfaces, by the name of their source. Angstrom."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.chem.bonding import bonded_pairs
from core.chem.molecule import Molecule
from core.errors import DataError

RadiusSet = Literal["bondi", "mbondi2"]
SOURCES: dict[str, str] = {
    "bondi": "Bondi, J. Phys. Chem. 68, 441 (1964)",
    "mbondi2": "Onufriev, Bashford and Case, Proteins 55, 383 (2004): Bondi as in Amber, 1.3 for H on N",
}
_RADII: dict[str, dict[int, float]] = {
    "bondi": {1: 1.20, 6: 1.70, 7: 1.55, 8: 1.52, 15: 1.80, 16: 1.80},
    "mbondi2": {1: 1.20, 6: 1.70, 7: 1.55, 8: 1.50, 15: 1.85, 16: 1.80},
}
_HYDROGEN_ON_NITROGEN = 1.30


def radii_angstrom(molecule: Molecule, radius_set: RadiusSet = "bondi") -> NDArray[np.float64]:
    """(n_atoms,) angstrom. Raises DataError for another set, or an element that has no radius in it."""
    table = _RADII.get(radius_set)
    if table is None:
        raise DataError(f"There is no set of radii called {radius_set!r}.", f"Sets: {', '.join(SOURCES)}.")
    missing = sorted(set(molecule.atomic_numbers.tolist()) - set(table))
    if missing:
        raise DataError(f"The radii {radius_set} have no element {missing[0]}.", "Remove or replace such atoms.")
    radii = np.array([table[number] for number in molecule.atomic_numbers.tolist()])
    if radius_set == "mbondi2":
        bonds = bonded_pairs(molecule)
        both = np.concatenate([bonds, bonds[:, ::-1]])
        numbers = molecule.atomic_numbers[both]
        radii[both[(numbers[:, 0] == 1) & (numbers[:, 1] == 7), 0]] = _HYDROGEN_ON_NITROGEN
    return radii
