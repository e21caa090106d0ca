"""A structure taken some atoms at a time: what a round of messages needs of them. Training takes all atoms as one tile.

Features of all atoms are held, and what is larger (edges, products on the sphere) for the atoms of one tile. The
geometry of edges is the same in every round: it is kept from the first one where it fits, and made anew where not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from core.model.edges import EdgeGeometry, edge_geometry
from core.model.graph import Graph
from core.model.layers import RadialBasis

# Atoms of a tile where no gradient is needed: fewer spend their time on small tensors, more leave the caches.
ATOMS_AT_A_TIME = 256
# Geometry of edges that is kept, at most, bytes; that of 25 000 atoms of water at the cutoffs of the shipped model.
KEPT_BYTES = 2_500_000_000


@dataclass(frozen=True, eq=False)
class Tile:
    """Some atoms, one after the other, with the edges that they receive.

    atoms: which of the structure, n in all. near, far: their edges; receivers count from the first atom of the tile,
    senders from that of the structure. members: per element its atoms, counted in the tile; back: the index that brings
    their concatenation into the order of atoms.
    """

    atoms: slice
    near: EdgeGeometry
    far: EdgeGeometry
    members: list[Tensor]
    back: Tensor

    def __len__(self) -> int:
        return self.atoms.stop - self.atoms.start

    def of(self, values: Tensor) -> Tensor:
        """The rows of the tile's atoms; all rows as they are where it is the whole structure."""
        return values if len(values) == len(self) else values[self.atoms]


@dataclass(frozen=True)
class EdgeKind:
    """radial: its functions and cutoff. Frames up to l_frames, harmonics up to l_harmonics (None: none)."""

    radial: RadialBasis
    l_frames: int
    l_harmonics: int | None

    def geometry(self, graph: Graph, pair: Tensor, dtype: torch.dtype) -> EdgeGeometry:
        return edge_geometry(
            graph, pair, self.radial, l_frames=self.l_frames, l_harmonics=self.l_harmonics, dtype=dtype
        )

    def bytes_per_edge(self, dtype: torch.dtype = torch.float32) -> int:
        """What `geometry` holds of one edge."""
        frames = sum((2 * l + 1) ** 2 for l in range(self.l_frames + 1))
        harmonics = 0 if self.l_harmonics is None else (self.l_harmonics + 1) ** 2
        return 3 * torch.int64.itemsize + (frames + harmonics + self.radial.size + 1) * dtype.itemsize


@dataclass(eq=False)
class Tiles:
    """The tiles of a graph, in order, as often as they are asked for. far None: the far edges are the near ones."""

    graph: Graph
    species: Tensor
    n_elements: int
    near: EdgeKind
    far: EdgeKind | None
    dtype: torch.dtype
    _kept: list[Tile] = field(default_factory=list, init=False)

    @property
    def size(self) -> int:
        """Atoms of a tile."""
        return max(1, self.graph.n_atoms if torch.is_grad_enabled() else ATOMS_AT_A_TIME)

    def __len__(self) -> int:
        return -(-self.graph.n_atoms // self.size)

    def __iter__(self) -> Iterator[Tile]:
        if self._kept:
            yield from self._kept
            return
        starts = torch.arange(len(self) + 1, device=self.graph.receivers.device) * self.size
        edges = torch.searchsorted(self.graph.receivers, starts).tolist()
        keep = len(self) == 1 or self._bytes() <= KEPT_BYTES
        made = []
        for number in range(len(self)):
            atoms = slice(number * self.size, min((number + 1) * self.size, self.graph.n_atoms))
            tile = self._tile(atoms, slice(edges[number], edges[number + 1]))
            if keep:
                made.append(tile)
            yield tile
        self._kept = made

    def _tile(self, atoms: slice, edges: slice) -> Tile:
        graph, species = self.graph, self.species
        receivers, senders = graph.receivers[edges], graph.senders[edges]
        pair = species[receivers] * self.n_elements + species[senders]
        part = replace(
            graph,
            receivers=receivers - atoms.start,
            senders=senders,
            vectors_bohr=graph.vectors_bohr[edges],
            taken_by_bohr=None if graph.taken_by_bohr is None else graph.taken_by_bohr[edges],
        )
        near = self.near.geometry(part, pair, self.dtype)
        far = near if self.far is None else self.far.geometry(part, pair, self.dtype)
        members = [torch.nonzero(species[atoms] == i).squeeze(1) for i in range(self.n_elements)]
        return Tile(atoms, near, far, members, torch.argsort(torch.cat(members)))

    def _bytes(self) -> int:
        """Of all geometry."""
        kinds = [self.near] if self.far is None else [self.near, self.far]
        square = self.graph.vectors_bohr.square().sum(-1)
        return sum(int((square < kind.radial.cutoff_bohr**2).sum()) * kind.bytes_per_edge(self.dtype) for kind in kinds)
