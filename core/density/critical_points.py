"""Bond critical points of a density between two nuclei. Bohr, e/bohr^3.

After Bader, Atoms in Molecules (1990): where the gradient of the density vanishes and two curvatures are negative, one
positive, written (3,-1), the density along the bond path is least. Found from the lowest point of the straight line
between the nuclei, by Newton steps on the analytic gradient. It is theirs where the two paths uphill from it, which
make the bond path, end at these nuclei.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.density.density import Density
from core.gaussian.derivatives import density_derivatives
from core.gaussian.evaluate import density_at_points

# Points of the line between the two nuclei, as shares of its length.
SHARES = np.linspace(0.15, 0.85, 29)
STEPS, LONGEST_STEP_BOHR = 25, 0.15
# Of the gradient, e/bohr^4; a contact has 0.01 to 0.1 e/bohr^5 of curvature, so the place is right to 1e-6 bohr.
CONVERGED = 1e-9
# The paths uphill: how long a step is, how many there may be, and how near a nucleus they end, bohr.
CLIMB_BOHR, CLIMBS, CAUGHT_BOHR = 0.2, 60, 0.5


@dataclass(frozen=True, eq=False)
class CriticalPoints:
    """Rows are contacts; NaN where no (3,-1) point was found.

    points_bohr: (n, 3). densities: (n,) e/bohr^3. laplacians: (n,) e/bohr^5, which a fit in the auxiliary basis has to
    about 10 %, the densities to 1 %. curvatures: (n, 3) e/bohr^5, ascending.
    """

    points_bohr: NDArray[np.float64]
    densities: NDArray[np.float64]
    laplacians: NDArray[np.float64]
    curvatures: NDArray[np.float64]

    @property
    def found(self) -> NDArray[np.bool_]:
        """(n,)"""
        return np.isfinite(self.densities)


def bond_critical_points(density: Density, pairs: NDArray[np.int64]) -> CriticalPoints:
    """The (3,-1) point between the two atoms of each of `pairs` (n, 2)."""
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    first, last = (density.molecule.positions_bohr[pairs[:, column]] for column in (0, 1))
    line = first[:, None] + SHARES[:, None] * (last - first)[:, None]
    along = density_at_points(density, line.reshape(-1, 3), threshold=1e-9).reshape(len(pairs), SHARES.size)
    start = line[np.arange(len(pairs)), along.argmin(axis=1)]
    points, active = start.copy(), np.arange(len(pairs))
    for _ in range(STEPS):
        if not active.size:
            break
        here = density_derivatives(density, points[active])
        going = np.linalg.norm(here.gradients, axis=1) > CONVERGED
        active = active[going]
        steps = -np.linalg.solve(here.hessians[going], here.gradients[going, :, None])[..., 0]
        lengths = np.linalg.norm(steps, axis=1, keepdims=True)
        points[active] += steps * np.minimum(1.0, LONGEST_STEP_BOHR / np.maximum(lengths, 1e-30))
    here = density_derivatives(density, points)
    curvatures, axes = np.linalg.eigh(here.hessians)
    found = (np.linalg.norm(here.gradients, axis=1) <= CONVERGED) & ((curvatures < 0.0).sum(axis=1) == 2)
    ends = [_uphill(density, points[found], sign * axes[found, :, 2]) for sign in (1.0, -1.0)]
    found[found] = (np.sort(np.stack(ends, axis=1), axis=1) == np.sort(pairs[found], axis=1)).all(axis=1)
    missing = np.where(found, 1.0, np.nan)
    return CriticalPoints(
        points * missing[:, None], here.values * missing, here.laplacians * missing, curvatures * missing[:, None]
    )


def _uphill(density: Density, points: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) the atom at which the path of steepest ascent ends; -1 for none. points, first directions: (n, 3)."""
    nuclei = cKDTree(density.molecule.positions_bohr)
    points = points + CLIMB_BOHR * directions
    ends, active = np.full(len(points), -1), np.arange(len(points))
    for _ in range(CLIMBS):
        distance, nearest = nuclei.query(points[active])
        ends[active[distance < CAUGHT_BOHR]] = nearest[distance < CAUGHT_BOHR]
        active = active[distance >= CAUGHT_BOHR]
        if not active.size:
            break
        gradients = density_derivatives(density, points[active], threshold=1e-7).gradients
        lengths = np.maximum(np.linalg.norm(gradients, axis=1, keepdims=True), 1e-30)
        points[active] += CLIMB_BOHR * gradients / lengths
    return ends
