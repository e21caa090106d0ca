"""Two peptides side by side, so that chains touch as they do in a protein. Angstrom."""

import numpy as np

from core.data.contact import slide, touching
from core.data.cutouts.dynamics import along_axes
from core.data.cutouts.peptide import draw_recipe, peptide
from core.data.cutouts.solute import Solute
from core.data.cutouts.templates import about
from core.data.rotation import unit

LENGTHS = (5, 8)
CLOSENESS = 0.85
X_AXIS, Y_AXIS = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
TILT_SIGMA_DEGREES, SHIFT_ANGSTROM = 15.0, 3.0


def side_by_side(first: Solute, second: Solute, rng: np.random.Generator) -> Solute:
    """Both along one line, parallel or antiparallel, a little tilted, rolled at random and touching."""
    from openmm import app
    from openmm import unit as openmm_unit

    fixed, moving = along_axes(first.positions_angstrom), along_axes(second.positions_angstrom)
    roll = about(X_AXIS, float(rng.uniform(0, 360)))
    turn = about(Y_AXIS, 180.0 * int(rng.integers(2)) + TILT_SIGMA_DEGREES * float(rng.normal()))
    moving = moving @ roll.T @ turn.T + rng.uniform(-SHIFT_ANGSTROM, SHIFT_ANGSTROM) * X_AXIS
    away = unit(np.array([0.0, *rng.normal(size=2)]))
    numbers = [np.array([a.element.atomic_number for a in one.topology.atoms()]) for one in (first, second)]
    moving = slide(fixed, moving, touching(numbers[0], numbers[1], CLOSENESS), away)
    modeller = app.Modeller(first.topology, fixed * openmm_unit.angstrom)
    modeller.add(second.topology, moving * openmm_unit.angstrom)
    notes = {
        "system": "peptide",
        "sequence": f"{first.notes['sequence']}.{second.notes['sequence']}",
        "shape": f"{first.notes['shape']}.{second.notes['shape']}",
        "bridge": first.notes["bridge"],
    }
    return Solute(modeller.topology, np.concatenate([fixed, moving]), notes)


def draw_bundle(rng: np.random.Generator) -> Solute:
    """Two random peptides of 5 to 8 residues; only the first may have a disulphide. Raises DataError."""
    first = peptide(draw_recipe(rng, LENGTHS), rng)
    return side_by_side(first, peptide(draw_recipe(rng, LENGTHS, bridges=False), rng, chain="B"), rng)
