"""Who sees whom: which atoms answer when one atom is moved, in their features and coefficients, layer by layer.

Every layer of the network has a read-out of its own, linear in the features after it, and the coefficients are the sum
of all (`core.model.network`): those after layer k are the sum of the first k. The electron count, which is mended by a
change of all at the very end (`core.model.predict`), is left as it is.
"""

import copy
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.chem.molecule import Molecule
from core.errors import LessonError
from core.gaussian.basis import AuxiliaryBasis
from core.model.checkpoint import TrainedModel
from core.model.graph import Graph, build_graph
from core.model.network import DensityNetwork, Interaction
from core.model.predict import check_elements
from core.units import ANGSTROM_IN_BOHR


@dataclass(frozen=True, eq=False)
class Answer:
    """features, coefficients: (n_rounds, n_atoms) relative change of each atom's after each round, float64. changed:
    (n_rounds, n_atoms) how many of its coefficients are not what they were; counts: (n_atoms,) how many it has.
    by_degree: (n_rounds, n_atoms, n_degrees) relative change of its coefficients of each degree l, NaN where its
    element has no such functions, infinite where they come from nothing.
    reach_bohr: (n_rounds,) how far messages have come by then; distances_bohr: (n_atoms,) from the moved atom, the
    nearer of where it was and where it is."""

    features: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    changed: NDArray[np.int64]
    counts: NDArray[np.int64]
    by_degree: NDArray[np.float64]
    reach_bohr: NDArray[np.float64]
    distances_bohr: NDArray[np.float64]

    @property
    def beyond(self) -> float:
        """The largest change of an atom that no message can have reached; 0 where there is none."""
        outside = self.distances_bohr[None] > self.reach_bohr[:, None]
        return float(max(self.features[outside].max(), self.coefficients[outside].max())) if outside.any() else 0.0


def without_field(model: TrainedModel) -> TrainedModel:
    """A twin that has messages only: the field of charges and dipoles (`core.model.far_field`), which reaches every
    atom at once, is not felt."""
    network = copy.deepcopy(model.network)
    for interaction in network.interactions:
        cast(Interaction, interaction).field = None
    return replace(model, network=network)


# So far away nothing is heard of an atom.
GONE_ANGSTROM = 1000.0


def row_of_waters(count: int = 9, spacing_angstrom: float = 3.5) -> Molecule:
    """`count` waters side by side along z: longer than all rounds of messages of the shipped models reach."""
    one = np.array([[0.0, 0.0, 0.0], [0.76, 0.59, 0.0], [-0.76, 0.59, 0.0]])
    positions = np.concatenate([one + [0.0, 0.0, spacing_angstrom * k] for k in range(count)])
    return Molecule(np.array([8, 1, 1] * count), positions, title=f"Row of {count} waters")


def answer(molecule: Molecule, atom: int, shift_angstrom: NDArray[np.float64] | None, model: TrainedModel) -> Answer:
    """What happens when `atom` is moved by shift_angstrom (3,), or taken GONE_ANGSTROM away (None).

    Raises LessonError for an atom that is not there, and UnsupportedElementError."""
    if not 0 <= atom < len(molecule):
        raise LessonError(f"There is no atom {atom + 1}.", f"Choose one of {len(molecule)}.")
    check_elements(molecule, model)
    network = copy.deepcopy(model.network).double()
    cutoff_bohr = network.config.graph_cutoff_bohr
    positions = molecule.positions_angstrom.copy()
    positions[atom] += GONE_ANGSTROM if shift_angstrom is None else shift_angstrom
    after = replace(molecule, positions_angstrom=positions)
    rounds = [_features(graph, network) for graph in _same_edges(molecule, after, cutoff_bohr)]
    features = [
        ((there - here).flatten(1).norm(dim=1) / here.flatten(1).norm(dim=1).clamp(min=1e-12)).numpy()
        for here, there in zip(*rounds, strict=True)
    ]
    before, moved = (read_out(found, molecule, replace(model, network=network)) for found in rounds)
    pairs = [list(zip(here, there, strict=True)) for here, there in zip(before, moved, strict=True)]
    from_atom = [np.linalg.norm(each - each[atom], axis=1) for each in (molecule.positions_angstrom, positions)]
    return Answer(
        np.stack(features),
        np.array([[np.linalg.norm(there - here) / np.linalg.norm(here) for here, there in row] for row in pairs]),
        np.array([[np.count_nonzero(there != here) for here, there in row] for row in pairs]),
        np.array([len(own) for own in before[-1]]),
        _by_degree(pairs, molecule, model.basis),
        network.config.cutoff_bohr + cutoff_bohr * np.arange(len(rounds[0]), dtype=np.float64),
        np.minimum(*from_atom) * ANGSTROM_IN_BOHR,
    )


