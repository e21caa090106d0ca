"""The net force of a prediction, and what it says of the force on a group of atoms. meV/angstrom.

Forces on all nuclei of a structure add up to zero; those of a predicted density do not, for each has its error. Errors
that are independent of each other add up in squares, and on structures that were not trained on they do: what a whole
molecule or a part of it is off by is on average what `Trust.rms_mev_per_angstrom` says of its atoms.
Where a structure is off by more than that, its errors share a direction, and all uncertainties are that much larger, as
those of measurements that disagree are (the scale factor of the Particle Data Group).
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
    def expected(self) -> float | None:
        """What independent errors of all atoms leave on average (root mean square); None where one is not known."""
        value = float(np.sqrt((self.errors**2).sum()))
        return value if np.isfinite(value) else None

    @property
    def ratio(self) -> float:
        """The net force over what is expected of it; 1 where nothing is."""
        return self.size / self.expected if self.expected else 1.0

    @property
    def errors_share_a_direction(self) -> bool:
        return self.ratio > UNLIKELY

    @property
    def scaled_errors(self) -> NDArray[np.float64]:
        """(n_atoms,) the errors, larger where the net force says so, for sums of squares over groups of atoms."""
        return max(1.0, self.ratio) * self.errors

    def uncertainty(self, atoms: NDArray[np.int64]) -> float | None:
        """How far off the force on the nuclei of `atoms` together is on average (root mean square); None where it is
        not known. Of all atoms it is never less than the net force."""
        value = float(np.sqrt((self.scaled_errors[atoms] ** 2).sum()))
        return value if np.isfinite(value) else None


def net_force(forces_mev_per_angstrom: NDArray[np.float64], trust: Trust) -> NetForce:
    """Of the forces (n_atoms, 3) of the prediction that `trust` is about."""
    return NetForce(float(np.linalg.norm(forces_mev_per_angstrom.sum(0))), trust.rms_mev_per_angstrom)
