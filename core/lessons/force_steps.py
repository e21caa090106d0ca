"""From a density to the force on a nucleus, step by step: nuclei, electrons nearer than a radius, all electrons.

The electrons' force on nucleus A is Z_A int rho(r) (r - R_A) / |r - R_A|^3 dr, here a sum over PySCF's quadrature,
which is dense about every nucleus; a sphere about A takes the points that are nearer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.errors import LessonError
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.forces.parts import nuclear_forces
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from core.reference.becke import becke_points
from core.reference.calculation import build_mol, calculate
from core.reference.fit import FitOptions, fit
from core.reference.ladder import orbital_forces
from core.reference.level import CHEAP_LEVEL, Level
from core.reference.orbital_density import OrbitalDensity
from core.reference.record import Record

# A functional that needs no exchange integrals: a water in a second.
FUNCTIONAL, FITTING_BASIS, XC_GRID_LEVEL = "PBE", "def2-universal-jfit", 3
ORBITAL_BASES = ("STO-3G", "6-31G*", "pcseg-1", "pcseg-2")
Way = Literal["orbitals", "fit", "exact"]
# Of PySCF's quadratures; radii at which the growing sphere is kept.
QUADRATURE_LEVEL, RADII = 5, 600


@dataclass(frozen=True, eq=False)
class Case:
    """One density and its forces, each (n_atoms, 3) hartree/bohr. at_points: (n, 3) in bohr to its values (n,).

    nuclear: of the other nuclei; total: Hellmann-Feynman; analytic: minus the gradient of the energy of the same
    calculation."""

    molecule: Molecule
    at_points: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    nuclear: NDArray[np.float64]
    total: NDArray[np.float64]
    analytic: NDArray[np.float64]

    @property
    def electronic(self) -> NDArray[np.float64]:
        return self.total - self.nuclear


def calculated(molecule: Molecule, orbital_basis: str) -> Record:
    """The Kohn-Sham calculation that all ways begin with. Raises LessonError for a basis not of ORBITAL_BASES,
    CalculationError."""
    if orbital_basis not in ORBITAL_BASES:
        raise LessonError(f"There is no basis {orbital_basis[:40]!r} here.", f"Choose from {', '.join(ORBITAL_BASES)}.")
    return calculate(molecule, level=Level(FUNCTIONAL, orbital_basis, FITTING_BASIS, XC_GRID_LEVEL))


def case(record: Record, way: Way, basis: AuxiliaryBasis) -> Case:
    """The density of `record`: of its orbitals, fitted in `basis`, or fitted so that forces are the analytic ones."""
    molecule, nuclear = record.molecule, nuclear_forces(record.molecule)
    if way == "orbitals":
        orbitals = OrbitalDensity.of(record)
        total = orbital_forces(orbitals.mol, molecule, orbitals.matrix)
        return Case(molecule, orbitals.at_points, nuclear, total, record.forces_hartree_per_bohr)
    density = fit(record, basis, FitOptions(constrain_forces=way == "exact"))
    return Case(
        molecule,
        lambda points: density_at_points(density, points),
        nuclear,
        hellmann_feynman_forces(density),
        record.forces_hartree_per_bohr,
    )


@dataclass(frozen=True, eq=False)
class Growing:
    """radii_bohr: (n,) ascending. electrons: (n,) nearer than each to the nucleus; force_hartree_per_bohr: (n, 3) of
    theirs on it."""

    radii_bohr: NDArray[np.float64]
    electrons: NDArray[np.float64]
    force_hartree_per_bohr: NDArray[np.float64]

    def at(self, radius_bohr: float) -> tuple[float, NDArray[np.float64]]:
        """Electrons and force (3,) within a radius."""
        force = [np.interp(radius_bohr, self.radii_bohr, column) for column in self.force_hartree_per_bohr.T]
        return float(np.interp(radius_bohr, self.radii_bohr, self.electrons)), np.array(force)


def growing_sphere(found: Case, atom: int) -> Growing:
    """The electrons' force on `atom` by quadrature. Raises LessonError for one not there."""
    if not 0 <= atom < len(found.molecule):
        raise LessonError(f"There is no atom {atom + 1}.", f"Choose one of {len(found.molecule)}.")
    points_bohr, weights = becke_points(build_mol(found.molecule, CHEAP_LEVEL), QUADRATURE_LEVEL)
    away = points_bohr - found.molecule.positions_bohr[atom]
    distances = np.linalg.norm(away, axis=1)
    held = weights * found.at_points(points_bohr)
    order = np.argsort(distances)
    charge = float(found.molecule.atomic_numbers[atom])
    pull = np.cumsum((charge * held[:, None] * away / distances[:, None] ** 3)[order], axis=0)
    # Points of one shell come in together: what is within a radius ends with a shell.
    kept = np.unique(np.linspace(0, len(order) - 1, RADII).astype(int))
    return Growing(distances[order][kept], np.cumsum(held[order])[kept], pull[kept])


def moved_off(molecule: Molecule, stretch: float) -> Molecule:
    """The first bond of the first atom, to the second, `stretch` times as long: a force to look at."""
    positions = molecule.positions_angstrom.copy()
    positions[1] = positions[0] + stretch * (positions[1] - positions[0])
    return replace(molecule, positions_angstrom=positions)
