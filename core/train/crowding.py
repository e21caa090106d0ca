"""The error of the force on an atom against how crowded it is: how many atoms are as near to it as messages reach.

It tells two things apart that both grow with the size of a system: inner atoms have more neighbours, and what is far
away adds up. Where atoms with as many neighbours are as far off in a small and in a large system, it is the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.molecule import Molecule
from core.units import BOHR_IN_ANGSTROM, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

# The reach of a message of the shipped models.
NEAR_BOHR = 9.0
NEAR_ANGSTROM = round(NEAR_BOHR * BOHR_IN_ANGSTROM, 1)
# Neighbours: from each of these up to the next.
EDGES = (0, 10, 14, 18, 22, 26, 30)


@dataclass(frozen=True, eq=False)
class CrowdedErrors:
    """Of the atoms of one structure, (n_atoms,) each. hydrogen: whether it is one; neighbours: atoms within NEAR_BOHR;
    errors: mean of the components of the force difference without their signs, meV/angstrom."""

    hydrogen: NDArray[np.bool_]
    neighbours: NDArray[np.int64]
    errors_mev_per_angstrom: NDArray[np.float64]

    @classmethod
    def of(cls, molecule: Molecule, difference_hartree_per_bohr: NDArray[np.float64]) -> "CrowdedErrors":
        """difference: (n_atoms, 3), of the predicted from the true force."""
        tree = cKDTree(molecule.positions_bohr)
        counted = tree.query_ball_point(molecule.positions_bohr, NEAR_BOHR, return_length=True) - 1
        return cls(
            np.asarray(molecule.atomic_numbers) == 1,
            np.asarray(counted, dtype=np.int64),
            np.abs(difference_hartree_per_bohr).mean(1) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM,
        )


def by_crowding(structures: Sequence[CrowdedErrors]) -> dict:
    """Atoms, and their mean force error in meV/angstrom, by neighbours ("10 to 13"), of hydrogen and of the others."""
    hydrogen = np.concatenate([one.hydrogen for one in structures])
    place = np.digitize(np.concatenate([one.neighbours for one in structures]), EDGES) - 1
    errors = np.concatenate([one.errors_mev_per_angstrom for one in structures])
    table = {}
    for index, label in enumerate(labels()):
        row = {}
        for kind, alike in (("hydrogen", hydrogen), ("others", ~hydrogen)):
            found = errors[alike & (place == index)]
            row[kind] = {
                "atoms": int(found.size),
                "force_mae_mev_per_angstrom": float(found.mean()) if found.size else None,
            }
        table[label] = row
    return table


def labels() -> tuple[str, ...]:
    """What the rows of the table are called."""
    closed = [f"{low} to {high - 1}" for low, high in zip(EDGES, EDGES[1:], strict=False)]
    return (*closed, f"{EDGES[-1]} or more")
