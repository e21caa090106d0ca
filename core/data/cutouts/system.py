"""Solvated peptides or a duplex in motion, drawn at random and held against its graph. Angstrom, kelvin, ps."""

from dataclasses import dataclass

import numpy as np

from core.data.bonds import bonds_of_geometry, bonds_of_graph
from core.data.cutouts.bondgraph import BondGraph, build_bond_graph
from core.data.cutouts.bundle import draw_bundle
from core.data.cutouts.duplex import duplex
from core.data.cutouts.dynamics import SolvatedDynamics, provenance
from core.data.cutouts.peptide import draw_recipe, peptide
from core.data.cutouts.solute import Solute
from core.errors import DataError
from core.logs import get_logger

# Of all systems; the rest are single peptides.
DNA_SHARE, BUNDLE_SHARE = 0.25, 0.4
BASE_PAIRS = (6, 8)
TEMPERATURES_KELVIN = (280.0, 370.0)
EQUILIBRATION_PS = 2.0
ATTEMPTS = 4


@dataclass(frozen=True, eq=False)
class System:
    """The solute is the first `solute_atoms` of the graph. notes: provenance."""

    dynamics: SolvatedDynamics
    graph: BondGraph
    solute_atoms: int
    notes: dict

    @property
    def kind(self) -> str:
        """`peptide` or `DNA`."""
        return str(self.notes["system"])

    def is_well_built(self) -> bool:
        """Whether the heavy atoms of the solute have the bonds of the graph: no chain goes through a ring."""
        heavy = np.flatnonzero(self.graph.atomic_numbers[: self.solute_atoms] > 1)
        place = {atom: number for number, atom in enumerate(heavy.tolist())}
        drawn = {
            (place[first], place[second])
            for first, second in bonds_of_graph(self.graph.molecule)
            if first in place and second in place
        }
        return bonds_of_geometry(self.graph.atomic_numbers[heavy], self.dynamics.positions_angstrom()[heavy]) == drawn


def draw_solute(rng: np.random.Generator) -> Solute:
    """A peptide, two side by side, or a duplex with all four bases. Raises DataError where it cannot be built."""
    kind = rng.random()
    if kind < BUNDLE_SHARE:
        return draw_bundle(rng)
    if kind < 1 - DNA_SHARE:
        return peptide(draw_recipe(rng), rng)
    free = int(rng.integers(BASE_PAIRS[0], BASE_PAIRS[1] + 1)) - 2
    letters = rng.permutation(["A", "C", *rng.choice(list("ACGT"), size=free)])
    return duplex("".join(letters), int(rng.integers(1, 2**31 - 1)))


def _equilibrated(rng: np.random.Generator, element: int | None) -> System | None:
    kelvin = round(float(rng.uniform(*TEMPERATURES_KELVIN)), 1)
    solute = draw_solute(rng)
    if element is not None and all(atom.element.atomic_number != element for atom in solute.topology.atoms()):
        return None
    dynamics = SolvatedDynamics.start(solute, kelvin, int(rng.integers(1, 2**31 - 1)))
    graph = build_bond_graph(dynamics.topology)
    notes = solute.notes | {"temperature_kelvin": kelvin, "atoms_of_system": len(graph.labels)} | provenance()
    system = System(dynamics, graph, len(solute.positions_angstrom), notes)
    for picoseconds in (0.0, EQUILIBRATION_PS):
        dynamics.run(picoseconds)
        if not system.is_well_built():
            raise DataError("A chain goes through a ring, or atoms overlap.", "The next system is tried.")
    return system


def draw_system(rng: np.random.Generator, element: int | None = None) -> System | None:
    """A system that has moved for EQUILIBRATION_PS; None where its solute has no atom of this element (atomic number).
    Raises DataError where several in turn came to nothing."""
    for _ in range(ATTEMPTS):
        try:
            return _equilibrated(rng, element)
        except DataError as error:
            get_logger(__name__).warning("system not built", reason=error.message)
    raise DataError(f"{ATTEMPTS} systems in turn could not be built.", "Go on with the next block.")
