"""Messages along edges: every coupling of a neighbour's features with the harmonics of the edge, in the edge's frame.

In that frame the coupling is diagonal in m, and for natural parity m and -m share their weights (see
`core.model.frames`), so a message costs O(l_max^3) in place of O(l_max^6).
"""

import torch
from torch import Tensor, nn

from core.model.edges import EdgeGeometry
from core.model.layers import DegreeLinear, RadialWeights, degrees

# Edges worked on at a time where no gradient is needed: their weights would not fit the cache, later the memory.
EDGES_AT_A_TIME = 2048


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

    def forward(self, geometry: EdgeGeometry, n_atoms: int) -> Tensor:
        if torch.is_grad_enabled():
            return scatter_sum(self.messages(geometry), geometry.receivers, n_atoms)
        result = geometry.bessel.new_zeros((n_atoms, (self.l_max + 1) ** 2, self.channels))
        for start in range(0, len(geometry.receivers), EDGES_AT_A_TIME):
            part = geometry.part(slice(start, start + EDGES_AT_A_TIME))
            result.index_add_(0, part.receivers, self.messages(part))
        return result

    def messages(self, geometry: EdgeGeometry) -> Tensor:
        """(n_edges, (l_max+1)^2, channels)."""
        weights = self.radial(geometry.bessel, geometry.envelope, geometry.pair)
        weights = weights.reshape(-1, self.l_max + 1, self.channels)
        harmonics = degrees(geometry.harmonics[:, : (self.l_max + 1) ** 2, None], self.l_max)
        parts = [values * weight[:, None] for values, weight in zip(harmonics, weights.unbind(1), strict=True)]
        return torch.cat(parts, dim=1)


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
        if torch.is_grad_enabled():
            return scatter_sum(self.messages(x, geometry), geometry.receivers, n_atoms)
        result = x.new_zeros((n_atoms, (self.l_out + 1) ** 2, self.channels))
        for start in range(0, len(geometry.receivers), EDGES_AT_A_TIME):
            part = geometry.part(slice(start, start + EDGES_AT_A_TIME))
            result.index_add_(0, part.receivers, self.messages(x, part))
        return result

    def messages(self, x: Tensor, geometry: EdgeGeometry) -> Tensor:
        """(n_edges, (l_out+1)^2, channels) what each sender says to its receiver."""
        sent = degrees(x[geometry.senders], self.l_in)
        turned = [(geometry.frames[l].transpose(1, 2) @ part).unbind(1) for l, part in enumerate(sent)]
        weights = self.radial(geometry.bessel, geometry.envelope, geometry.pair)
        weights = weights.reshape(len(weights), sum(self.sizes), self.channels)
        zero = torch.zeros_like(turned[0][0])
        out = [[zero] * (2 * l + 1) for l in range(self.l_out + 1)]
        for m, flat in enumerate(torch.split(weights, self.sizes, dim=1)):
            n_in, n_out = self.l_in + 1 - m, self.l_out + 1 - m
            block = flat.reshape(len(flat), n_in, n_out, self.channels).unbind(1)
            for place in {m, -m}:
                total = turned[m][m + place][:, None] * block[0]
                for a in range(1, n_in):
                    total = torch.addcmul(total, turned[m + a][m + a + place][:, None], block[a])
                for b, message in enumerate(total.unbind(1)):
                    out[m + b][m + b + place] = message
        return torch.cat([geometry.frames[l] @ torch.stack(out[l], dim=1) for l in range(self.l_out + 1)], dim=1)


class FarConvolution(nn.Module):
    """Messages of few channels and low degrees, cheap enough for every pair within a long cutoff.

    Only features that have a direction are sent. Scalars would count neighbours, and such sums grow with the system: a
    network trained on clusters would meet numbers in a liquid that it never saw. Directed ones average out.
    """

    def __init__(
        self, l_in: int, l_out: int, channels: int, inner: int, radial_size: int, n_pairs: int, hidden: int
    ) -> None:
        super().__init__()
        self.l_in = l_in
        self.narrow = DegreeLinear(l_in, channels, inner)
        self.convolution = FeatureConvolution(l_in, l_out, inner, radial_size, n_pairs, hidden)
        self.widen = DegreeLinear(l_out, inner, channels)

    def sent(self, x: Tensor) -> Tensor:
        """What every atom sends, (n, (l_in+1)^2, inner), from x (n, >= (l_in+1)^2 rows, channels)."""
        sent = self.narrow(x[:, : (self.l_in + 1) ** 2])
        return torch.cat([torch.zeros_like(sent[:, :1]), sent[:, 1:]], dim=1)

    def forward(self, sent: Tensor, geometry: EdgeGeometry, n_atoms: int) -> Tensor:
        """(n_atoms, (l_out+1)^2, channels): what the receivers of `geometry` make of what all atoms sent."""
        return self.widen(self.convolution(sent, geometry, n_atoms))
