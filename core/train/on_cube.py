"""A prediction held against a cube: a density that is known at the points of a grid only. Bohr, e/bohr^3.

Integrals are sums over its points, which resolve the cores badly. So only differences are summed, in which the cores of
both nearly cancel: those of the dipole and of the potential too.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import potential_at_points
from core.density.grid import RectilinearGrid, UniformGrid, density_on_grid
from core.errors import ResultError
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from core.model.checkpoint import TrainedModel
from core.model.predict import Prediction
from core.reference.foreign.result import CubeGrid, ForeignResult
from core.reference.foreign.soundness import CORE_SHARE, molecule_of, no_core
from core.reference.quadrature import ReferenceGrid
from core.train.anatomy import core_radius_bohr, error_anatomy
from core.train.dipoles import Dipoles
from core.train.findings import Findings, Tell
from core.train.metrics import ValuesOnGrid, figures
from core.train.potential_error import PotentialErrors, shell_points
from core.units import BOHR_IN_ANGSTROM, HARTREE_IN_KCAL_PER_MOL

# Of the electrons of free atoms: by this share a cube's grid may miscount them. What they differ from those of the cube
# by is its charge, a whole number within CHARGE_ERROR.
GRID_ERROR, CHARGE_ERROR = 0.15, 0.2
CUTOFF = 1e-9
# Of a block of points that acts as one on the potential around the molecule.
BLOCK_BOHR = 0.7


@dataclass(frozen=True, eq=False)
class CubeDensity:
    """A cube whose charge is known. free_atoms: (nx, ny, nz) e/bohr^3 at its points."""

    molecule: Molecule
    cube: CubeGrid
    free_atoms: NDArray[np.float64]

    @property
    def electrons_found(self) -> float:
        return float(self.cube.density.sum()) * self.cube.voxel_bohr3

    @property
    def free_electrons_found(self) -> float:
        return float(self.free_atoms.sum()) * self.cube.voxel_bohr3


def on_cube(density: Density, cube: CubeGrid) -> NDArray[np.float64]:
    """(nx, ny, nz) `density` at the points of `cube`, e/bohr^3."""
    axes = cube.axes()
    if axes is None:
        return density_at_points(density, cube.points(), threshold=CUTOFF).reshape(cube.shape)
    grid = RectilinearGrid(*axes)
    return density_on_grid(density, grid, dtype=torch.float64, cutoff=CUTOFF).astype(np.float64)


def cube_density(result: ForeignResult, cube: CubeGrid, basis: AuxiliaryBasis) -> CubeDensity:
    """The cube of `result` with its charge: what its electrons differ by from those of neutral free atoms, counted on
    the same grid, which resolves the cores of both alike.

    Raises ResultError where the grid does not tell, or the cores are not there, ChargeError for an open shell.
    """
    neutral = Molecule(result.atomic_numbers, result.positions_bohr * BOHR_IN_ANGSTROM)
    free = on_cube(Density.free_atoms(neutral, basis), cube)
    protons = int(result.atomic_numbers.sum())
    counted, theirs = float(free.sum()) * cube.voxel_bohr3, float(cube.density.sum()) * cube.voxel_bohr3
    if abs(counted - protons) > GRID_ERROR * protons:
        raise ResultError(
            f"On the grid of this cube free atoms have {counted:.2f} electrons instead of {protons}: it is too coarse, "
            "or cuts the molecule off.",
            "Write it with steps of 0.2 bohr or less and a margin of 6 bohr around the nuclei.",
        )
    _require_cores(result, cube, free, basis)
    charge = round(counted - theirs)
    if abs(counted - theirs - charge) > CHARGE_ERROR:
        raise ResultError(
            f"This cube holds {theirs:.2f} electrons, where neutral atoms have {counted:.2f} on the same grid: that "
            "makes no whole charge.",
            "Is it the density of all electrons, in e/bohr³? If so, write it with a finer grid and a wider margin.",
        )
    if charge > 0 and charge == sum(_core_electrons(z) for z in result.atomic_numbers.tolist()):
        raise no_core("The molecule")
    return CubeDensity(molecule_of(result, charge), cube, free)


def _core_electrons(atomic_number: int) -> int:
    return 0 if atomic_number <= 2 else 2 if atomic_number <= 10 else 10


def _require_cores(result: ForeignResult, cube: CubeGrid, free: NDArray[np.float64], basis: AuxiliaryBasis) -> None:
    """Raises ResultError where a point within the core of an atom has next to nothing of what a free atom has there."""
    inverse = np.linalg.inv(cube.steps_bohr)
    for atom, (number, nucleus) in enumerate(zip(result.atomic_numbers.tolist(), result.positions_bohr, strict=True)):
        place = np.rint((nucleus - cube.origin_bohr) @ inverse).astype(np.int64)
        if not ((place >= 0) & (place < cube.shape)).all():
            raise ResultError(
                f"{symbol(number)}{atom + 1} lies outside the grid of this cube.",
                "Write it with a margin of 6 bohr around all nuclei.",
            )
        away = np.linalg.norm(cube.origin_bohr + place @ cube.steps_bohr - nucleus)
        here = tuple(place.tolist())
        if away < core_radius_bohr(basis.element(number)) and cube.density[here] < CORE_SHARE * free[here]:
            raise no_core(f"{symbol(number)}{atom + 1}")


def against_cube(
    prediction: Prediction,
    theirs: CubeDensity,
    *,
    model: TrainedModel | None = None,
    progress: Tell = lambda text: None,
) -> tuple[Findings, NDArray[np.float64]]:
    """What is found, and predicted minus theirs (nx, ny, nz) at the points of the cube, e/bohr^3."""
    density, cube, molecule = prediction.density, theirs.cube, theirs.molecule
    progress("Evaluating the prediction at the points of the cube")
    predicted = on_cube(density, cube)
    points = cube.points()
    weights = np.full(len(points), cube.voxel_bohr3)
    grid = ReferenceGrid(points, weights, cube.density.reshape(-1))
    values = ValuesOnGrid(predicted.reshape(-1), theirs.free_atoms.reshape(-1))
    error = values.predicted - grid.density
    centre = molecule.atomic_numbers @ molecule.positions_bohr / molecule.atomic_numbers.sum()
    dipole = -(weights * error) @ (points - centre)
    progress("Summing the errors")
    found = figures(prediction, grid, values, dipole, None, model)
    # In percent of the electrons that there are, not of those that the grid finds.
    share = theirs.electrons_found / molecule.electrons
    found = replace(found, eps_ks=share * found.eps_ks, eps_sad=share * found.eps_sad)
    anatomy = error_anatomy(molecule, density.basis, values, grid)
    progress("Comparing the potentials")
    potential = _potential_errors(density, theirs, values, grid)
    misplaced = 0.5 * float(weights @ abs(error))
    return Findings(found, anatomy, None, potential, Dipoles.of(density, dipole), misplaced), predicted - cube.density


def _potential_errors(
    predicted: Density, theirs: CubeDensity, values: ValuesOnGrid, grid: ReferenceGrid
) -> PotentialErrors:
    """The potential of differences, by the charges and dipoles of blocks of the grid."""
    shell = shell_points(theirs.molecule)
    electrons = np.stack([values.predicted - grid.density, values.free_atoms - grid.density]) * grid.weights
    centres, charges, dipoles = _moments_of_blocks(theirs.cube, -electrons, grid.points_bohr)
    vectors = shell[:, None] - centres
    # What lies about a point of the shell is next to nothing: there the distance is that to the rim of its block.
    distances = np.maximum(np.linalg.norm(vectors, axis=-1), BLOCK_BOHR)
    differences = charges @ (1.0 / distances).T + np.einsum("dbx,sbx,sb->ds", dipoles, vectors, distances**-3)
    ours, free = abs(differences).mean(1) * HARTREE_IN_KCAL_PER_MOL
    strength = abs(potential_at_points(predicted, shell) - differences[0]).mean() * HARTREE_IN_KCAL_PER_MOL
    return PotentialErrors(float(ours), None, float(free), float(strength))


def _moments_of_blocks(
    cube: CubeGrid, charges: NDArray[np.float64], points_bohr: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Middles (n_blocks, 3), charges (k, n_blocks) and dipoles (k, n_blocks, 3) of blocks about BLOCK_BOHR wide, of
    `charges` (k, n_points) at the points of the cube."""
    widths = [max(1, int(BLOCK_BOHR / np.linalg.norm(step))) for step in cube.steps_bohr]

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(k, n_points) to (k, n_blocks)."""
        blocks = values.reshape(len(values), *cube.shape)
        for axis, (width, points) in enumerate(zip(widths, cube.shape, strict=True), start=1):
            blocks = np.add.reduceat(blocks, np.arange(0, points, width), axis=axis)
        return blocks.reshape(len(values), -1)

    centres = summed(points_bohr.T).T / summed(np.ones((1, len(points_bohr)))).T
    whole = summed(charges)
    first = np.stack([summed(charges * coordinate) for coordinate in points_bohr.T], axis=-1)
    return centres, whole, first - whole[..., None] * centres


def difference_on(box: UniformGrid, cube: CubeGrid, difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """(nx, ny, nz) `difference`, of the points of `cube`, at those of `box` by cubic splines; NaN outside."""
    places = (box.points() - cube.origin_bohr) @ np.linalg.inv(cube.steps_bohr)
    found = map_coordinates(difference, places.T, order=3, cval=np.nan)
    return found.reshape(box.shape)
