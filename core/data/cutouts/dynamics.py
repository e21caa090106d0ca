"""A solute in a box of water, in motion: Amber ff14SB, OL15 and TIP3P-FB, as OpenMM ships them, every bond flexible.

The box is as small as the cutoff allows and is not neutralised: only what touches the solute is ever cut out, within
a few picoseconds. OpenMM units inside (nm, ps); positions go in and out in angstrom.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.cutouts.solute import Array, Solute, repeatable
from core.errors import DataError

FORCE_FIELD = ("amber14-all.xml", "amber14/tip3pfb.xml")
PADDING_ANGSTROM, CUTOFF_ANGSTROM = 6.0, 8.0
STEP_PS, FRICTION_PER_PS = 0.001, 5.0
MINIMISER_STEPS = 200
PLATFORM = "CPU"


def provenance() -> dict:
    """What the trajectory depends on besides the solute and the seed."""
    from importlib.metadata import version

    return {"force_field": list(FORCE_FIELD), "platform": PLATFORM, "openmm": version("openmm")}


def along_axes(positions: Array) -> Array:
    """Positions (n_atoms, 3) turned so that the box can be narrow, and centred."""
    centred = positions - positions.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    axes[2] *= np.linalg.det(axes)
    return centred @ axes.T


@contextmanager
def _failures_named() -> Iterator[None]:
    import openmm

    try:
        yield
    except (openmm.OpenMMException, ValueError) as error:
        raise DataError(f"OpenMM cannot move a system: {error}.", "The next system of the stream is tried.") from error


@dataclass(frozen=True, eq=False)
class SolvatedDynamics:
    """Langevin dynamics; the same seed on the same machine gives the same trajectory."""

    topology: Any
    context: Any
    integrator: Any
    box_angstrom: Array

    @classmethod
    def start(cls, solute: Solute, temperature_kelvin: float, seed: int) -> "SolvatedDynamics":
        """Fill the box, minimise away the worst clashes and draw velocities. Raises DataError where OpenMM refuses."""
        with _failures_named():
            return cls._start(solute, temperature_kelvin, seed)

    @classmethod
    def _start(cls, solute: Solute, temperature_kelvin: float, seed: int) -> "SolvatedDynamics":
        import openmm
        from openmm import app, unit

        placed = along_axes(solute.positions_angstrom)
        edges = np.maximum(np.ptp(placed, axis=0) + 2 * PADDING_ANGSTROM, 2 * CUTOFF_ANGSTROM + 1)
        modeller = app.Modeller(solute.topology, (placed + edges / 2) * unit.angstrom)
        field = app.ForceField(*FORCE_FIELD)
        with repeatable(seed):
            modeller.addSolvent(field, boxSize=openmm.Vec3(*edges) * unit.angstrom, neutralize=False)
        system = field.createSystem(
            modeller.topology,
            nonbondedMethod=app.CutoffPeriodic,
            nonbondedCutoff=CUTOFF_ANGSTROM * unit.angstrom,
            constraints=None,
            rigidWater=False,
        )
        integrator = openmm.LangevinMiddleIntegrator(temperature_kelvin, FRICTION_PER_PS, STEP_PS)
        integrator.setRandomNumberSeed(seed)
        context = openmm.Context(
            system,
            integrator,
            openmm.Platform.getPlatformByName(PLATFORM),
            {"Threads": "1", "DeterministicForces": "true"},
        )
        context.setPositions(modeller.positions)
        openmm.LocalEnergyMinimizer.minimize(context, 10.0, MINIMISER_STEPS)
        context.setVelocitiesToTemperature(temperature_kelvin, seed)
        return cls(modeller.topology, context, integrator, edges)

    def run(self, picoseconds: float) -> Array:
        """Advance and return the positions (n_atoms, 3) in angstrom, molecules whole. Raises DataError."""
        with _failures_named():
            self.integrator.step(round(picoseconds / STEP_PS))
        return self.positions_angstrom()

    def positions_angstrom(self) -> Array:
        from openmm import unit

        positions = self.context.getState(positions=True).getPositions(asNumpy=True)
        return np.array(positions.value_in_unit(unit.angstrom), dtype=np.float64)
