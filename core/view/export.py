"""Files to take away from Explore: forces as CSV, the density as cube, CCP4 and safetensors."""

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.chem.topology import Topology
from core.density.ccp4 import write_ccp4
from core.density.cube import write_cube
from core.density.density import Density
from core.density.files import save_density
from core.density.grid import UniformGrid, density_on_grid
from core.forces.residues import inert
from core.model.trust import Trust
from core.view.facts import force_table
from core.view.trust import trust_columns


def forces_csv(
    molecule: Molecule,
    forces_hartree_per_bohr: NDArray[np.float64],
    topology: Topology | None = None,
    trust: Trust | None = None,
) -> str:
    """One line an atom, units in the names of the columns. topology: adds who the atoms are; trust: how far off their
    forces are expected to be."""
    columns = force_table(molecule, forces_hartree_per_bohr, topology)
    return csv_text(columns | (trust_columns(trust) if trust else {}))


def csv_text(columns: Mapping[str, Sequence[object]]) -> str:
    """Numbers to six decimals; names, which come from files, cannot act as formulas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(f"{entry:.6f}" if isinstance(entry, float) else inert(entry) for entry in row)
    return text.getvalue()


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
