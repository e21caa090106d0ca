"""The peptide among the examples: an alpha helix built from its sequence and minimised in Amber ff14SB.

The backbone has the torsions of an ideal helix. Side chains are drawn at random several times, and all atoms minimised
each time, every bond flexible, in implicit water (GBn2); the lowest is kept. Angstrom; energies in kJ/mol.
"""

import io
from dataclasses import replace

import gemmi
import numpy as np

from core.chem.prepare import Options, prepare
from core.chem.prepare.write import format_prepared
from core.data.cutouts.dynamics import along_axes
from core.data.cutouts.peptide import Recipe, peptide
from core.data.cutouts.solute import Array, Solute, reference_platform

FORCE_FIELD = ("amber14-all.xml", "implicit/gbn2.xml")
ATTEMPTS = 5
# Root mean square of the forces at which the minimiser ends, kJ/mol/nm.
TOLERANCE = 1.0


def lowest_helix(sequence: str) -> Solute:
    """The lowest minimum that was found, lying along x. sequence: letters of amino acids.

    The ends are charged and the side chains as at pH 7, histidines neutral.
    """
    names = tuple(gemmi.expand_one_letter_sequence(sequence, gemmi.ResidueKind.AA))
    recipe = Recipe(names, tuple("HIE" if name == "HIS" else None for name in names), "helix")
    found = [_minimised(peptide(recipe, np.random.default_rng(seed), scatter=0.0)) for seed in range(ATTEMPTS)]
    _, lowest = min(found, key=lambda one: one[0])
    return replace(lowest, positions_angstrom=along_axes(lowest.positions_angstrom))


def pdb_text(helix: Solute, title: str) -> str:
    """A PDB file that says how it was made; its names of residues and atoms are those of `core.chem.prepare`."""
    from openmm import app, unit

    written = io.StringIO()
    app.PDBFile.writeModel(helix.topology, helix.positions_angstrom * unit.angstrom, written)
    prepared = prepare(written.getvalue().encode(), "helix.pdb", Options(hydrogens="keep"))
    # Its own title would be in capitals.
    _, rest = format_prepared(prepared, "pdb").split("\n", 1)
    return "\n".join([f"TITLE     {title}", *_remarks(helix), rest])


def _remarks(helix: Solute) -> list[str]:
    """Lines of PDB: that it is a model, and how it was made."""
    sequence = str(helix.notes["sequence"]).split("-")
    words = [
        "A MODEL BUILT FROM A SEQUENCE, NOT AN EXPERIMENTAL STRUCTURE.",
        "MADE BY RHOSCOPE, core/data/helix.py (make examples): IDEAL TORSIONS,",
        f"ALL ATOMS MINIMISED WITH OPENMM IN {' AND '.join(FORCE_FIELD)};",
        f"LOWEST OF {ATTEMPTS} RANDOM PLACEMENTS OF THE SIDE CHAINS.",
        *(" ".join(sequence[start : start + 12]) for start in range(0, len(sequence), 12)),
    ]
    return ["EXPDTA    THEORETICAL MODEL", *(f"REMARK 250 {line}" for line in words)]


def _minimised(start: Solute) -> tuple[float, Solute]:
    """Energy in kJ/mol, and the solute at the minimum."""
    import openmm
    from openmm import app, unit

    field = app.ForceField(*FORCE_FIELD)
    system = field.createSystem(start.topology, nonbondedMethod=app.NoCutoff, constraints=None)
    # In double precision: on the way down single precision ends in another minimum now and then.
    context = openmm.Context(system, openmm.VerletIntegrator(0.001), reference_platform())
    context.setPositions(start.positions_angstrom * unit.angstrom)
    openmm.LocalEnergyMinimizer.minimize(context, TOLERANCE)
    state = context.getState(energy=True, positions=True)
    places: Array = np.array(state.getPositions(asNumpy=True).value_in_unit(unit.angstrom))
    energy = state.getPotentialEnergy().value_in_unit(unit.kilojoule_per_mole)
    return float(energy), replace(start, positions_angstrom=places)
