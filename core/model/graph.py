"""Neighbours of every atom within the cutoff, as the network takes them. Bohr inside."""

from dataclasses import dataclass, fields, replace

import numpy as np
import torch
import vesin
from numpy.typing import NDArray
from torch import Tensor

from core.chem.molecule import Molecule


@dataclass(frozen=True, eq=False)
class Graph:
    """atomic_numbers: (n_atoms,) int64. receivers, senders: (n_edges,) int64, sorted by receiver.
    vectors_bohr: (n_edges, 3) float64 from receiver to sender, x, y, z. positions_bohr: (n_atoms, 3) float64.
    structures: (n_atoms,) int64, which of several joined molecules an atom belongs to; charges: (n_structures,)
    float64, their total charges. taken_by_bohr: (n_edges,) lengths by which edges are taken into the messages of a
    cutoff or left out; None: their own. A message from beyond its cutoff is zero, taken or not."""

    atomic_numbers: Tensor
    receivers: Tensor
    senders: Tensor
    vectors_bohr: Tensor
    positions_bohr: Tensor
    structures: Tensor
    charges: Tensor
    taken_by_bohr: Tensor | None = None

    @property
    def n_atoms(self) -> int:
        return int(self.atomic_numbers.numel())

    def to(self, device: str | torch.device) -> "Graph":
        parts = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return replace(self, **{name: part.to(device) for name, part in parts.items() if part is not None})


def neighbours(positions: NDArray[np.float64], cutoff: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ordered pairs (i, j), i != j, closer than `cutoff` (unit of `positions`), sorted by i then j."""
    if len(positions) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    calculator = vesin.NeighborList(cutoff=cutoff, full_list=True)
    i, j = calculator.compute(points=positions, box=np.zeros((3, 3)), periodic=False, quantities="ij")
    i, j = i.astype(np.int64), j.astype(np.int64)
    order = np.lexsort((j, i))
    return i[order], j[order]


def build_graph(molecule: Molecule, cutoff_bohr: float) -> Graph:
    """The graph of one molecule."""
    positions = molecule.positions_bohr
    i, j = neighbours(positions, cutoff_bohr)
    return Graph(
        torch.from_numpy(molecule.atomic_numbers.copy()),
        torch.from_numpy(i),
        torch.from_numpy(j),
        torch.from_numpy(positions[j] - positions[i]),
        torch.from_numpy(positions.copy()),
        torch.zeros(len(positions), dtype=torch.int64),
        torch.tensor([float(molecule.charge)], dtype=torch.float64),
    )


def join_graphs(graphs: list[Graph]) -> Graph:
    """Several molecules as one graph without edges between them; atoms in the order given."""
    starts = np.cumsum([0] + [graph.n_atoms for graph in graphs])
    return Graph(
        torch.cat([graph.atomic_numbers for graph in graphs]),
        torch.cat([graph.receivers + int(start) for graph, start in zip(graphs, starts, strict=False)]),
        torch.cat([graph.senders + int(start) for graph, start in zip(graphs, starts, strict=False)]),
        torch.cat([graph.vectors_bohr for graph in graphs]),
        torch.cat([graph.positions_bohr for graph in graphs]),
        torch.cat([torch.full_like(graph.structures, number) for number, graph in enumerate(graphs)]),
        torch.cat([graph.charges for graph in graphs]),
    )
