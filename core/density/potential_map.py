"""The electrostatic potential on a coarse grid around a molecule: to colour surfaces of its density, and to be cut
itself, by a surface of equal potential or by a plane. Bohr, hartree/e.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.density.grid import UniformGrid

# Points along the longest edge: as many as make a step of STEP_BOHR, between these.
STEP_BOHR, FEWEST, MOST = 0.45, 48, 64
# Of one atom's multipoles and of the single precision together: 0.2 kcal/(mol e), below what the grid costs.
TOLERANCE_HARTREE = 3e-4
# Next to a nucleus the potential has no end: what is above this, 1255 kcal/(mol e), is set to it.
LARGEST_POTENTIAL = 2.0


def potential_grid(molecule: Molecule) -> UniformGrid:
    """The grid of `potential_map`: the box of the nuclei with 3 angstrom around it."""
    edge = UniformGrid.around(molecule, points_longest=2).step_bohr
    return UniformGrid.around(molecule, points_longest=int(np.clip(edge / STEP_BOHR + 1, FEWEST, MOST)))


def potential_map(density: Density, grid: UniformGrid) -> NDArray[np.float64]:
    """(nx, ny, nz) potential of nuclei and electrons, hartree/e, at most LARGEST_POTENTIAL. Far from all atoms it costs
    next to nothing: multipoles are enough there."""
    values = potential_at_points(density, grid.points(), tolerance_hartree=TOLERANCE_HARTREE, dtype=torch.float32)
    return np.minimum(values.reshape(grid.shape), LARGEST_POTENTIAL)
