"""Files to take away from Compare: figures and atoms as CSV, what the pictures show as cubes and as one HTML file."""

import io
from dataclasses import asdict

import numpy as np

from core.density.cube import write_cube
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.comparison import HeldAgainst
from core.view.export import csv_text
from core.view.facts import force_table
from core.view.html_file import html_file
from core.view.side_by_side import SideBySide, box_around

PANES = ("predicted", "reference", "difference")


def atoms_csv(held: HeldAgainst) -> str:
    """One line an atom: position, both forces and their difference where they are known, and the misplaced electrons of
    the prediction, of the fit where there is one, and of free atoms; units in the names of the columns."""
    molecule, anatomy = held.picture.molecule, held.anatomy
    ours, theirs = held.picture.predicted.forces_hartree_per_bohr, held.other.forces_hartree_per_bohr
    table = force_table(molecule, ours)
    columns = {name: table[name] for name in ("atom", "element", "x_angstrom", "y_angstrom", "z_angstrom")}
    known = {"predicted": ours} if theirs is None else dict(zip(PANES, (ours, theirs, ours - theirs), strict=True))
    for name, forces in known.items():
        for axis, values in zip("xyz", np.asarray(forces).T * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM, strict=True):
            columns[f"f{axis}_{name}_mev_per_angstrom"] = values.tolist()
    for name, of in (("predicted", anatomy.predicted), ("fit", anatomy.fitted), ("free_atoms", anatomy.free_atoms)):
        if of is not None:
            columns[f"misplaced_{name}_e"] = of.by_atom.tolist()
    return csv_text(columns)


def figures_csv(held: HeldAgainst) -> str:
    """One line a figure of merit: its name, which tells the unit, and its value. Those that are not known are left
    out."""
    potential = {f"potential_{name}_kcal_per_mol_e": value for name, value in asdict(held.findings.potential).items()}
    figures = held.figures.to_json() | {"electrons_misplaced": held.findings.electrons_misplaced} | potential
    known = {name: value for name, value in figures.items() if value is not None}
    return "\n".join(["figure,value", *(f"{name},{value:.8g}" for name, value in known.items())]) + "\n"


def pane_cube(sides: SideBySide, pane: str) -> str:
    """Gaussian cube file of what one of PANES shows, on the grid of its picture, e/bohr^3."""
    grid, text = box_around(sides.picture), io.StringIO()
    values = sides.values_on(grid)[PANES.index(pane)]
    title = f"{sides.scene.panes[PANES.index(pane)].label}: {sides.scene.title}"
    write_cube(text, values, grid, title, molecule=sides.picture.molecule)
    return text.getvalue()


def panes_html(sides: SideBySide) -> str:
    """The three pictures as one HTML page."""
    return html_file(sides.scene, {"fields": sides.fields}, "panespage.js")
