"""Atoms in the density after Hirshfeld: the quadrature about each atom, and the charges and dipoles it gives. Bohr, e.

The part of the density that belongs to atom A (Hirshfeld, Theor. Chim. Acta 44, 129, 1977) is its free atom times
rho / rho_free, a ratio close to one. So the quadrature of an atom is made from its free atom: spherical shells that
hold analytically known numbers of electrons, along the directions of a Lebedev rule, times that ratio. Each direction
has its shells at other radii.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import lebedev_rule
from scipy.interpolate import CubicSpline
from scipy.special import erf

from core.density.density import Density
from core.gaussian.basis import ElementBasis
from core.gaussian.evaluate import densities_at_points
from core.gaussian.multipoles import shell_moments

INNERMOST_BOHR, OUTERMOST_BOHR = 4e-3, 9.0
# Into how many thinner ones each shell can be cut.
CUTS = 6
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
# Lebedev degree and shells an atom for the charges; atoms at a time.
DEGREE, SHELLS = 11, 32
ATOMS_AT_ONCE = 32
THRESHOLD = 1e-10
# Below this density, e/bohr^3, the ratio to the free atoms means nothing.
FLOOR = 1e-8


def _free_electrons_within(element: ElementBasis, radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Electrons of the free atom closer than `radius` (any shape) to its nucleus."""
    a = np.array(element.free_exponents)
    charges = np.array(element.free_coefficients) * shell_moments(0, a)
    x = np.sqrt(a) * radius[..., None]
    return (erf(x) - 2.0 / np.sqrt(np.pi) * x * np.exp(-np.minimum(x**2, 700.0))) @ charges


def atom_quadrature(element: ElementBasis, degree: int, shells: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (shells, directions, 3) in bohr; free electrons of the cuts (shells * CUTS, directions)."""
    directions, solid_angles = lebedev_rule(degree)
    step = np.log(OUTERMOST_BOHR / INNERMOST_BOHR) / shells
    shift = (np.arange(solid_angles.size) * _GOLDEN) % 1.0
    radii = INNERMOST_BOHR * np.exp(step * (np.arange(shells)[:, None] + shift))
    edges = np.arange(shells * CUTS + 1)[:, None] / CUTS - 0.5 + shift
    within = _free_electrons_within(element, INNERMOST_BOHR * np.exp(step * edges))
    within[0], within[-1] = 0.0, element.free_electrons
    held = np.diff(within, axis=0) * solid_angles / solid_angles.sum()
    return radii[..., None] * directions.T, held


def between_shells(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the middles of shells, (atoms, shells, directions), to those of cuts, (atoms, shells * CUTS, directions)."""
    shells = values.shape[1]
    middles = np.clip((np.arange(shells * CUTS) + 0.5) / CUTS - 0.5, 0.0, shells - 1.0)
    spline = CubicSpline(np.arange(shells), np.eye(shells))(middles)
    return np.einsum("cs,asd->acd", spline, values, optimize=True)


@dataclass(frozen=True, eq=False)
class HirshfeldAtoms:
    """charges: (n_atoms,) e, nucleus less electrons, adding up to the charge of the molecule.

    dipoles_e_bohr: (n_atoms, 3) about each nucleus, x, y, z.
    """

    charges: NDArray[np.float64]
    dipoles_e_bohr: NDArray[np.float64]

    @classmethod
    def unknown(cls, n_atoms: int) -> "HirshfeldAtoms":
        """NaN all over: of a density that has not been shared."""
        return cls(np.full(n_atoms, np.nan), np.full((n_atoms, 3), np.nan))


def hirshfeld_atoms(
    density: Density,
    *,
    progress: Callable[[float], None] = lambda share: None,
    done: MutableMapping[int, HirshfeldAtoms] | None = None,
) -> HirshfeldAtoms:
    """Charge and dipole of every atom. The small error of the quadrature is shared evenly, so that charges add up.

    progress: told what share of the atoms is done; what it raises ends the work. done: pieces of earlier work on this
    density that was ended so, by their first atom; they are not made again, and those made now are put there.
    """
    molecule, basis = density.molecule, density.basis
    done = {} if done is None else done
    free = Density.free_atoms(molecule, basis)
    quadratures = {z: atom_quadrature(basis.element(z), DEGREE, SHELLS) for z in np.unique(molecule.atomic_numbers)}
    starts = range(0, len(molecule), ATOMS_AT_ONCE)
    for start in starts:
        if start not in done:
            progress(start / len(molecule))
            atoms = np.arange(start, min(start + ATOMS_AT_ONCE, len(molecule)))
            done[start] = _piece(density, free, atoms, quadratures)
    charges = np.concatenate([done[start].charges for start in starts])
    dipoles = np.concatenate([done[start].dipoles_e_bohr for start in starts])
    # A free ion that has lost nothing keeps its own charge.
    charges += [basis.element(z).charge for z in molecule.atomic_numbers.tolist()]
    return HirshfeldAtoms(charges + (molecule.charge - charges.sum()) / len(molecule), dipoles)


def _piece(
    density: Density,
    free: Density,
    atoms: NDArray[np.int64],
    quadratures: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> HirshfeldAtoms:
    """Of `atoms` (n,), by index; charges beside those of their free atoms. quadratures: by atomic number."""
    numbers, positions = density.molecule.atomic_numbers[atoms].tolist(), density.molecule.positions_bohr[atoms]
    around = np.stack([quadratures[z][0] for z in numbers])
    held = np.stack([quadratures[z][1] for z in numbers])
    points = (around + positions[:, None, None]).reshape(-1, 3)
    both = densities_at_points([free, density], points, threshold=THRESHOLD, clustered=True)
    promolecule, rho = both.reshape(2, *around.shape[:-1])
    # By what share the density is less than that of the free atoms: so many of this atom's electrons have left.
    lost = np.where(promolecule > FLOOR, 1.0 - rho / np.maximum(promolecule, FLOOR), 0.0)
    charges = (held * between_shells(lost)).sum(axis=(1, 2))
    dipoles = [(held * between_shells(lost * around[..., axis])).sum(axis=(1, 2)) for axis in range(3)]
    return HirshfeldAtoms(charges, np.stack(dipoles, axis=1))
