"""The net force of a prediction, and what it says of the force on a group of atoms. meV/angstrom.

Forces on all nuclei of a structure add up to zero; those of the network's density do not, for each has its error, and
so that sum is taken off (`core.model.balance`). What it was says something: errors that are independent of each other
add up in squares, and on structures that were not trained on those of up to some ten atoms do. Of larger ones a part
goes the same way in all of it: that is put down to one field that acts on all nuclei.

Of the force on a group with the share s of what was taken off, its own independent errors stay with 1 - s, those of all
others come in with s, and of the common field the part stays by which s is not the group's share of the nuclear charge.
A group and the rest of the structure are as uncertain as each other, and of the whole structure nothing is left.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.model.balance import shares_of
from core.model.predict import Prediction
from core.model.trust import Trust

# Independent errors leave more than this many times the expected net force for one structure in a hundred: three
# components, each a normal variable.
UNLIKELY = 1.94


@dataclass(frozen=True, eq=False)
class NetForce:
    """size: length of the sum of all forces before they were balanced. errors: (n_atoms,) root mean square of the error
    of each then, NaN unknown. shares: (n_atoms,) of what was taken off, 1 in all. charges: (n_atoms,) of the nuclei."""

    size: float
    errors: NDArray[np.float64]
    shares: NDArray[np.float64]
    charges: NDArray[np.float64]

    @property
    def expected(self) -> float:
        """What independent errors of all atoms leave (root mean square); NaN where one of them is not known."""
        return float(np.sqrt((self.errors**2).sum()))

    @property
    def excess(self) -> float:
        """What independent errors do not leave of the net force; 0 where they may leave all, or are not known."""
        return float(np.sqrt(max(self.size**2 - self.expected**2, 0.0))) if np.isfinite(self.expected) else 0.0

    @property
    def errors_share_a_direction(self) -> bool:
        """Whether the net force is more than chance."""
        return self.size > UNLIKELY * self.expected

    @property
    def sentence(self) -> str:
        """What it was against what it should be."""
        return self.told(f"{self.size:.0f} meV/angstrom", f"{self.expected:.0f}")

    def told(self, size: str, expected: str) -> str:
        """`sentence` with its two numbers as they are written there: the net force with its unit, and what independent
        errors leave."""
        said = f"Forces must add up to nothing; these added up to {size}, which was taken off"
        if not np.isfinite(self.expected):
            return f"{said}. How far off the force on a group of atoms is (a residue, a ligand, a chain) is not known."
        leave = f"Independent errors of the expected size leave about {expected}"
        if self.errors_share_a_direction:
            return f"{said}. {leave}: errors share a direction."
        return f"{said}. {leave}."

    def uncertainty(self, atoms: NDArray[np.int64]) -> float:
        """How far off the force on the nuclei of `atoms` together is on average (root mean square); NaN where it is not
        known. Turns that were taken off are not counted."""
        share = self.shares[atoms].sum()
        own = (self.errors[atoms] ** 2).sum()
        rest = max(self._known_squares - own, 0.0)
        common = self.excess * (self.charges[atoms].sum() / self.charges.sum() - share)
        return float(np.sqrt((1.0 - share) ** 2 * own + share**2 * rest + common**2))

    @cached_property
    def _known_squares(self) -> float:
        return float(np.nansum(self.errors**2))


def net_force(prediction: Prediction, trust: Trust) -> NetForce:
    """Of `prediction`, that `trust` is about.

    Expected errors are those of balanced forces, which 6 of the 3 n directions are taken off; before, they were larger.
    """
    size = float(np.linalg.norm(prediction.net_force_taken_off_mev_per_angstrom))
    molecule = prediction.density.molecule
    directions = 3 * len(molecule)
    before = np.sqrt(directions / (directions - 6)) if directions > 6 else 1.0
    charges = molecule.atomic_numbers.astype(np.float64)
    return NetForce(size, before * trust.rms_mev_per_angstrom, shares_of(molecule), charges)
