"""Residues on the screen: the table of all, and of one of them what pushes it. Made once per structure, kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.topology import Topology
from core.forces.residues import ResidueTable, residue_table
from core.forces.sources import forces_between_groups, forces_by_distance
from core.units import ANGSTROM_IN_BOHR, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.kept import Kept
from core.view.picture import Picture

SHELLS_ANGSTROM = (0.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, np.inf)

_tables: Kept[ResidueTable] = Kept(12)
_pushes: Kept["Pushes"] = Kept(64)


@dataclass(frozen=True, eq=False)
class Pushes:
    """The force on the nuclei of one residue, meV/angstrom.

    label: of the residue. total: (3,), its own parts included. own: (3,) what it does to itself. by_residue: label and
    (3,) of the others, largest first. by_distance: (n_shells, 3) from atoms outside it, by SHELLS_ANGSTROM.
    """

    label: str
    total: NDArray[np.float64]
    own: NDArray[np.float64]
    by_residue: tuple[tuple[str, NDArray[np.float64]], ...]
    by_distance: NDArray[np.float64]


def table_of(picture: Picture, topology: Topology) -> ResidueTable:
    """The residues of `picture`. Raises ValueError where the topology is another structure's."""
    key = (picture.molecule.content_hash, picture.predicted.model_name, topology.residues)
    predicted = picture.predicted
    return _tables.make(key, lambda: residue_table(predicted.density, predicted.forces_hartree_per_bohr, topology))


def pushes_on(picture: Picture, topology: Topology, residue: int) -> Pushes:
    """Who pushes residue `residue`, and from how far."""
    key = (picture.molecule.content_hash, picture.predicted.model_name, topology.residues, residue)
    return _pushes.make(key, lambda: _pushes_on(picture, topology, residue))


def _pushes_on(picture: Picture, topology: Topology, residue: int) -> Pushes:
    density = picture.predicted.density
    unit = HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    between = unit * forces_between_groups(density, topology.residue_of_atom, on=np.array([residue]))[residue]
    atoms = topology.atoms_of_residue[residue]
    edges = np.array(SHELLS_ANGSTROM) * ANGSTROM_IN_BOHR
    others = [i for i in np.argsort(-np.linalg.norm(between, axis=1)).tolist() if i != residue]
    return Pushes(
        topology.residues[residue].label,
        unit * picture.predicted.forces_hartree_per_bohr[atoms].sum(0),
        between[residue],
        tuple((topology.residues[i].label, between[i]) for i in others),
        unit * forces_by_distance(density, atoms, edges),
    )
