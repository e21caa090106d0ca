"""Isosurface levels and the electrons they enclose, from an atom-centred quadrature. Bohr, e/bohr^3.

The part of the density that belongs to atom A after Hirshfeld (Theor. Chim. Acta 44, 129, 1977) is its free atom times
rho / rho_free, a ratio close to one. So the quadrature of an atom is made from its free atom: spherical shells that
hold analytically known numbers of electrons, along the directions of a Lebedev rule, times that ratio. Each direction
has its shells at other radii, and each shell is cut into thinner ones for which the logarithm of rho, and the
ratio, are interpolated, so that the levels of the samples fill the range evenly.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import lebedev_rule
from scipy.interpolate import CubicSpline
from scipy.special import erf

from core.density.density import Density
from core.density.moments import electrons
from core.gaussian.basis import ElementBasis
from core.gaussian.evaluate import density_at_points
from core.gaussian.multipoles import shell_moments

SMALLEST_LEVEL = 1e-6
INNERMOST_BOHR, OUTERMOST_BOHR = 4e-3, 9.0
# Lebedev degree and number of shells of each atom, from fine to coarse: the first that stays within MOST_POINTS, or
# the coarsest on as many atoms as stay within it.
# The finest misses the electrons inside a level by 0.05 % of all, the third by 0.3 % (two waters).
RULES = ((11, 32), (7, 24), (5, 16))
MOST_POINTS = 80_000
CUTS = 6
THRESHOLD = 1e-7
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, eq=False)
class EnclosedCurve:
    """Electrons inside the isosurface of each level.

    levels: (n,) ascending, e/bohr^3, evenly spaced in their logarithm. enclosed_electrons: (n,) where rho >= level,
    falling. total_electrons: of the whole density.
    """

    levels: NDArray[np.float64]
    enclosed_electrons: NDArray[np.float64]
    total_electrons: float

    @cached_property
    def histogram(self) -> NDArray[np.float64]:
        """(n-1,) electrons where the density is between one level and the next."""
        return -np.diff(self.enclosed_electrons)

    def enclosed(self, level: float) -> float:
        """Electrons where rho >= level; outside the range of levels, those of its end."""
        return float(np.interp(np.log(max(level, 1e-300)), np.log(self.levels), self.enclosed_electrons))

    def level_for(self, fraction: float) -> float:
        """The level whose isosurface encloses this fraction (0..1) of all electrons, within the range of levels."""
        falling = np.maximum.accumulate(self.enclosed_electrons[::-1])
        wanted = fraction * self.total_electrons
        return float(np.exp(np.interp(wanted, falling, np.log(self.levels[::-1]))))


def _free_electrons_within(element: ElementBasis, radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Electrons of the free atom closer than `radius` (any shape) to its nucleus."""
    a = np.array(element.free_exponents)
    charges = np.array(element.free_coefficients) * shell_moments(0, a)
    x = np.sqrt(a) * radius[..., None]
    return (erf(x) - 2.0 / np.sqrt(np.pi) * x * np.exp(-np.minimum(x**2, 700.0))) @ charges


def _atom_quadrature(
    element: ElementBasis, degree: int, shells: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (shells, directions, 3) in bohr; free electrons (shells * CUTS, directions) of the cuts."""
    directions, solid_angles = lebedev_rule(degree)
    step = np.log(OUTERMOST_BOHR / INNERMOST_BOHR) / shells
    shift = (np.arange(solid_angles.size) * _GOLDEN) % 1.0
    radii = INNERMOST_BOHR * np.exp(step * (np.arange(shells)[:, None] + shift))
    edges = np.arange(shells * CUTS + 1)[:, None] / CUTS - 0.5 + shift
    within = _free_electrons_within(element, INNERMOST_BOHR * np.exp(step * edges))
    within[0], within[-1] = 0.0, element.atomic_number
    held = np.diff(within, axis=0) * solid_angles / solid_angles.sum()
    return radii[..., None] * directions.T, held


def _cut(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the middles of shells, (atoms, shells, directions), to those of cuts, (atoms, shells * CUTS, directions)."""
    shells = values.shape[1]
    middles = np.clip((np.arange(shells * CUTS) + 0.5) / CUTS - 0.5, 0.0, shells - 1.0)
    spline = CubicSpline(np.arange(shells), np.eye(shells))(middles)
    return np.einsum("cs,asd->acd", spline, values, optimize=True)


def _sampled_atoms(numbers: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """All atoms, or about `most` of them drawn from each element alike; and for how many atoms each of them stands."""
    generator = np.random.default_rng(0)
    chosen, weights = [], []
    for number in np.unique(numbers):
        atoms = np.flatnonzero(numbers == number)
        kept = min(atoms.size, max(1, round(most * atoms.size / numbers.size)))
        chosen.append(np.sort(generator.permutation(atoms)[:kept]))
        weights.append(np.full(kept, atoms.size / kept))
    return np.concatenate(chosen), np.concatenate(weights)


def electron_samples(density: Density) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """rho (n,) of the samples, and the electrons (n,) each stands for; they add up to all electrons."""
    molecule, basis = density.molecule, density.basis
    sizes = [lebedev_rule(degree)[1].size * shells for degree, shells in RULES]
    rule = next((r for r, size in zip(RULES, sizes, strict=True) if len(molecule) * size <= MOST_POINTS), RULES[-1])
    atoms, stands_for = _sampled_atoms(molecule.atomic_numbers, MOST_POINTS // sizes[-1])
    numbers = molecule.atomic_numbers[atoms].tolist()
    quadratures = {z: _atom_quadrature(basis.element(z), *rule) for z in set(numbers)}
    points = np.stack([quadratures[z][0] for z in numbers]) + molecule.positions_bohr[atoms][:, None, None]
    held = np.stack([quadratures[z][1] for z in numbers]) * stands_for[:, None, None]
    flat = points.reshape(-1, 3)
    free = density_at_points(Density.free_atoms(molecule, basis), flat, threshold=THRESHOLD).reshape(points.shape[:-1])
    rho = density_at_points(density, flat, threshold=THRESHOLD).reshape(points.shape[:-1])
    floor = SMALLEST_LEVEL / 10.0
    held = held * _cut(rho / np.maximum(free, floor))
    rho = np.exp(_cut(np.log(np.maximum(rho, floor))))
    return rho.reshape(-1), held.reshape(-1) * (electrons(density) / held.sum())


def enclosed_curve(density: Density, *, n_levels: int = 256) -> EnclosedCurve:
    """Electrons enclosed by the isosurfaces from 1e-6 e/bohr^3 to the largest density at a nucleus."""
    rho, held = electron_samples(density)
    order = np.argsort(-rho, kind="stable")
    rho, held = rho[order], held[order]
    # A sample's electrons lie half above and half below its own density; where rho is negative no level encloses it.
    positive = np.maximum(held, 0.0)
    within = np.cumsum(positive) - positive / 2.0
    log_levels = np.linspace(np.log(SMALLEST_LEVEL), np.log(rho[0]), n_levels)
    enclosed = np.interp(log_levels, np.log(rho)[::-1], within[::-1])
    enclosed[-1] = 0.0
    total = float(held.sum())
    return EnclosedCurve(np.exp(log_levels), np.minimum(enclosed, total), total)
