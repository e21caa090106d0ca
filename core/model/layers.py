"""Building blocks of the network. Features are (n, (l_max+1)^2, channels), natural parity, rows l ascending, m = -l..l.

Constants are kept in float64 and cast where they are used, so that a float64 network is equivariant to rounding.
"""

import math
from typing import Any

import torch
from scipy.integrate import lebedev_rule
from torch import Tensor, nn

from core.model.e3nn_o3 import o3
from core.model.frames import to_e3nn


def rows(l: int) -> slice:
    """Where degree l stands among the rows."""
    return slice(l * l, (l + 1) ** 2)


def degrees(x: Tensor, l_max: int) -> tuple[Tensor, ...]:
    """(n, (l_max+1)^2, channels) -> per l (n, 2l+1, channels). Taken apart at once, its gradient is put together at
    once; slices one by one would each fill a tensor of zeros."""
    return x.split([2 * l + 1 for l in range(l_max + 1)], dim=1)


def spherical_harmonics(l_max: int, vectors: Tensor) -> Tensor:
    """(n, (l_max+1)^2) real harmonics of the directions of `vectors` (n, 3), of norm sqrt(2l+1)."""
    return o3.spherical_harmonics(list(range(l_max + 1)), to_e3nn(vectors), normalize=True, normalization="component")


class RadialBasis(nn.Module):
    """Bessel functions times a smooth cutoff: (n_edges,) distances -> (n_edges, size)."""

    def __init__(self, size: int, cutoff_bohr: float) -> None:
        super().__init__()
        self.size, self.cutoff_bohr = size, cutoff_bohr

    def forward(self, distance: Tensor) -> tuple[Tensor, Tensor]:
        """The functions (n, size), and the cutoff (n,): 1 at 0, and 0 with two derivatives at the end."""
        x = distance / self.cutoff_bohr
        order = torch.arange(1, self.size + 1, dtype=x.dtype, device=x.device) * math.pi
        bessel = math.sqrt(2.0) * torch.sin(order * x[:, None]) / x[:, None]
        envelope = 1.0 - 10.0 * x**3 + 15.0 * x**4 - 6.0 * x**5
        envelope = torch.where(x < 1.0, envelope, torch.zeros_like(x))
        return bessel, envelope


class RadialWeights(nn.Module):
    """Weights of an edge: a small network of the distance and the two elements -> (n_edges, n_weights)."""

    def __init__(self, size: int, n_pairs: int, hidden: int, n_weights: int) -> None:
        super().__init__()
        self.first = nn.Linear(size, hidden)
        self.pair_bias = nn.Parameter(0.3 * torch.randn(n_pairs, hidden))
        self.second = nn.Linear(hidden, hidden)
        self.pair_scale = nn.Parameter(1.0 + 0.3 * torch.randn(n_pairs, hidden))
        self.last = nn.Linear(hidden, n_weights, bias=False)

    def forward(self, bessel: Tensor, envelope: Tensor, pair: Tensor) -> Tensor:
        x = nn.functional.silu(self.first(bessel) + self.pair_bias[pair])
        x = nn.functional.silu(self.second(x)) * self.pair_scale[pair]
        return self.last(x * envelope[:, None])


class DegreeLinear(nn.Module):
    """Mixes channels, one matrix per degree; a bias for l = 0 only."""

    def __init__(self, l_max: int, n_in: int, n_out: int, *, bias: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(l_max + 1, n_in, n_out) / math.sqrt(n_in))
        self.bias = nn.Parameter(torch.zeros(n_out)) if bias else None
        self.l_max = l_max

    def forward(self, x: Tensor) -> Tensor:
        parts = [part @ weight for part, weight in zip(degrees(x, self.l_max), self.weight.unbind(), strict=True)]
        if self.bias is not None:
            parts[0] = parts[0] + self.bias
        return torch.cat(parts, dim=1)


class ElementDegreeLinear(nn.Module):
    """As DegreeLinear, with matrices of its own for each element."""

    def __init__(self, n_elements: int, l_max: int, n_in: int, n_out: int) -> None:
        super().__init__()
        self.linears = nn.ModuleList(DegreeLinear(l_max, n_in, n_out, bias=True) for _ in range(n_elements))

    def forward(self, x: Tensor, atoms_of_element: list[Tensor], back: Tensor) -> Tensor:
        """atoms_of_element: indices per element; back: index that brings their concatenation into atom order."""
        parts = [linear(x[atoms]) for linear, atoms in zip(self.linears, atoms_of_element, strict=True)]
        return torch.cat(parts)[back]


def pad_rows(x: Tensor, width: int) -> Tensor:
    """(n, rows, channels) with zeros added up to `width` rows: degrees that are not there."""
    missing = width - x.shape[1]
    return x if missing <= 0 else torch.cat([x, x.new_zeros((len(x), missing, x.shape[2]))], dim=1)


def bounded(x: Tensor) -> Tensor:
    """Features scaled down where an atom's are large, by one invariant factor: small ones pass, none exceeds about one.

    Products of features then stay finite in surroundings denser than any trained on.
    """
    return x * torch.rsqrt(1.0 + x.square().mean(dim=(1, 2), keepdim=True))


class SphereProduct(nn.Module):
    """Product of two fields on the sphere, projected back to l_max: all Gaunt couplings, exact by a Lebedev rule.

    Fields are scaled so that features of size one give a product of about size one.
    """

    def __init__(self, l_max: int) -> None:
        super().__init__()
        degree = next(d for d in (3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25) if d >= 3 * l_max)
        points, weights = lebedev_rule(degree)
        values = spherical_harmonics(l_max, torch.from_numpy(points.T.copy())) / (l_max + 1)
        self.to_sphere: Tensor
        self.from_sphere: Tensor
        self.register_buffer("to_sphere", values, persistent=False)
        back = values.T * torch.from_numpy(weights / (4.0 * math.pi)) * (l_max + 1) ** 2
        self.register_buffer("from_sphere", back, persistent=False)

    def _apply(self, fn: Any, recurse: bool = True) -> "SphereProduct":
        """Follow the module to another device, never to another float type."""
        self.to_sphere = self.to_sphere.to(fn(self.to_sphere).device)
        self.from_sphere = self.from_sphere.to(fn(self.from_sphere).device)
        return self

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        to_sphere, from_sphere = self.to_sphere.to(a.dtype), self.from_sphere.to(a.dtype)
        return from_sphere @ ((to_sphere @ a) * (to_sphere @ b))


class Gate(nn.Module):
    """Scalars through SiLU; every other degree scaled by a sigmoid of the scalars."""

    def __init__(self, l_max: int, channels: int) -> None:
        super().__init__()
        self.gates = nn.Linear(channels, channels * l_max) if l_max else None
        self.l_max, self.channels = l_max, channels

    def forward(self, x: Tensor) -> Tensor:
        scalars, *others = degrees(x, self.l_max)
        parts = [nn.functional.silu(scalars)]
        if self.gates is not None:
            gates = 2.0 * torch.sigmoid(self.gates(scalars)).reshape(-1, self.l_max, self.channels)
            parts += [part * gate[:, None] for part, gate in zip(others, gates.unbind(1), strict=True)]
        return torch.cat(parts, dim=1)
