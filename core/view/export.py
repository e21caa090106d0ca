"""Files to take away from Explore: the density as cube, CCP4 and safetensors."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.density.ccp4 import write_ccp4
from core.density.cube import write_cube
from core.density.density import Density
from core.density.files import save_density
from core.density.grid import UniformGrid, density_on_grid


def cube_text(density: Density, *, points_longest: int = 96) -> str:
    """Gaussian cube file of `density`, e/bohr^3."""
    grid = UniformGrid.around(density.molecule, points_longest=points_longest)
    text = io.StringIO()
    write_cube(text, density, grid, " ".join(density.molecule.title.split()) or "electron density")
    return text.getvalue()


def ccp4_bytes(density: Density, *, points_longest: int = 96) -> bytes:
    """CCP4 map of `density`, e/A^3, as Coot, ChimeraX and PyMOL read it."""
    grid = UniformGrid.around(density.molecule, points_longest=points_longest).aligned()
    values = density_on_grid(density, grid)
    return _file_content("density.ccp4", lambda path: write_ccp4(path, values, grid))


def safetensors_bytes(density: Density) -> bytes:
    """The density itself, all its coefficients, as `core.density.files` writes it."""
    return _file_content("density.safetensors", lambda path: save_density(density, path))


def _file_content(name: str, write: Callable[[Path], None]) -> bytes:
    """What `write` writes to a path: its libraries write to files only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()
