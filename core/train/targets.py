"""What the network is trained towards: the force-exact fit of each record, and the quadratic form its error is paid in.

Everything the loss holds is quadratic in the coefficients, so per structure it is one symmetric matrix
M = overlap S / N + coulomb J / N + force F^T F / (3 n_atoms), moved once into the network's output coordinates.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.chem.molecule import Molecule
from core.forces.hellmann_feynman import force_matrix
from core.gaussian.basis import AuxiliaryBasis
from core.jobs.room import put_whole
from core.model.coordinates import OutputCoordinates, fit_element
from core.model.graph import Graph, build_graph
from core.reference.auxiliary import coulomb_matrix, function_charges, overlap_matrix
from core.reference.fit import REGULARISATION, fit
from core.reference.record import Record
from core.train.config import LossWeights
from core.train.shelf import Shelf, pack

# Atoms assumed in the force term of the on-site metric, where a structure's own number cannot be known.
TYPICAL_ATOMS = 12
TYPICAL_ELECTRONS = 40


def fitted_coefficients(record: Record, basis: AuxiliaryBasis, cache: Path | None = None) -> NDArray[np.float64]:
    """Coefficients of the force-exact fit; kept in `cache` under the hashes of structure, level and basis."""
    if cache is None:
        return fit(record, basis).coefficients
    key = f"{record.molecule.content_hash[:24]}-{record.level.label.replace('/', '_')}-{basis.content_hash[:12]}"
    path = cache / f"{key}-{REGULARISATION:g}.npy"
    if path.exists():
        return np.load(path)
    coefficients = fit(record, basis).coefficients
    # Whole or not at all: another training may be fitting the same structure.
    content = io.BytesIO()
    np.save(content, coefficients)
    put_whole(content.getvalue(), path)
    return coefficients


def onsite_metric(atomic_number: int, basis: AuxiliaryBasis, weights: LossWeights) -> NDArray[np.float64]:
    """(n_functions, n_functions) of one atom alone: the loss of an error that only it sees."""
    atom = Molecule(np.array([atomic_number]), np.zeros((1, 3)))
    forces = force_matrix(atom, basis)
    metric = weights.overlap * overlap_matrix(atom, basis) + weights.coulomb * coulomb_matrix(atom, basis)
    return metric / TYPICAL_ELECTRONS + weights.force / (3 * TYPICAL_ATOMS) * forces.T @ forces


def fit_coordinates(
    molecules: Sequence[Molecule],
    coefficients: Sequence[NDArray[np.float64]],
    basis: AuxiliaryBasis,
    weights: LossWeights,
) -> OutputCoordinates:
    """Output coordinates from the training set."""
    per_element: dict[int, list[NDArray[np.float64]]] = {}
    for molecule, values in zip(molecules, coefficients, strict=True):
        offsets = basis.atom_offsets(molecule.atomic_numbers)
        for atom, z in enumerate(molecule.atomic_numbers.tolist()):
            per_element.setdefault(z, []).append(values[offsets[atom] : offsets[atom + 1]])
    return OutputCoordinates(
        basis,
        {
            z: fit_element(basis.element(z), np.stack(rows), onsite_metric(z, basis, weights))
            for z, rows in sorted(per_element.items())
        },
    )


@dataclass(frozen=True, eq=False)
class Target:
    """One structure ready for training. n = its number of functions.

    z: (n,) output coordinates of the fit. loss_matrix: (n (n + 1) / 2,), the triangle of a symmetric matrix
    (`core.train.shelf.pack`). force_rows: (3 n_atoms, n) hartree/bohr per unit of z.
    charge_row: (n,) electrons per unit of z; charge_wanted: what charge_row . z must be. All float32. second_level: it
    is of the other level of theory (`core.train.levels`); weight: its share in the loss; times: how often a
    pass takes it.
    """

    name: str
    graph: Graph
    electrons: int
    z: Tensor
    loss_matrix: Tensor
    force_rows: Tensor
    charge_row: Tensor
    charge_wanted: float
    second_level: bool = False
    weight: float = 1.0
    times: int = 1


def _apply_blocks(
    matrix: NDArray[np.float64], blocks: list[NDArray[np.float64]], offsets: NDArray[np.int64]
) -> NDArray[np.float64]:
    """matrix @ blockdiag(blocks)."""
    result = np.empty_like(matrix)
    for block, start, stop in zip(blocks, offsets[:-1], offsets[1:], strict=True):
        result[:, start:stop] = matrix[:, start:stop] @ block
    return result


def build_target(
    record: Record,
    coefficients: NDArray[np.float64],
    coordinates: OutputCoordinates,
    weights: LossWeights,
    cutoff_bohr: float,
    shelf: Shelf | None = None,
) -> Target:
    """What is large goes to `shelf`, where there is one. Raises KeyError for an element without coordinates."""
    molecule, basis = record.molecule, coordinates.basis
    numbers = molecule.atomic_numbers.tolist()
    offsets = basis.atom_offsets(molecule.atomic_numbers)
    blocks_of = {z: coordinates.elements[z].matrix() for z in set(numbers)}
    blocks = [blocks_of[z] for z in numbers]
    shift = np.concatenate([coordinates.elements[z].shift() for z in numbers])
    z = np.empty(coefficients.size)
    for block, start, stop in zip(blocks, offsets[:-1], offsets[1:], strict=True):
        z[start:stop] = np.linalg.solve(block, (coefficients - shift)[start:stop])
    forces = force_matrix(molecule, basis)
    metric = weights.overlap / molecule.electrons * overlap_matrix(molecule, basis)
    metric += weights.coulomb / molecule.electrons * coulomb_matrix(molecule, basis)
    force_rows = _apply_blocks(forces, blocks, offsets)
    loss = _apply_blocks(np.ascontiguousarray(_apply_blocks(metric, blocks, offsets).T), blocks, offsets)
    loss += weights.force / forces.shape[0] * force_rows.T @ force_rows
    charges = function_charges(molecule, basis)
    charge_row = _apply_blocks(charges[None], blocks, offsets)[0]

    def single(array: NDArray[np.float64]) -> Tensor:
        return torch.from_numpy(array.astype(np.float32))

    def large(array: NDArray[np.float64]) -> Tensor:
        return shelf.keep(array.astype(np.float32)).view(array.shape) if shelf else single(array)

    return Target(
        record.name,
        build_graph(molecule, cutoff_bohr),
        molecule.electrons,
        single(z),
        large(pack(0.5 * (loss + loss.T))),
        large(force_rows),
        single(charge_row),
        float(-molecule.charge - charges @ shift),
    )


def build_counted(molecule: Molecule, coordinates: OutputCoordinates, cutoff_bohr: float) -> Target:
    """A structure of which the electron count alone is known. Raises KeyError for an element without coordinates."""
    basis, numbers = coordinates.basis, molecule.atomic_numbers.tolist()
    offsets = basis.atom_offsets(molecule.atomic_numbers)
    charges = function_charges(molecule, basis)
    blocks = {z: coordinates.elements[z].matrix() for z in set(numbers)}
    charge_row = _apply_blocks(charges[None], [blocks[z] for z in numbers], offsets)[0]
    shift = np.concatenate([coordinates.elements[z].shift() for z in numbers])
    nothing = torch.zeros(0)
    return Target(
        molecule.title,
        build_graph(molecule, cutoff_bohr),
        molecule.electrons,
        torch.zeros(int(offsets[-1])),
        nothing,
        nothing,
        torch.from_numpy(charge_row.astype(np.float32)),
        float(-molecule.charge - charges @ shift),
    )
