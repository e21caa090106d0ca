"""Gaussian cube files: the density on a grid, with its nuclei, as most programs read it. Lengths in bohr."""

import os
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.errors import DataError


def write_cube(
    target: Path | str | IO[str],
    density_or_values: Density | NDArray[np.floating],
    grid: UniformGrid,
    title: str = "",
    *,
    molecule: Molecule | None = None,
) -> None:
    """Write a cube file to a path (whole, under another name first, then renamed) or to an open text file.

    Values, (nx, ny, nz) in e/bohr^3, need the `molecule` whose nuclei go into the file; a Density is evaluated and
    brings its own. Raises DataError where it is missing or the shape is not that of the grid.
    """
    if isinstance(density_or_values, Density):
        molecule = density_or_values.molecule
        values: NDArray[np.floating] = density_on_grid(density_or_values, grid)
    else:
        values = np.asarray(density_or_values)
    if molecule is None:
        raise DataError("A cube file needs nuclei, and there is no molecule.", "Give molecule= beside the values.")
    if values.shape != grid.shape:
        raise DataError(f"Values of shape {values.shape} on a grid of {grid.shape}.", "Give one value for each point.")
    if isinstance(target, str | Path):
        path = Path(target)
        partial = path.with_name(path.name + ".partial")
        with open(partial, "w", encoding="utf-8") as file:
            _write(file, values, grid, title, molecule)
        os.replace(partial, path)
    else:
        _write(target, values, grid, title, molecule)


def _write(file: IO[str], values: NDArray[np.floating], grid: UniformGrid, title: str, molecule: Molecule) -> None:
    first_line = " ".join((title or molecule.title or "density").split())[:120]
    file.write(f"{first_line}\nElectron density, e/bohr^3; outer loop x, middle y, inner z\n")
    file.write(f"{len(molecule):5d}" + "".join(f"{x:14.8f}" for x in grid.origin_bohr) + "\n")
    for n, step in zip(grid.shape, np.eye(3) * grid.step_bohr, strict=True):
        file.write(f"{n:5d}" + "".join(f"{x:14.8f}" for x in step) + "\n")
    for number, position in zip(molecule.atomic_numbers.tolist(), molecule.positions_bohr, strict=True):
        file.write(f"{number:5d}{float(number):14.8f}" + "".join(f"{x:14.8f}" for x in position) + "\n")
    # Six values a line, and a new line after each column of z: one format string does a whole column.
    whole, rest = divmod(grid.shape[2], 6)
    column = ("%13.5E" * 6 + "\n") * whole + ("%13.5E" * rest + "\n" if rest else "")
    for plane in values:
        file.write("".join(column % tuple(z) for z in plane.tolist()))
