"""Flexible water for sampling, in OpenMM: q-TIP4P/F moved to the PBE0 monomer.

Four sites a molecule in the order O, H, H, M. Parameters of Habershon, Markland and Manolopoulos, J. Chem. Phys.
131, 024501 (2009), eqs. 1-4 and table I; only the equilibrium bond (0.9419 A there) and angle (107.4 degrees) are
replaced by those of PBE0, because q-TIP4P/F leaves room for quantum nuclei. OpenMM units inside (nm, kJ/mol, ps);
positions go in and out in angstrom, as (n_molecules, 3, 3): molecule, O H H, xyz.
"""

from dataclasses import dataclass

import numpy as np
import openmm
from numpy.typing import NDArray
from openmm import unit

KILOJOULE = 4.184
BOND_ANGSTROM = 0.9585
ANGLE_DEGREES = 105.5
OXYGEN_SIGMA_NM = 0.31589
OXYGEN_EPSILON = 0.1852 * KILOJOULE
M_CHARGE = -1.1128
M_WEIGHT_OXYGEN = 0.73612
BOND_DEPTH = 116.09 * KILOJOULE
BOND_ALPHA_PER_NM = 22.87
ANGLE_CONSTANT = 87.85 * KILOJOULE
STEP_PS = 0.0005
FRICTION_PER_PS = 5.0
MASSES = (15.9949, 1.00783, 1.00783, 0.0)


def water_system(
    n_molecules: int, *, box_angstrom: float | None = None, wall_angstrom: float | None = None
) -> openmm.System:
    """System of `n_molecules`: periodic with a cutoff of half the box, or free inside a flat-bottomed sphere."""
    system = openmm.System()
    bond = openmm.CustomBondForce("D*a^2*x^2*(1 - a*x + 7/12*a^2*x^2); x=r-r0")
    for name, number in (("D", BOND_DEPTH), ("a", BOND_ALPHA_PER_NM), ("r0", BOND_ANGSTROM / 10)):
        bond.addGlobalParameter(name, number)
    angle, pairs = openmm.HarmonicAngleForce(), openmm.NonbondedForce()
    wall = openmm.CustomExternalForce("500*max(0, sqrt(x^2+y^2+z^2)-wall)^2")
    wall.addGlobalParameter("wall", (wall_angstrom or 0.0) / 10)
    hydrogen_weight = (1 - M_WEIGHT_OXYGEN) / 2
    for molecule in range(n_molecules):
        o, h1, h2, m = (4 * molecule + site for site in range(4))
        for mass in MASSES:
            system.addParticle(mass)
        system.setVirtualSite(
            m, openmm.ThreeParticleAverageSite(o, h1, h2, M_WEIGHT_OXYGEN, hydrogen_weight, hydrogen_weight)
        )
        pairs.addParticle(0.0, OXYGEN_SIGMA_NM, OXYGEN_EPSILON)
        pairs.addParticle(-M_CHARGE / 2, 1.0, 0.0)
        pairs.addParticle(-M_CHARGE / 2, 1.0, 0.0)
        pairs.addParticle(M_CHARGE, 1.0, 0.0)
        for first, second in ((o, h1), (o, h2), (o, m), (h1, h2), (h1, m), (h2, m)):
            pairs.addException(first, second, 0.0, 1.0, 0.0)
        bond.addBond(o, h1)
        bond.addBond(o, h2)
        angle.addAngle(h1, o, h2, np.deg2rad(ANGLE_DEGREES), ANGLE_CONSTANT)
        wall.addParticle(o)
    if box_angstrom is None:
        pairs.setNonbondedMethod(openmm.NonbondedForce.NoCutoff)
    else:
        edge = box_angstrom / 10
        system.setDefaultPeriodicBoxVectors((edge, 0, 0), (0, edge, 0), (0, 0, edge))
        pairs.setNonbondedMethod(openmm.NonbondedForce.CutoffPeriodic)
        pairs.setCutoffDistance(min(0.9, 0.499 * edge))
    for force in (bond, angle, pairs):
        system.addForce(force)
    if wall_angstrom is not None:
        system.addForce(wall)
    return system


@dataclass
class WaterDynamics:
    """Langevin dynamics of one system; the same seed on the same machine gives the same trajectory."""

    context: openmm.Context
    integrator: openmm.LangevinMiddleIntegrator
    n_molecules: int

    @classmethod
    def start(
        cls,
        positions_angstrom: NDArray[np.float64],
        temperature_kelvin: float,
        seed: int,
        *,
        box_angstrom: float | None = None,
        wall_angstrom: float | None = None,
    ) -> "WaterDynamics":
        """Build, minimise away the worst clashes and draw velocities. positions: (n_molecules, 3, 3) angstrom."""
        n_molecules = len(positions_angstrom)
        system = water_system(n_molecules, box_angstrom=box_angstrom, wall_angstrom=wall_angstrom)
        integrator = openmm.LangevinMiddleIntegrator(temperature_kelvin, FRICTION_PER_PS, STEP_PS)
        integrator.setRandomNumberSeed(seed % (2**31 - 2) + 1)
        if box_angstrom is None:
            platform, settings = openmm.Platform.getPlatformByName("Reference"), {}
        else:
            platform = openmm.Platform.getPlatformByName("CPU")
            settings = {"Threads": "1", "DeterministicForces": "true"}
        context = openmm.Context(system, integrator, platform, settings)
        sites = np.concatenate([positions_angstrom, positions_angstrom[:, :1]], axis=1).reshape(-1, 3) / 10
        context.setPositions(sites)
        context.computeVirtualSites()
        openmm.LocalEnergyMinimizer.minimize(context, 50.0, 200)
        context.setVelocitiesToTemperature(temperature_kelvin, seed % (2**31 - 2) + 1)
        return cls(context, integrator, n_molecules)

    def run(self, picoseconds: float, temperature_kelvin: float | None = None) -> NDArray[np.float64]:
        """Advance and return the positions, (n_molecules, 3, 3) angstrom, molecules whole."""
        if temperature_kelvin is not None:
            self.integrator.setTemperature(temperature_kelvin)
        self.integrator.step(max(1, round(picoseconds / STEP_PS)))
        return self.positions_angstrom()

    def minimise(self) -> NDArray[np.float64]:
        """Go to the nearest minimum; positions as `run`."""
        openmm.LocalEnergyMinimizer.minimize(self.context, 0.1, 0)
        return self.positions_angstrom()

    def positions_angstrom(self) -> NDArray[np.float64]:
        state = self.context.getState(positions=True)
        positions = state.getPositions(asNumpy=True).value_in_unit(unit.angstrom)
        return np.array(positions, dtype=np.float64).reshape(self.n_molecules, 4, 3)[:, :3]

    def potential_energy_kj_per_mol(self) -> float:
        return float(self.context.getState(energy=True).getPotentialEnergy().value_in_unit(unit.kilojoule_per_mole))
