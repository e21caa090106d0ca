"""The Hellmann-Feynman force on each nucleus in parts: by nuclei and electrons, or by near and distant atoms.

Hartree/bohr. The electrons' part is what the nuclei's leaves of the total, the distant atoms' what the near ones'
leaves: they add up to it. How the density is shared between near and distant atoms is a matter of the basis, as in
`core.forces.sources`; between nuclei and electrons it is not.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import field_of_near_atoms

Part = Literal["nuclear", "electronic", "near", "far"]
# The parts that are what others leave of the total.
REMAINDER_OF: dict[Part, Part] = {"electronic": "nuclear", "far": "near"}

# Pairs of nuclei at a time.
_PAIRS_AT_ONCE = 1 << 20


def part_of_forces(
    density: Density, forces_hartree_per_bohr: NDArray[np.float64], part: Part, *, within_bohr: float
) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr of `part` of the forces (n_atoms, 3) of `density`.

    near: what the atoms within `within_bohr` of a nucleus exert on it, its own electrons included; far: all others.
    """
    if part in REMAINDER_OF:
        rest = part_of_forces(density, forces_hartree_per_bohr, REMAINDER_OF[part], within_bohr=within_bohr)
        return forces_hartree_per_bohr - rest
    return nuclear_forces(density.molecule) if part == "nuclear" else near_forces(density, within_bohr)


def nuclear_forces(molecule: Molecule) -> NDArray[np.float64]:
    """(n_atoms, 3) Z_A sum_B Z_B (R_A - R_B) / |R_A - R_B|^3, the Coulomb force of the other nuclei."""
    positions, charges = molecule.positions_bohr, molecule.atomic_numbers.astype(np.float64)
    forces = np.empty_like(positions)
    rows = max(1, _PAIRS_AT_ONCE // len(molecule))
    for start in range(0, len(molecule), rows):
        some = slice(start, start + rows)
        vectors = positions[some, None] - positions[None]
        square = np.einsum("abk,abk->ab", vectors, vectors)
        weights = charges * np.divide(1.0, square**1.5, out=np.zeros_like(square), where=square > 0.0)
        forces[some] = charges[some, None] * np.einsum("ab,abk->ak", weights, vectors)
    return forces


def near_forces(density: Density, within_bohr: float) -> NDArray[np.float64]:
    """(n_atoms, 3) from nuclei and electrons of the atoms within `within_bohr`, a nucleus's own electrons included.

    Every pair exactly; time and memory grow with the number of such pairs.
    """
    field = field_of_near_atoms(density, density.molecule.positions_bohr, within_bohr)
    return density.molecule.atomic_numbers[:, None] * field
