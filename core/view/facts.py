"""The numbers beside the picture. Units: e, debye, meV/angstrom."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.moments import dipole_e_bohr, electrons
from core.units import E_BOHR_IN_DEBYE, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Facts:
    """Numbers of one density. largest_force_index: of the atom, from 0; largest_force_atom:
    its element and number from 1. net_force_mev_per_angstrom: of the forces, with what was taken off them."""

    formula: str
    atoms: int
    electrons: float
    dipole_debye: float
    net_force_mev_per_angstrom: float
    largest_force_mev_per_angstrom: float
    largest_force_index: int
    largest_force_atom: str


def facts(
    density: Density,
    forces_hartree_per_bohr: NDArray[np.float64],
    taken_off_hartree_per_bohr: NDArray[np.float64] | None = None,
) -> Facts:
    """Numbers of `density` and its forces (n_atoms, 3). taken_off_hartree_per_bohr (n_atoms, 3): what they were more
    before they were balanced (`core.model.balance`), if they were.

    The dipole is taken about the centre of nuclear charge, which matters for ions only.
    """
    molecule = density.molecule
    net = forces_hartree_per_bohr.sum(0)
    net = net if taken_off_hartree_per_bohr is None else net + taken_off_hartree_per_bohr.sum(0)
    forces = np.asarray(forces_hartree_per_bohr) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    sizes = np.linalg.norm(forces, axis=1)
    largest = int(sizes.argmax())
    numbers = molecule.atomic_numbers
    centre = numbers @ molecule.positions_bohr / numbers.sum()
    dipole = dipole_e_bohr(density) - molecule.charge * centre
    return Facts(
        formula=formula(molecule),
        atoms=len(molecule),
        electrons=electrons(density),
        dipole_debye=float(np.linalg.norm(dipole)) * E_BOHR_IN_DEBYE,
        net_force_mev_per_angstrom=float(np.linalg.norm(net)) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM,
        largest_force_mev_per_angstrom=float(sizes[largest]),
        largest_force_index=largest,
        largest_force_atom=f"{molecule.symbols[largest]}{largest + 1}",
    )


def formula(molecule: Molecule) -> str:
    """Hill formula with subscripts, and the charge if there is one."""
    counts = molecule.element_counts.items()
    text = "".join(s + (str(n).translate(_SUBSCRIPTS) if n > 1 else "") for s, n in counts)
    return f"{text}, charge {molecule.charge:+d}" if molecule.charge else text
