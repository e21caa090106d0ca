"""Files to take away from Explore: forces as CSV, the density as cube, CCP4 and safetensors, the view as HTML."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
from core.view.bond_formation import formation_of, with_formation
from core.view.facts import force_table
from core.view.field import PackedField
from core.view.html_file import html_file
from core.view.potential import potential_of, with_potential
from core.view.scene_residues import residues_of
from core.view.trust import trust_of
from core.view.trust_colors import with_errors

if TYPE_CHECKING:
    from core.view.picture import Picture


def forces_csv(
    molecule: Molecule, forces_hartree_per_bohr: NDArray[np.float64], topology: Topology | None = None
) -> str:
    """One line an atom, units in the names of the columns. topology: adds who the atoms are."""
    return csv_text(force_table(molecule, forces_hartree_per_bohr, topology))


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


def html_page(
    picture: "Picture",
    level: float | None = None,
    *,
    colored: bool = False,
    formation: bool = False,
    topology: Topology | None = None,
) -> str:
    """The picture as one HTML page, its surface at `level` (e/bohr^3) or where the scene has it.

    colored: with the potential, and the surface coloured by it. formation: with the bond formation, drawn in place of
    the density. topology: who the atoms are, where that is known.
    """
    scene = replace(picture.scene, residues=residues_of(picture.molecule, topology))
    fields: dict[str, PackedField | Iterable[PackedField]] = {"field": picture.packed}
    if trust := trust_of(picture):
        scene = with_errors(scene, trust)
    if colored:
        potential = potential_of(picture)
        scene, fields["potential"] = with_potential(scene, potential), potential.packed
    if formation:
        formed = formation_of(picture)
        scene, fields["formation"] = with_formation(scene, formed), formed.packed
    if level:
        scene = replace(scene, level=level)
    return html_file(scene, fields, "page.js")
