"""CCP4/MRC maps of a density, as crystallographers' programs (Coot, ChimeraX, PyMOL) read them. Angstrom, e/A^3.

The box is the cell of a P1 crystal. Where it lies stands in NSTART (words 5-7), in whole steps, if the grid is aligned
(`UniformGrid.aligned`): all programs honour that. Else it is in ORIGIN (words 50-52, MRC 2014), which those that come
from crystallography, gemmi and clipper among them, do not.
"""

import os
from pathlib import Path

import gemmi
import numpy as np
from numpy.typing import NDArray

from core.density.grid import UniformGrid
from core.errors import DataError
from core.units import BOHR_IN_ANGSTROM

_FLOAT32_MODE = 2
_START_WORD, _ORIGIN_WORD = 5, 50
_WHOLE_STEP = 1e-6


def write_ccp4(path: Path | str, values: NDArray[np.floating], grid: UniformGrid) -> None:
    """Write `values` (nx, ny, nz) in e/bohr^3 on `grid`, whole or not at all. Raises DataError for another shape."""
    if values.shape != grid.shape:
        raise DataError(f"Values of shape {values.shape} on a grid of {grid.shape}.", "Give one value for each point.")
    path = Path(path)
    step = grid.step_bohr * BOHR_IN_ANGSTROM
    ccp4 = gemmi.Ccp4Map()
    ccp4.grid = gemmi.FloatGrid(np.ascontiguousarray(values / BOHR_IN_ANGSTROM**3, dtype=np.float32))
    a, b, c = (step * n for n in grid.shape)
    ccp4.grid.set_unit_cell(gemmi.UnitCell(a, b, c, 90.0, 90.0, 90.0))
    ccp4.grid.spacegroup = gemmi.SpaceGroup("P 1")
    ccp4.update_ccp4_header(_FLOAT32_MODE, True)
    steps = grid.origin_bohr / grid.step_bohr
    if np.abs(steps - np.round(steps)).max() < _WHOLE_STEP:
        for axis, start in enumerate(np.round(steps).astype(int).tolist()):
            ccp4.set_header_i32(_START_WORD + axis, start)
    else:
        for axis, origin in enumerate(grid.origin_bohr * BOHR_IN_ANGSTROM):
            ccp4.set_header_float(_ORIGIN_WORD + axis, float(origin))
    partial = path.with_name(path.name + ".partial")
    ccp4.write_ccp4_map(str(partial))
    os.replace(partial, path)
