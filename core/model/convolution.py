"""Messages along edges: every coupling of a neighbour's features with the harmonics of the edge, in the edge's frame.

In that frame the coupling is diagonal in m, and for natural parity m and -m share their weights (see
`core.model.frames`), so a message costs O(l_max^3) in place of O(l_max^6).
"""

import torch
from torch import Tensor, nn

from core.model.frames import edge_frames
from core.model.layers import RadialWeights, rows


class EdgeGeometry:
    """What depends on the positions alone: harmonics, frames, radial functions of each edge, in one float type.

    harmonics (n_edges, (l_max+1)^2), frames per l (n_edges, 2l+1, 2l+1), bessel (n_edges, size), envelope (n_edges,),
    pair (n_edges,) index of the ordered pair of elements; receivers, senders (n_edges,).
    """

    def __init__(
        self,
        vectors: Tensor,
        receivers: Tensor,
        senders: Tensor,
        pair: Tensor,
        harmonics: Tensor,
        bessel: Tensor,
        envelope: Tensor,
        l_max: int,
        *,
        needs_frames: bool = True,
    ) -> None:
        self.receivers, self.senders, self.pair = receivers, senders, pair
        dtype = bessel.dtype
        self.harmonics, self.bessel, self.envelope = harmonics.to(dtype), bessel, envelope
        self.frames = [f.to(dtype) for f in edge_frames(vectors, l_max)] if needs_frames and len(vectors) else None


def scatter_sum(messages: Tensor, receivers: Tensor, n_atoms: int) -> Tensor:
    """Sum of the messages (n_edges, ...) of each receiver, (n_atoms, ...)."""
    result = messages.new_zeros((n_atoms, *messages.shape[1:]))
    return result.index_add_(0, receivers, messages)


class ElementConvolution(nn.Module):
    """First layer: what neighbours say by their element alone, R(distance; elements) Y_l(direction)."""

    def __init__(self, l_max: int, channels: int, radial_size: int, n_pairs: int, hidden: int) -> None:
        super().__init__()
        self.l_max, self.channels = l_max, channels
        self.radial = RadialWeights(radial_size, n_pairs, hidden, (l_max + 1) * channels)
        self.register_buffer(
            "degree",
            torch.repeat_interleave(torch.arange(l_max + 1), 2 * torch.arange(l_max + 1) + 1),
            persistent=False,
        )

    def forward(self, geometry: EdgeGeometry, n_atoms: int) -> Tensor:
        weights = self.radial(geometry.bessel, geometry.envelope, geometry.pair)
        weights = weights.reshape(-1, self.l_max + 1, self.channels)
        harmonics = geometry.harmonics[:, : (self.l_max + 1) ** 2]
        parts = [harmonics[:, rows(l), None] * weights[:, l, None] for l in range(self.l_max + 1)]
        return scatter_sum(torch.cat(parts, dim=1), geometry.receivers, n_atoms)


class FeatureConvolution(nn.Module):
    """Later layers: a neighbour's features (l_in) coupled with the edge to l_out, a weight per channel and coupling."""

    def __init__(self, l_in: int, l_out: int, channels: int, radial_size: int, n_pairs: int, hidden: int) -> None:
        super().__init__()
        self.l_in, self.l_out, self.channels = l_in, l_out, channels
        self.m_max = min(l_in, l_out)
        sizes = [(l_in + 1 - m) * (l_out + 1 - m) for m in range(self.m_max + 1)]
        self.sizes = sizes
        self.radial = RadialWeights(radial_size, n_pairs, hidden, sum(sizes) * channels)

    def forward(self, x: Tensor, geometry: EdgeGeometry, n_atoms: int) -> Tensor:
        if geometry.frames is None:
            return x.new_zeros((n_atoms, (self.l_out + 1) ** 2, self.channels))
        sent = x[geometry.senders]
        turned = [geometry.frames[l].transpose(1, 2) @ sent[:, rows(l)] for l in range(self.l_in + 1)]
        weights = self.radial(geometry.bessel, geometry.envelope, geometry.pair)
        weights = weights.reshape(len(sent), -1, self.channels)
        out: list[list[Tensor | None]] = [[None] * (2 * l + 1) for l in range(self.l_out + 1)]
        start = 0
        for m in range(self.m_max + 1):
            n_out = self.l_out + 1 - m
            block = weights[:, start : start + self.sizes[m]].reshape(len(sent), -1, n_out, self.channels)
            start += self.sizes[m]
            for sign in (1, -1) if m else (1,):
                total = None
                for a, l1 in enumerate(range(m, self.l_in + 1)):
                    term = turned[l1][:, l1 + sign * m, None] * block[:, a]
                    total = term if total is None else total + term
                for b, l3 in enumerate(range(m, self.l_out + 1)):
                    out[l3][l3 + sign * m] = total[:, b]  # type: ignore[index]
        zero = torch.zeros_like(sent[:, 0])
        messages = []
        for l in range(self.l_out + 1):
            inner = torch.stack([zero if part is None else part for part in out[l]], dim=1)
            messages.append(geometry.frames[l] @ inner)
        return scatter_sum(torch.cat(messages, dim=1), geometry.receivers, n_atoms)
