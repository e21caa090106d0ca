"""The network symmetry is measured against: of like size and reach, but with no equivariance built in.

It sees the components of every edge in the frame the molecule happens to lie in, mixes them freely, and learns what
rotations do from examples: `RandomlyTurned` shows it another pose each time and turns its answer back. For learning
curves and lessons only; it is never shipped.
"""

from dataclasses import replace

import torch
from scipy.spatial.transform import Rotation
from torch import Tensor, nn

from core.density.rotation import harmonic_rotations
from core.gaussian.basis import AuxiliaryBasis
from core.model.convolution import scatter_sum
from core.model.graph import Graph
from core.model.layers import RadialBasis, spherical_harmonics
from core.model.network import NetworkConfig


class PlainNetwork(nn.Module):
    """Message passing on bare features of width `channels * (l_max + 1)`; the output is in the frame of the input."""

    def __init__(self, config: NetworkConfig, basis: AuxiliaryBasis) -> None:
        super().__init__()
        self.config = config
        width, harmonics = config.channels * (config.l_max + 1), (config.l_max + 1) ** 2
        n_elements = len(config.elements)
        self.radial_basis = RadialBasis(config.far_radial_size, config.graph_cutoff_bohr)
        self.embedding = nn.Parameter(torch.randn(n_elements, width))
        edge_inputs = config.far_radial_size + harmonics + 2 * n_elements
        self.filters = nn.ModuleList(
            nn.Sequential(nn.Linear(edge_inputs, width // 2), nn.SiLU(), nn.Linear(width // 2, width))
            for _ in range(config.layers)
        )
        self.updates = nn.ModuleList(
            nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width)) for _ in range(config.layers)
        )
        self.heads = nn.ModuleList(nn.Linear(width, basis.element(z).n_functions) for z in config.elements)
        self.scale = config.neighbours**-0.5

    def forward(self, graph: Graph) -> list[Tensor]:
        """As `DensityNetwork.forward`."""
        elements = self.config.elements
        index = torch.full((max(elements) + 1,), -1, dtype=torch.int64)
        index[list(elements)] = torch.arange(len(elements))
        species = index[graph.atomic_numbers]
        bessel, envelope = self.radial_basis(graph.vectors_bohr.norm(dim=-1))
        kinds = nn.functional.one_hot(species, len(elements))
        harmonics = spherical_harmonics(self.config.l_max, graph.vectors_bohr)
        edges = torch.cat([bessel, harmonics, kinds[graph.receivers], kinds[graph.senders]], dim=1).float()
        envelope = (envelope * self.scale).float()[:, None]
        x = self.embedding[species]
        for layer, update in zip(self.filters, self.updates, strict=True):
            messages = layer(edges) * envelope * x[graph.senders]
            x = x + update(torch.cat([x, scatter_sum(messages, graph.receivers, len(x))], dim=1))
        return [head(x[species == i]) for i, head in enumerate(self.heads)]


class RandomlyTurned(nn.Module):
    """Shows `inner` the molecules in a random pose and turns its output back, in training and in tests."""

    def __init__(self, inner: PlainNetwork, basis: AuxiliaryBasis, seed: int = 0) -> None:
        super().__init__()
        self.inner = inner
        self.config = inner.config
        self.shells = [[len(shell) for shell in basis.element(z).exponents] for z in inner.config.elements]
        self.poses = torch.Generator().manual_seed(seed)

    def forward(self, graph: Graph) -> list[Tensor]:
        quaternion = torch.randn(4, generator=self.poses, dtype=torch.float64)
        matrix = torch.from_numpy(Rotation.from_quat(quaternion.numpy()).as_matrix())
        turned = replace(
            graph, vectors_bohr=graph.vectors_bohr @ matrix.T, positions_bohr=graph.positions_bohr @ matrix.T
        )
        rotations = [
            torch.from_numpy(rotation).float()
            for rotation in harmonic_rotations(max(map(len, self.shells)) - 1, matrix.numpy())
        ]
        results = []
        for output, counts in zip(self.inner(turned), self.shells, strict=True):
            parts, start = [], 0
            for l, n in enumerate(counts):
                stop = start + n * (2 * l + 1)
                block = output[:, start:stop].reshape(-1, 2 * l + 1)
                # y' = D y in the turned frame, so y = D^T y' = y' D as rows.
                parts.append((block @ rotations[l]).reshape(len(output), stop - start))
                start = stop
            results.append(torch.cat(parts, dim=1))
        return results
