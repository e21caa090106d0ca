"""Where the error of a density sits: by distance from the nuclei, by region, by element and by atom.

All are integrals of |rho - rho_KS| on the Becke grid of the calculation; misplaced electrons are half of one. Atoms
share a point as Hirshfeld's free atoms do (Theor. Chim. Acta 44, 129, 1977). Regions are those of the DFT density: the
core is closer to a nucleus than the least of its free atom's 4 pi r^2 rho between the two outermost shells, hydrogen
has none; the tail is fainter than TAIL_DENSITY, the surface at which molecules touch (Bader et al., JACS 109, 7968,
1987); a bond is what lies between two bonded nuclei, within the ellipsoid about them whose points are BOND_SPAN bond
lengths from both together; what is left is the other valence. A point is in one region: the first of core, tail, bonds
and valence that it fits.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.bonding import bonded_pairs
from core.chem.molecule import Molecule
from core.gaussian.basis import AuxiliaryBasis, ElementBasis
from core.reference.quadrature import ReferenceGrid
from core.train.metrics import ValuesOnGrid
from core.units import BOHR_IN_ANGSTROM

SHELL_ANGSTROM = 0.25
FARTHEST_ANGSTROM = 3.0
# e/bohr^3
TAIL_DENSITY = 0.002
# Of the distances to two bonded nuclei over that between them.
BOND_SPAN = 1.2
# Points at a time where there is a number for each atom.
BLOCK = 20_000
REGIONS = ("core", "bonds", "other valence", "tail")
CORE, BONDS, VALENCE, TAIL = range(len(REGIONS))
# Radii at which free atoms are tabulated, bohr; between them their logarithm is interpolated.
_RADII = np.geomspace(1e-3, 25.0, 4000)
_LEAST = 1e-30


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Of one density. Rows of the arrays as their names say.

    by_distance: (n_shells,) e/angstrom, sum of w |rho - rho_KS| in shells about the nearest nucleus over their width.
    by_region: (4,) misplaced electrons in each of REGIONS. by_atom: (n_atoms,) misplaced electrons.
    """

    by_distance: NDArray[np.float64]
    by_region: NDArray[np.float64]
    by_atom: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ErrorAnatomy:
    """The prediction, the fit to DFT in the same functions (None without one), and free atoms, dissected alike.

    distances_angstrom: (n_shells,) middles of the shells. electrons_by_region: (4,) of the DFT density.
    """

    distances_angstrom: NDArray[np.float64]
    electrons_by_region: NDArray[np.float64]
    predicted: Anatomy
    fitted: Anatomy | None
    free_atoms: Anatomy


@cache
def core_radius_bohr(element: ElementBasis) -> float:
    """Where the free atom has least charge between its two outermost shells; 0 where it has one shell only."""
    radial = _RADII**2 * element.free_density(_RADII)
    inner = (radial[1:-1] < radial[:-2]) & (radial[1:-1] <= radial[2:]) & (radial[1:-1] > 1e-4 * radial.max())
    found = _RADII[1:-1][inner]
    return float(found[-1]) if found.size else 0.0


def hirshfeld_shares(
    molecule: Molecule, basis: AuxiliaryBasis, points_bohr: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n_atoms, n_points) the share of each atom in each point; they add up to one."""
    logarithms = np.empty((len(molecule), len(points_bohr)))
    for row, z, nucleus in zip(logarithms, molecule.atomic_numbers.tolist(), molecule.positions_bohr, strict=True):
        table = np.log(np.maximum(basis.element(z).free_density(_RADII), _LEAST))
        distance = np.linalg.norm(points_bohr - nucleus, axis=1)
        row[:] = np.interp(np.log(np.maximum(distance, _RADII[0])), np.log(_RADII), table)
    shares = np.exp(logarithms - logarithms.max(0))
    return shares / shares.sum(0)


def regions_of(molecule: Molecule, basis: AuxiliaryBasis, grid: ReferenceGrid) -> NDArray[np.int64]:
    """(n_points,) index into REGIONS."""
    region = np.full(len(grid.points_bohr), VALENCE)
    region[_between_bonded(molecule, grid.points_bohr)] = BONDS
    region[grid.density < TAIL_DENSITY] = TAIL
    for z, nucleus in zip(molecule.atomic_numbers.tolist(), molecule.positions_bohr, strict=True):
        region[np.linalg.norm(grid.points_bohr - nucleus, axis=1) < core_radius_bohr(basis.element(z))] = CORE
    return region


def _between_bonded(molecule: Molecule, points_bohr: NDArray[np.float64]) -> NDArray[np.int64]:
    """Indices of the points between two nuclei that are bonded; some may be there twice."""
    bonds = molecule.positions_bohr[bonded_pairs(molecule)]
    if not len(bonds):
        return np.empty(0, dtype=np.int64)
    tree, found = cKDTree(points_bohr), []
    for ends in bonds:
        length = np.linalg.norm(ends[0] - ends[1])
        near = np.array(tree.query_ball_point(ends.mean(0), 0.5 * BOND_SPAN * length), dtype=np.int64)
        one, other = np.linalg.norm(points_bohr[near] - ends[:, None], axis=-1)
        # Between the planes through both nuclei that the bond stands on.
        between = abs(one**2 - other**2) <= length**2
        found.append(near[between & (one + other <= BOND_SPAN * length)])
    return np.concatenate(found)


def error_anatomy(molecule: Molecule, basis: AuxiliaryBasis, values: ValuesOnGrid, grid: ReferenceGrid) -> ErrorAnatomy:
    """Dissect the errors of a prediction, of its floor, and of free atoms in the same basis; `values` at the points of
    `grid`."""
    nearest = np.full(len(grid.points_bohr), np.inf)
    for nucleus in molecule.positions_bohr:
        nearest = np.minimum(nearest, np.linalg.norm(grid.points_bohr - nucleus, axis=1))
    edges = np.arange(0.0, FARTHEST_ANGSTROM + SHELL_ANGSTROM / 2, SHELL_ANGSTROM)
    region = regions_of(molecule, basis, grid)

    def in_regions(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([values[region == index].sum() for index in range(len(REGIONS))])

    known = [values.predicted, values.free_atoms] + ([] if values.fitted is None else [values.fitted])
    errors = grid.weights * abs(np.stack(known) - grid.density)
    by_atom = np.zeros((len(errors), len(molecule)))
    for start in range(0, errors.shape[1], BLOCK):
        part = slice(start, start + BLOCK)
        by_atom += errors[:, part] @ hirshfeld_shares(molecule, basis, grid.points_bohr[part]).T

    predicted, free_atoms, *fitted = (
        Anatomy(
            np.histogram(nearest * BOHR_IN_ANGSTROM, edges, weights=error)[0] / SHELL_ANGSTROM,
            0.5 * in_regions(error),
            0.5 * of_atoms,
        )
        for error, of_atoms in zip(errors, by_atom, strict=True)
    )
    return ErrorAnatomy(
        (edges[:-1] + edges[1:]) / 2,
        in_regions(grid.weights * grid.density),
        predicted,
        fitted[0] if fitted else None,
        free_atoms,
    )
