"""Residues on the screen: the table of all, and of one of them what pushes it. Made once per structure, kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.topology import Topology
from core.forces.residues import ResidueTable, pushes_on_residues, residue_table
from core.forces.sources import forces_by_distance
from core.units import ANGSTROM_IN_BOHR, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.kept import Kept
from core.view.picture import Picture
from core.view.trust import trust_of

SHELLS_ANGSTROM = (0.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, np.inf)

_tables: Kept[ResidueTable] = Kept(12)
_pushes: Kept["Pushes"] = Kept(64)


@dataclass(frozen=True, eq=False)
class Pushes:
    """The force on the nuclei of a group of residues together, meV/angstrom.

    label: of the group. total: (3,), its own parts included. own: (3,) what it does to itself. by_residue: label and
    (3,) of the residues outside it, largest first. by_distance: (n_shells, 3) from atoms outside it, in the shells of
    SHELLS_ANGSTROM about its nearest atom.
    """

    label: str
    total: NDArray[np.float64]
    own: NDArray[np.float64]
    by_residue: tuple[tuple[str, NDArray[np.float64]], ...]
    by_distance: NDArray[np.float64]


def table_of(picture: Picture, topology: Topology) -> ResidueTable:
    """The residues of `picture`, with the errors that are expected of it. Raises ValueError where the topology is
    another structure's."""
    ions = tuple(ion.identity for ion in picture.ions)
    key = (picture.molecule.content_hash, picture.predicted.model_name, topology.residues, ions)
    return _tables.make(key, lambda: _table_of(picture, topology))


def _table_of(picture: Picture, topology: Topology) -> ResidueTable:
    predicted, trust = picture.predicted, trust_of(picture)
    table = residue_table(predicted.density, predicted.forces_hartree_per_bohr, topology)
    return table if trust is None else table.with_errors(trust.expected_mev_per_angstrom, trust.flagged)


def pushes_on(picture: Picture, topology: Topology, group: tuple[int, ...], label: str = "") -> Pushes:
    """Who pushes the residues of `group`, and from how far. label: what the group is called, if not by its residues."""
    key = (picture.molecule.content_hash, picture.predicted.model_name, topology.residues, group)
    return _pushes.make(key, lambda: _pushes_on(picture, topology, group, label))


def groups_of(topology: Topology) -> dict[str, tuple[int, ...]]:
    """Groups that a person would ask about: each ligand, and each chain where there are several."""
    groups: dict[str, tuple[int, ...]] = {
        f"ligand {residue.label}": (index,)
        for index, residue in enumerate(topology.residues)
        if residue.kind == "ligand"
    }
    chains: dict[str, list[int]] = {}
    for index, residue in enumerate(topology.residues):
        if residue.kind in ("protein", "nucleic"):
            chains.setdefault(residue.chain, []).append(index)
    if len(chains) > 1:
        groups |= {f"chain {name}": tuple(members) for name, members in chains.items()}
    return groups


def _pushes_on(picture: Picture, topology: Topology, group: tuple[int, ...], label: str) -> Pushes:
    density = picture.predicted.density
    unit = HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    pushes = unit * pushes_on_residues(density, topology, group)
    atoms = np.concatenate([topology.atoms_of_residue[residue] for residue in group])
    edges = np.array(SHELLS_ANGSTROM) * ANGSTROM_IN_BOHR
    members = set(group)
    others = [i for i in np.argsort(-np.linalg.norm(pushes, axis=1)).tolist() if i not in members]
    names = [topology.residues[index].label for index in group]
    return Pushes(
        label or (", ".join(names) if len(names) <= 4 else f"{len(names)} residues"),
        unit * picture.predicted.forces_hartree_per_bohr[atoms].sum(0),
        pushes[list(group)].sum(0),
        tuple((topology.residues[i].label, pushes[i]) for i in others),
        unit * forces_by_distance(density, atoms, edges),
    )
