"""Walls around a potential that keep molecules whole, apart and together: harmonic beyond a limit, nothing before it.

Atomic units inside; limits are given in angstrom.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.bonds import POLAR, covalent_radii, distances, van_der_waals_radii
from core.data.langevin import Array, Potential
from core.units import ANGSTROM_IN_BOHR

# NH, OH and SH bonds stay below this many sums of covalent radii: OH below 1.09 angstrom, so that no proton leaves.
PROTON_FACTOR = 1.12
# Atoms of different molecules stay above this many sums of van der Waals radii: O and H above 1.55 angstrom.
CONTACT_FACTOR = 0.57
WALL_HARTREE_PER_BOHR2, TETHER_HARTREE_PER_BOHR2 = 1.0, 0.01


@dataclass(frozen=True, eq=False)
class Walled:
    """`inner` and three kinds of walls, each on distances.

    upper: (n_atoms, n_atoms) bohr, limits of the bonds that hold a proton, else infinite; lower: the same for contacts
    of different molecules, else zero; upper triangles only. owner: (n_atoms,) number of the molecule of each atom.
    reach: the nearest atom of every molecule stays within so many bohr of the others.
    """

    inner: Potential
    upper: Array
    lower: Array
    owner: NDArray[np.int64]
    reach: float

    def __call__(self, positions: Array) -> tuple[float, Array]:
        energy, forces = self.inner(positions)
        lengths = distances(positions)
        beyond = WALL_HARTREE_PER_BOHR2 * (
            np.maximum(0.0, lengths - self.upper) - np.maximum(0.0, self.lower - lengths)
        )
        energy += 0.5 * float((beyond**2).sum()) / WALL_HARTREE_PER_BOHR2
        for first, second in self._nearest(lengths):
            excess = max(0.0, lengths[first, second] - self.reach)
            beyond[first, second] += TETHER_HARTREE_PER_BOHR2 * excess
            energy += 0.5 * TETHER_HARTREE_PER_BOHR2 * excess**2
        if beyond.any():
            pull = beyond / np.where(lengths > 0, lengths, 1.0)
            pull = pull + pull.T
            forces = forces + pull @ positions - pull.sum(1, keepdims=True) * positions
        return energy, forces

    def _nearest(self, lengths: Array) -> list[tuple[int, int]]:
        """For every molecule its atom nearest to the others, and the other atom."""
        if self.owner.max() == 0:
            return []
        found = []
        between = np.where(self.owner[:, None] == self.owner, np.inf, lengths)
        for molecule in range(int(self.owner.max()) + 1):
            inside = np.flatnonzero(self.owner == molecule)
            place, other = np.unravel_index(int(between[inside].argmin()), (len(inside), len(lengths)))
            found.append((int(inside[place]), int(other)))
        return found


def walled(
    inner: Potential,
    atomic_numbers: NDArray[np.int64],
    bonds: NDArray[np.int64],
    owner: NDArray[np.int64],
    reach_angstrom: float,
) -> Walled:
    """Walls for molecules with these bonds, (n_bonds, 2) atoms with the lower index first."""
    n_atoms = len(atomic_numbers)
    covalent, contact = covalent_radii(atomic_numbers), van_der_waals_radii(atomic_numbers)
    upper = np.full((n_atoms, n_atoms), np.inf)
    ends = atomic_numbers[bonds]
    first, second = bonds[(ends == 1).any(1) & np.isin(ends, POLAR).any(1)].T
    upper[first, second] = PROTON_FACTOR * (covalent[first] + covalent[second]) * ANGSTROM_IN_BOHR
    apart = np.triu(owner[:, None] != owner)
    lower = np.where(apart, CONTACT_FACTOR * (contact[:, None] + contact) * ANGSTROM_IN_BOHR, 0.0)
    return Walled(inner, upper, lower, owner, reach_angstrom * ANGSTROM_IN_BOHR)
