"""GFN2-xTB for a cut: bonds become quantum-chemical while heavy atoms stay about where the system had them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.cutouts.cut import Cut
from core.data.langevin import Array, Langevin, Potential, masses, minimised
from core.data.potentials import GFN2
from core.data.walls import walled
from core.units import ANGSTROM_IN_BOHR, BOHR_IN_ANGSTROM

# At 300 K a tether alone lets a coordinate stray by 0.12 angstrom; bonds are twenty times as stiff.
TETHER_HARTREE_PER_BOHR2 = 0.02
MINIMISER_STEPS = 12
FEMTOSECONDS = (120, 220)
REACH_ANGSTROM = 4.0


@dataclass(frozen=True, eq=False)
class Tethered:
    """`inner` and a spring from each of the `atoms`, (n_tethered,), to its anchor, (n_tethered, 3) bohr."""

    inner: Potential
    atoms: NDArray[np.int64]
    anchors: Array
    stiffness: float = TETHER_HARTREE_PER_BOHR2

    def __call__(self, positions: Array) -> tuple[float, Array]:
        energy, forces = self.inner(positions)
        away = positions[self.atoms] - self.anchors
        forces = forces.copy()
        forces[self.atoms] -= self.stiffness * away
        return energy + 0.5 * self.stiffness * float((away**2).sum()), forces


def relaxed(cut: Cut, kelvin: float, rng: np.random.Generator) -> tuple[Array, int]:
    """Positions (n_atoms, 3) in angstrom after a few steps downhill and a short trajectory, and its femtoseconds.

    Raises DataError where GFN2-xTB fails.
    """
    assembly = cut.assembly
    numbers, start = assembly.atomic_numbers, assembly.positions_angstrom * ANGSTROM_IN_BOHR
    heavy = np.flatnonzero(numbers > 1)
    held = Tethered(GFN2(numbers, start, cut.charge), heavy, start[heavy])
    potential = walled(held, numbers, assembly.bonds, assembly.owner, REACH_ANGSTROM)
    positions = minimised(potential, start, steps=MINIMISER_STEPS)
    femtoseconds = int(rng.integers(*FEMTOSECONDS))
    positions = Langevin(potential, masses(numbers), positions, kelvin, rng).run(femtoseconds)
    return positions * BOHR_IN_ANGSTROM, femtoseconds
