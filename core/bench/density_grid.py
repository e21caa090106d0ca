"""The density on a 96-cubed grid for 30 waters: `density_on_grid` against PySCF's evaluator on the same functions."""

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyscf import gto, lib
from pyscf.dft import gen_grid, numint

from core.bench.scaling import liquid_water
from core.bench.timing import best_of
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.model.predict import predict
from core.reference.auxiliary import auxiliary_mol, free_atom_mol

# Points that PySCF gets at once: 10 000 functions at each must fit in memory.
BLOCK = 4096


def all_functions(density: Density) -> tuple[gto.Mole, NDArray[np.float64]]:
    """One PySCF molecule of learned and free-atom functions, and the coefficients in its order."""
    learned, order = auxiliary_mol(density.molecule, density.basis)
    free, free_coefficients = free_atom_mol(density.molecule, density.basis)
    coefficients = np.empty(order.size)
    coefficients[order] = density.coefficients
    return learned + free, np.concatenate([coefficients, free_coefficients])


def cubic_grid(density: Density, points: int) -> UniformGrid:
    """`points`^3 points around the molecule with a margin of 3 angstrom."""
    step = UniformGrid.around(density.molecule, points_longest=points).step_bohr
    positions = density.molecule.positions_bohr
    centre = (positions.min(axis=0) + positions.max(axis=0)) / 2.0
    return UniformGrid(centre - step * (points - 1) / 2.0, step, (points, points, points))


def pyscf_values(density: Density, grid: UniformGrid) -> NDArray[np.float64]:
    """The same density by PySCF's `eval_ao` with its own screening, on as many threads as torch has."""
    lib.num_threads(torch.get_num_threads())
    mol, coefficients = all_functions(density)
    points = grid.points()
    values = np.empty(len(points))
    for start in range(0, len(points), BLOCK):
        part = points[start : start + BLOCK]
        functions = numint.eval_ao(mol, part, non0tab=gen_grid.make_mask(mol, part))
        values[start : start + BLOCK] = functions @ coefficients
    return values.reshape(grid.shape)


def compare(density: Density, grid: UniformGrid) -> dict[str, Any]:
    """Seconds of both, and how far ours (float32) is from PySCF's float64: |difference| / (rho + 1), the largest."""
    ours_seconds, ours = best_of(3, lambda: density_on_grid(density, grid))
    started = time.perf_counter()
    theirs = pyscf_values(density, grid)
    peer_seconds = time.perf_counter() - started
    error = np.abs(ours - theirs)
    return {
        "name": "density_grid",
        "ours_seconds": ours_seconds,
        "peer_seconds": peer_seconds,
        "ratio": peer_seconds / ours_seconds,
        "error": float((error / (np.abs(theirs) + 1.0)).max()),
        "error_percent_of_electrons": float(100.0 * error.sum() / np.abs(theirs).sum()),
        "note": f"{len(density.molecule)} atoms, {grid.shape[0]}^3 points, {torch.get_num_threads()} threads; PySCF "
        "eval_ao with its screening, float64; error is the largest difference over (rho + 1), e/bohr^3",
    }


def run(quick: bool = False) -> dict[str, Any]:
    """30 waters of the liquid with the density that the shipped model predicts; 8 waters at 48^3 where `quick`."""
    density = predict(liquid_water(8 if quick else 30)).density
    return compare(density, cubic_grid(density, 48 if quick else 96))
