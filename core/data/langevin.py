"""Langevin dynamics and minimisation of a few atoms in any potential. Atomic units; temperatures in kelvin.

A potential takes positions (n_atoms, 3) in bohr and gives the energy in hartree and forces (n_atoms, 3) in
hartree/bohr. Integrator: BAOAB of Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import GetPeriodicTable
from scipy.optimize import minimize

Array = NDArray[np.float64]
Potential = Callable[[Array], tuple[float, Array]]

FEMTOSECOND = 41.341373
DALTON = 1822.888486
BOLTZMANN_HARTREE_PER_KELVIN = 3.166811563e-6


def masses(atomic_numbers: NDArray[np.int64]) -> Array:
    """(n_atoms, 1) in electron masses."""
    table = GetPeriodicTable()
    return np.array([[table.GetAtomicWeight(int(number)) * DALTON] for number in atomic_numbers])


@dataclass
class Langevin:
    """Atoms in motion. positions: (n_atoms, 3) bohr; velocities start from the Boltzmann distribution."""

    potential: Potential
    masses: Array
    positions: Array
    temperature_kelvin: float
    rng: np.random.Generator
    step_femtoseconds: float = 1.0
    friction_per_femtosecond: float = 0.02

    def __post_init__(self) -> None:
        self.velocities = self._thermal_speed() * self.rng.normal(size=self.positions.shape)
        self.forces = self.potential(self.positions)[1]

    def _thermal_speed(self) -> Array:
        return np.sqrt(BOLTZMANN_HARTREE_PER_KELVIN * self.temperature_kelvin / self.masses)

    def run(self, steps: int) -> Array:
        """Take so many steps; returns the positions."""
        step = self.step_femtoseconds * FEMTOSECOND
        memory = np.exp(-self.friction_per_femtosecond * self.step_femtoseconds)
        noise = np.sqrt(1 - memory**2) * self._thermal_speed()
        for _ in range(steps):
            self.velocities += 0.5 * step * self.forces / self.masses
            self.positions = self.positions + 0.5 * step * self.velocities
            self.velocities = memory * self.velocities + noise * self.rng.normal(size=self.positions.shape)
            self.positions = self.positions + 0.5 * step * self.velocities
            self.forces = self.potential(self.positions)[1]
            self.velocities += 0.5 * step * self.forces / self.masses
        return self.positions


def minimised(potential: Potential, positions: Array, *, steps: int) -> Array:
    """Positions (n_atoms, 3) bohr after at most so many steps of L-BFGS downhill."""

    def value(flat: Array) -> tuple[float, Array]:
        energy, forces = potential(flat.reshape(-1, 3))
        return energy, -forces.ravel()

    return minimize(value, positions.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps}).x.reshape(-1, 3)
