"""Residues on the screen: the table of all, and of one of them what pushes it. Made once per structure, kept.

Sharing the density among the residues takes a second for every thirty atoms. It goes on beside the page that waits for
it, and what was done of it when it was stopped is kept.
"""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.bonding import bonded_pairs
from core.chem.topology import Topology
from core.density.hirshfeld import HirshfeldAtoms, hirshfeld_atoms
from core.forces.residues import ResidueTable, residue_table
from core.forces.sources import forces_by_distance, forces_from_atoms
from core.units import ANGSTROM_IN_BOHR, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.ahead import Ahead
from core.view.kept import Kept
from core.view.net_force import net_force_of
from core.view.picture import Picture
from core.view.trust import trust_of

SHELLS_ANGSTROM = (0.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, np.inf)

# Told how many other tables are made first, and what share of this one is done.
Progress = Callable[[int, float], None]

_tables: Kept[ResidueTable] = Kept(12)
# What is done of each, by the first atom of the piece.
_pieces: Kept[dict[int, HirshfeldAtoms]] = Kept(12)
_ahead: Ahead[ResidueTable] = Ahead()
_pushes: Kept["Pushes"] = Kept(64)


@dataclass(frozen=True, eq=False)
class Pushes:
    """The force on the nuclei of a group of residues together, meV/angstrom.

    label: of the group. cut: whether it is bonded to atoms outside it. total: (3,), its own parts included.
    uncertainty: how far off that is on average, NaN where it is not known. own: (3,) of the electrons of the group, as
    the basis shares them, on its nuclei. by_residue: label and (3,) of the residues outside it, largest first.
    by_distance: (n_shells, 3) from atoms outside it, in the shells of SHELLS_ANGSTROM about its nearest atom.
    own and by_residue add up to the total, and so do own and by_distance.
    """

    label: str
    cut: bool
    total: NDArray[np.float64]
    uncertainty: float
    own: NDArray[np.float64]
    by_residue: tuple[tuple[str, NDArray[np.float64]], ...]
    by_distance: NDArray[np.float64]


def key_of(picture: Picture, topology: Topology) -> tuple[Hashable, ...]:
    """What a table is kept by."""
    ions = tuple(ion.identity for ion in picture.ions)
    return picture.molecule.content_hash, picture.predicted.model_name, topology.residues, ions


def table_ready(picture: Picture, topology: Topology) -> ResidueTable | None:
    """The table where it is there already."""
    return _tables.get(key_of(picture, topology))


def table_of(picture: Picture, topology: Topology, progress: Progress = lambda before, share: None) -> ResidueTable:
    """The residues of `picture`, with the errors that are expected of it, made where they are not there; progress may
    end it by raising. Raises ValueError where the topology is another structure's."""
    key = key_of(picture, topology)

    def make() -> ResidueTable:
        done = _pieces.make(key[:2], dict)
        atoms = hirshfeld_atoms(picture.predicted.density, progress=lambda share: progress(0, share), done=done)
        return _with_errors(picture, topology, atoms)

    return _tables.make(key, make, lambda before: progress(before, 0.0))


def table_meanwhile(picture: Picture, topology: Topology, progress: Progress) -> ResidueTable:
    """The same, made beside who waits for it: it goes on where `progress` raises, unless `stop_sharing` says that it is
    not wanted or nobody asks for long."""
    return _ahead.wait(key_of(picture, topology), lambda tell: table_of(picture, topology, tell), progress)


def stop_sharing(key: tuple[Hashable, ...]) -> bool:
    """Make the table of this key no further, unless somebody waits for it; whether it ends. The next one begins where
    this one ended."""
    return _ahead.stop(key)


def table_of_forces(picture: Picture, topology: Topology) -> ResidueTable:
    """The same without charges and dipoles, which is there at once."""
    return _with_errors(picture, topology, HirshfeldAtoms.unknown(len(picture.molecule)))


def _with_errors(picture: Picture, topology: Topology, atoms: HirshfeldAtoms) -> ResidueTable:
    predicted, trust, net = picture.predicted, trust_of(picture), net_force_of(picture)
    table = residue_table(predicted.density, predicted.forces_hartree_per_bohr, topology, atoms)
    if trust is None or net is None:
        return table
    uncertainty = np.array([net.uncertainty(atoms) for atoms in topology.atoms_of_residue])
    return table.with_errors(trust.expected_mev_per_angstrom, uncertainty, trust.flagged)


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
    predicted, net = picture.predicted, net_force_of(picture)
    molecule, unit = predicted.density.molecule, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    atoms = np.concatenate([topology.atoms_of_residue[residue] for residue in group])
    from_atoms = unit * forces_from_atoms(predicted.density, atoms)
    pushes = np.zeros((len(topology.residues), 3))
    np.add.at(pushes, topology.residue_of_atom, from_atoms)
    edges = np.array(SHELLS_ANGSTROM) * ANGSTROM_IN_BOHR
    members = set(group)
    others = [i for i in np.argsort(-np.linalg.norm(pushes, axis=1)).tolist() if i not in members]
    names = [topology.residues[index].label for index in group]
    inside = np.isin(topology.residue_of_atom, group)
    return Pushes(
        label or (", ".join(names) if len(names) <= 4 else f"{len(names)} residues"),
        bool((inside[bonded_pairs(molecule)].sum(1) == 1).any()),
        unit * predicted.forces_hartree_per_bohr[atoms].sum(0),
        net.uncertainty(atoms) if net else math.nan,
        pushes[list(group)].sum(0),
        tuple((topology.residues[i].label, pushes[i]) for i in others),
        forces_by_distance(molecule, atoms, from_atoms, edges),
    )
