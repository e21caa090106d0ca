"""Which atoms push which: the Hellmann-Feynman force on a nucleus, split by the atom that exerts it. Hartree/bohr.

Every function belongs to the atom that carries it, together with that atom's nucleus; the force on a nucleus is the sum
over all such atoms, its own electrons included. So forces on any group (a ligand, a residue, a chain) can be told apart
by what exerts them and by how far away that is. The split is that of this basis: another basis shares the same density
otherwise among the atoms, and only the sum is an observable.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from core.chem.molecule import Molecule
from core.density.blocks import element_blocks
from core.density.density import Density
from core.density.near_field import NearField

# Pairs of a nucleus and a source at a time.
PAIRS_AT_ONCE = 1 << 16


@dataclass(frozen=True, eq=False)
class PairForces:
    """targets, sources: (n_pairs,) atoms. distances_bohr: (n_pairs,). forces: (n_pairs, 3) on the target's nucleus."""

    targets: NDArray[np.int64]
    sources: NDArray[np.int64]
    distances_bohr: NDArray[np.float64]
    forces_hartree_per_bohr: NDArray[np.float64]


def pair_forces(density: Density, targets: NDArray[np.int64] | None = None) -> Iterator[PairForces]:
    """The force on each nucleus of `targets` (all where none are given) from every atom, some pairs at a time."""
    molecule = density.molecule
    n_atoms = len(molecule)
    wanted = np.arange(n_atoms) if targets is None else np.asarray(targets, dtype=np.int64)
    positions = torch.from_numpy(molecule.positions_bohr.copy())
    charges = torch.from_numpy(molecule.atomic_numbers.astype(np.float64))
    fields = [(block.atoms, NearField(block, gradient=True)) for block in element_blocks(density)]
    rows = max(1, PAIRS_AT_ONCE // n_atoms)
    for start in range(0, len(wanted), rows):
        chosen = torch.from_numpy(wanted[start : start + rows])
        vectors = positions[chosen][:, None] - positions[None]
        total = torch.empty_like(vectors)
        for atoms, near_field in fields:
            part = vectors[:, atoms]
            index = torch.arange(len(atoms)).expand(len(chosen), -1)
            # The gradient of the potential of electrons taken as positive charge: they pull a nucleus along it.
            total[:, atoms] = near_field(part.reshape(-1, 3), index.reshape(-1)).reshape(part.shape)
        total += _of_nuclei(vectors, charges)
        total *= charges[chosen][:, None, None]
        yield PairForces(
            np.repeat(chosen.numpy(), n_atoms),
            np.tile(np.arange(n_atoms), len(chosen)),
            vectors.norm(dim=-1).reshape(-1).numpy(),
            total.reshape(-1, 3).numpy(),
        )


def _of_nuclei(vectors: Tensor, charges: Tensor) -> Tensor:
    """(n_targets, n_atoms, 3) field of the nuclei, none on themselves; vectors from the source to the target."""
    distance = vectors.norm(dim=-1, keepdim=True)
    inverse = torch.where(distance > 0.0, 1.0 / distance, torch.zeros_like(distance))
    return charges[None, :, None] * vectors * inverse**3


def forces_between_groups(
    density: Density, groups: NDArray[np.int64], *, on: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """(n_groups, n_groups, 3) hartree/bohr: the force on group i (first index) from group j.

    groups: (n_atoms,) number of the group of each atom, from 0. on: groups whose force is wanted, all where none are
    given; the rows of others are zero. The diagonal is what a group does to itself.
    """
    n_groups = int(groups.max()) + 1
    total = np.zeros((n_groups, n_groups, 3))
    targets = None if on is None else np.flatnonzero(np.isin(groups, on))
    for pairs in pair_forces(density, targets):
        np.add.at(total, (groups[pairs.targets], groups[pairs.sources]), pairs.forces_hartree_per_bohr)
    return total


def forces_from_atoms(density: Density, targets: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr: the force on the nuclei of `targets` together from each atom of all. What the targets
    do to themselves is in theirs."""
    total = np.zeros((len(density.molecule), 3))
    for pairs in pair_forces(density, targets):
        total += pairs.forces_hartree_per_bohr.reshape(-1, len(total), 3).sum(0)
    return total


def forces_by_distance(
    molecule: Molecule,
    targets: NDArray[np.int64],
    from_atoms_hartree_per_bohr: NDArray[np.float64],
    edges_bohr: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(n_edges - 1, 3) hartree/bohr: of the forces of `forces_from_atoms`, those of the other atoms, by distance.

    An atom counts in the shell of its distance from the nearest of the targets; those beyond the last edge and the
    targets themselves are left out.
    """
    positions = molecule.positions_bohr
    nearest, _ = cKDTree(positions[targets]).query(positions)
    shell = np.searchsorted(edges_bohr, nearest, side="right") - 1
    shell[targets] = -1
    total = np.zeros((len(edges_bohr) - 1, 3))
    counted = (shell >= 0) & (shell < len(total))
    np.add.at(total, shell[counted], from_atoms_hartree_per_bohr[counted])
    return total
