"""The net force of a prediction, and what it says of the force on a group of atoms. meV/angstrom.

Forces on all nuclei of a structure add up to zero; those of a predicted density do not, for each has its error. Errors
that are independent of each other add up in squares, and on structures that were not trained on those of up to some ten
atoms do. Of larger ones a part goes the same way in all of it: cut-outs of proteins of 45 atoms leave 1.3 times what
independent errors would. So the net force that such errors do not leave is put down to all atoms alike, and counts for
a group by the number of its atoms, while the rest adds up in squares.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model.trust import Trust

# Independent errors leave more than this many times the expected net force for one structure in a hundred: three
# components, each a normal variable.
UNLIKELY = 1.94


@dataclass(frozen=True, eq=False)
class NetForce:
    """size: length of the sum of all forces. errors: (n_atoms,) root mean square of the error of each, NaN unknown."""

    size: float
    errors: NDArray[np.float64]

    @property
    def expected(self) -> float:
        """What independent errors of all atoms leave (root mean square); NaN where one of them is not known."""
        return float(np.sqrt((self.errors**2).sum()))

    @property
    def shift(self) -> float:
        """Of the force on every atom, all in the same direction: what independent errors do not leave of the net force;
        0 where they may leave all, or are not known."""
        excess = self.size**2 - self.expected**2
        return float(np.sqrt(excess)) / len(self.errors) if excess > 0.0 else 0.0

    @property
    def errors_share_a_direction(self) -> bool:
        """Whether the net force is more than chance."""
        return self.size > UNLIKELY * self.expected

    @property
    def sentence(self) -> str:
        """What it is against what it should be."""
        return self.told(f"{self.size:.0f} meV/angstrom", f"{self.expected:.0f}")

    def told(self, size: str, expected: str) -> str:
        """`sentence` with its two numbers as they are written there: the net force with its unit, and what independent
        errors leave."""
        said = f"The forces add up to {size} and should add up to nothing"
        if not np.isfinite(self.expected):
            return f"{said}; how far off the force on a group of atoms is (a residue, a ligand, a chain) is not known."
        leave = f"independent errors of the expected size leave about {expected}"
        if self.errors_share_a_direction:
            return f"{said}, where {leave}: errors share a direction."
        return f"{said}: {leave}."

    def uncertainty(self, atoms: NDArray[np.int64]) -> float:
        """How far off the force on the nuclei of `atoms` together is on average (root mean square); NaN where it is not
        known. Of all atoms it is never less than the net force."""
        return float(np.hypot(np.sqrt((self.errors[atoms] ** 2).sum()), len(atoms) * self.shift))


def net_force(forces_mev_per_angstrom: NDArray[np.float64], trust: Trust) -> NetForce:
    """Of the forces (n_atoms, 3) of the prediction that `trust` is about."""
    return NetForce(float(np.linalg.norm(forces_mev_per_angstrom.sum(0))), trust.rms_mev_per_angstrom)