def _by_degree(
    pairs: list[list[tuple[NDArray[np.float64], NDArray[np.float64]]]], molecule: Molecule, basis: AuxiliaryBasis
) -> NDArray[np.float64]:
    """As of `Answer`, of the coefficients of each atom after each round, before and after the move."""
    slices = [basis.element(z).l_slices for z in molecule.atomic_numbers.tolist()]
    changes = np.full((len(pairs), len(molecule), max(map(len, slices))), np.nan)
    for of_round, row in zip(changes, pairs, strict=True):
        for of_atom, (here, there), parts in zip(of_round, row, slices, strict=True):
            for l, part in enumerate(parts):
                size, change = (float(np.linalg.norm(each)) for each in (here[part], there[part] - here[part]))
                # Symmetry may leave an atom nothing of a degree.
                of_atom[l] = change / size if size else 0.0 if not change else np.inf
    return changes


def _same_edges(before: Molecule, after: Molecule, cutoff_bohr: float) -> list[Graph]:
    """Graphs of both with the edges of either. Libraries of linear algebra round a row otherwise where a matrix has
    more or fewer rows, and an atom that nothing has reached would change in its last digit."""
    graphs = [build_graph(each, cutoff_bohr) for each in (before, after)]
    pairs = np.unique(np.concatenate([np.stack([g.receivers, g.senders], axis=1) for g in graphs]), axis=0)
    i, j = pairs.T
    vectors = [torch.from_numpy(each.positions_bohr[j] - each.positions_bohr[i]) for each in (before, after)]
    nearer = torch.minimum(*(vector.norm(dim=1) for vector in vectors))
    receivers, senders = torch.from_numpy(i.copy()), torch.from_numpy(j.copy())
    return [
        replace(graph, receivers=receivers, senders=senders, vectors_bohr=vector, taken_by_bohr=nearer)
        for graph, vector in zip(graphs, vectors, strict=True)
    ]


def _features(graph: Graph, network: DensityNetwork) -> list[Tensor]:
    rounds: list[Tensor] = []
    with torch.inference_mode():
        network(graph, rounds)
    return rounds


def read_out(rounds: list[Tensor], molecule: Molecule, model: TrainedModel) -> list[list[NDArray[np.float64]]]:
    """For each round the coefficients of each atom, (n_functions of its element,), as the read-outs of this round and
    those before say. rounds: features after each, as `DensityNetwork.forward` gives them, in float64."""
    network, elements = model.network, model.elements
    after_rounds: list[list[NDArray[np.float64]]] = []
    with torch.inference_mode():
        sums = [torch.zeros((), dtype=torch.float64)] * len(elements)
        for layer, features in enumerate(rounds):
            own: list[NDArray[np.float64]] = [np.empty(0)] * len(molecule)
            for i, z in enumerate(elements):
                atoms = np.flatnonzero(molecule.atomic_numbers == z)
                if not atoms.size:
                    continue
                here, coordinates = features[torch.from_numpy(atoms)], model.coordinates.elements[z]
                sums[i] = sums[i] + network.heads[layer * len(elements) + i](here)
                total = sums[i]
                if layer == len(rounds) - 1:
                    scalars = network.scalar_heads[i](here[:, 0])
                    total = torch.cat([total[:, : scalars.shape[1]] + scalars, total[:, scalars.shape[1] :]], dim=1)
                for atom, row in zip(atoms, total.numpy() @ coordinates.matrix().T, strict=True):
                    own[atom] = row + coordinates.shift()
            after_rounds.append(own)
    return after_rounds
