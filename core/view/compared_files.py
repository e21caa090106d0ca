"""Files to take away from Compare: figures and atoms as CSV, what the pictures show as cubes."""

import io

from core.chem.topology import Topology
from core.csv_text import csv_of
from core.density.cube import write_cube
from core.model.atom_table import atom_table, force_columns
from core.view.comparison import HeldAgainst
from core.view.side_by_side import SideBySide

# Of the panes, in their order.
PANES = ("predicted", "reference", "difference")


def atoms_csv(held: HeldAgainst, topology: Topology | None = None) -> str:
    """One line an atom: who it is by `topology`, position, both forces and their difference where they are known, and
    the misplaced electrons of the prediction, of the fit where there is one, and of free atoms; units in the names of
    the columns. Where there is no prediction, free atoms stand in its place, under their own name."""
    predicted, anatomy = held.picture.predicted, held.anatomy
    ours, theirs = predicted.forces_hartree_per_bohr, held.other.forces_hartree_per_bohr
    name_of_ours = "predicted" if predicted.prediction else "free_atoms"
    table = atom_table(held.picture.molecule, ours, topology)
    # The forces stand in it last, and are named anew.
    columns = {name: column for name, column in table.items() if "mev_per_angstrom" not in name}
    known = {name_of_ours: ours}
    if theirs is not None:
        known |= {"reference": theirs, "difference": ours - theirs}
    for name, forces in known.items():
        columns |= force_columns(name, forces)
    for name, of in ((name_of_ours, anatomy.predicted), ("fit", anatomy.fitted), ("free_atoms", anatomy.free_atoms)):
        if of is not None:
            columns[f"misplaced_{name}_e"] = of.by_atom.tolist()
    return csv_of(columns)


def figures_csv(held: HeldAgainst) -> str:
    """One line a figure of merit: its name, value and unit. Those that are not known are left out."""
    figures, potential, dipoles = held.figures, held.findings.potential, held.findings.dipoles
    rows = [
        ("eps_ks", figures.eps_ks, "%"),
        ("eps_floor", figures.eps_floor, "%"),
        ("eps_sad", figures.eps_sad, "%"),
        ("electrons_misplaced", held.findings.electrons_misplaced, "e"),
        ("force_mae", figures.force_mae_mev_per_angstrom, "meV/angstrom"),
        ("force_max", figures.force_max_mev_per_angstrom, "meV/angstrom"),
        ("dipole_error", figures.dipole_error_md, "millidebye"),
        ("dipole_error_of_fit", dipoles.fitted_error_md, "millidebye"),
        ("dipole_error_of_free_atoms", dipoles.free_atoms_error_md, "millidebye"),
        ("dipole_predicted", dipoles.predicted_debye, "debye"),
        ("dipole_reference", dipoles.reference_debye, "debye"),
        ("potential_error", potential.predicted, "kcal/(mol e)"),
        ("potential_error_of_fit", potential.fitted, "kcal/(mol e)"),
        ("potential_error_of_free_atoms", potential.free_atoms, "kcal/(mol e)"),
        ("potential_mean_size", potential.strength, "kcal/(mol e)"),
        ("equivariance_residual", figures.equivariance_residual, "1"),
    ]
    lines = [f"{name},{value:.8g},{unit}" for name, value, unit in rows if value is not None]
    return "\n".join(["figure,value,unit", *lines]) + "\n"


def pane_cube(sides: SideBySide, pane: str) -> str:
    """Gaussian cube file of what one of PANES shows, on the grid of its picture, e/bohr^3."""
    place, text = PANES.index(pane), io.StringIO()
    title = f"{sides.scene.panes[place].label}: {sides.scene.title}"
    write_cube(text, sides.values[place], sides.box, title, molecule=sides.picture.molecule)
    return text.getvalue()
