"""The net force of a prediction, and what it says of the force on a group of atoms. meV/angstrom.

Forces on all nuclei of a structure add up to zero; those of the network's density do not, for each has its error, and
so that sum is taken off (`core.model.balance`). What it was says something: errors that are independent of each other
add up in squares, and on structures that were not trained on those of up to some ten atoms do. Of larger ones a part
goes the same way in all of it: cut-outs of proteins of 45 atoms had 1.3 times what independent errors leave, whole
proteins three to eight times. What such errors do not leave is put down to all atoms alike.

Of the force on a group with the share s of what was taken off, its own errors stay with 1 - s, and those of all others
come in with s; of the whole structure nothing is left.
"""

from dataclasses import dataclass

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
    of each, NaN unknown. shares: (n_atoms,) of what was taken off, 1 in all."""

    size: float
    errors: NDArray[np.float64]
    shares: NDArray[np.float64]

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
        known, 0 of all atoms."""
        share = self.shares[atoms].sum()
        own = (self.errors[atoms] ** 2).sum()
        rest = (np.delete(self.errors, atoms) ** 2).sum()
        left = np.hypot((1.0 - share) * np.sqrt(own), (1.0 - share) * len(atoms) * self.shift)
        # Where errors of the rest are not known, they count as little as their share.
        return float(np.hypot(left, share * np.sqrt(rest) if np.isfinite(rest) else 0.0))


def net_force(prediction: Prediction, trust: Trust) -> NetForce:
    """Of `prediction`, that `trust` is about."""
    size = float(np.linalg.norm(prediction.net_force_taken_off_mev_per_angstrom))
    return NetForce(size, trust.rms_mev_per_angstrom, shares_of(prediction.density.molecule))
