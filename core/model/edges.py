"""What the network needs of every edge besides features: frame, harmonics, radial functions. Made in blocks of edges.

A function of the positions alone, computed in float64 and kept in the network's float type. Bohr.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.model.frames import edge_frames
from core.model.graph import Graph
from core.model.layers import RadialBasis, spherical_harmonics

# Edges at a time: what is computed in float64 for them stays in a core's cache.
EDGES_AT_A_TIME = 4096


@dataclass(frozen=True, eq=False)
class EdgeGeometry:
    """What depends on the positions alone, in one float type.

    receivers, senders, pair: (n_edges,) int64, pair the index of the ordered pair of elements.
    harmonics: (n_edges, (l_max+1)^2), no columns where none were asked for. bessel: (n_edges, size).
    envelope: (n_edges,). frames[l]: (n_edges, 2l+1, 2l+1), from the edge's frame to the molecule's.
    """

    receivers: Tensor
    senders: Tensor
    pair: Tensor
    harmonics: Tensor
    bessel: Tensor
    envelope: Tensor
    frames: tuple[Tensor, ...]

    def part(self, edges: slice) -> "EdgeGeometry":
        """Only these edges."""
        return EdgeGeometry(
            self.receivers[edges],
            self.senders[edges],
            self.pair[edges],
            self.harmonics[edges],
            self.bessel[edges],
            self.envelope[edges],
            tuple(frame[edges] for frame in self.frames),
        )


def edge_geometry(
    graph: Graph, pair: Tensor, radial: RadialBasis, *, l_frames: int, l_harmonics: int | None, dtype: torch.dtype
) -> EdgeGeometry:
    """Geometry of the edges of `graph` shorter than the cutoff of `radial`, or as its `taken_by_bohr` says.

    pair: (n_edges of the graph,). Frames go up to l_frames, harmonics up to l_harmonics (None: none).
    """
    distance = graph.vectors_bohr.norm(dim=-1)
    taken_by = distance if graph.taken_by_bohr is None else graph.taken_by_bohr
    kept = torch.nonzero(taken_by < radial.cutoff_bohr).squeeze(1)
    n, device = len(kept), distance.device
    columns = 0 if l_harmonics is None else (l_harmonics + 1) ** 2
    harmonics = torch.empty(n, columns, dtype=dtype, device=device)
    bessel = torch.empty(n, radial.size, dtype=dtype, device=device)
    envelope = torch.empty(n, dtype=dtype, device=device)
    frames = tuple(torch.empty(n, 2 * l + 1, 2 * l + 1, dtype=dtype, device=device) for l in range(l_frames + 1))
    for start in range(0, n, EDGES_AT_A_TIME):
        part = slice(start, start + EDGES_AT_A_TIME)
        vectors = graph.vectors_bohr[kept[part]]
        if l_harmonics is not None:
            harmonics[part] = spherical_harmonics(l_harmonics, vectors).to(dtype)
        functions, cutoff = radial(distance[kept[part]])
        bessel[part], envelope[part] = functions.to(dtype), cutoff.to(dtype)
        for whole, frame in zip(frames, edge_frames(vectors, l_frames), strict=True):
            whole[part] = frame.to(dtype)
    return EdgeGeometry(graph.receivers[kept], graph.senders[kept], pair[kept], harmonics, bessel, envelope, frames)
