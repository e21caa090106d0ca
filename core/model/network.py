"""The network: a graph of atoms -> output coordinates of every atom. Natural-parity features up to l_max.

Layer by layer: messages from neighbours (`convolution`), products of fields on the sphere for body order, a
self-connection per element, gates. Every layer contributes to the output through linear heads per element.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import cast

import torch
from torch import Tensor, nn

from core.gaussian.basis import AuxiliaryBasis
from core.model.convolution import ElementConvolution, FarConvolution, FeatureConvolution
from core.model.e3nn_o3 import o3
from core.model.far_cells import FarCells
from core.model.far_field import FarField
from core.model.graph import Graph
from core.model.layers import (
    DegreeLinear,
    ElementDegreeLinear,
    Gate,
    RadialBasis,
    SphereProduct,
    bounded,
    degrees,
    pad_rows,
)
from core.model.tiles import EdgeKind, Tile, Tiles

# Time of the first round, which knows neighbours by their element alone, in units of a later one.
FIRST_ROUND = 0.4


@dataclass(frozen=True)
class NetworkConfig:
    """Hyper-parameters.

    elements: atomic numbers known, ascending. l_max: of the features inside. channels: per degree. layers: rounds of
    messages. Within cutoff_bohr a message carries every degree and channel; out to far_cutoff_bohr only degrees 1 to
    far_l_max of far_channels mixed channels, from the second round on: what reaches far from whole molecules is their
    low multipoles. An atom sees cutoff_bohr + (layers - 1) * far_cutoff_bohr. far_channels 0: no such messages.
    field_dipoles, field_charges: how many of each an atom has whose field every other atom feels, at any distance
    (`core.model.far_field`); without dipoles there is no such field. neighbours, far_neighbours: by whose root sums
    over neighbours are divided.
    """

    elements: tuple[int, ...]
    l_max: int = 4
    channels: int = 48
    layers: int = 3
    cutoff_bohr: float = 9.0
    far_cutoff_bohr: float = 16.0
    far_l_max: int = 2
    far_channels: int = 16
    radial_size: int = 10
    far_radial_size: int = 16
    radial_hidden: int = 32
    neighbours: float = 12.0
    far_neighbours: float = 20.0
    field_dipoles: int = 0
    field_charges: int = 0

    @property
    def graph_cutoff_bohr(self) -> float:
        """The cutoff that the graph must have."""
        return max(self.far_cutoff_bohr, self.cutoff_bohr) if self.far_channels else self.cutoff_bohr

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, payload: dict) -> "NetworkConfig":
        return cls(**{**payload, "elements": tuple(payload["elements"])})


@dataclass(frozen=True, eq=False)
class Sent:
    """What all atoms have for each other in one round: features, those for far edges, and the answer to the field."""

    features: Tensor
    far: Tensor | None
    field: Tensor | None


class Interaction(nn.Module):
    """One round: messages, two products on the sphere, update, gate."""

    def __init__(self, config: NetworkConfig, l_in: int | None, l_out: int, sphere: SphereProduct) -> None:
        super().__init__()
        n_elements, channels = len(config.elements), config.channels
        near = (config.radial_size, n_elements**2, config.radial_hidden)
        far = (config.far_radial_size, n_elements**2, config.radial_hidden)
        self.convolution: ElementConvolution | FeatureConvolution
        self.far: FarConvolution | None = None
        self.field: FarField | None = None
        if l_in is None:
            self.convolution = ElementConvolution(l_out, channels, *near)
        else:
            self.convolution = FeatureConvolution(l_in, l_out, channels, *near)
            if config.far_channels:
                self.far = FarConvolution(
                    min(l_in, config.far_l_max), min(l_out, config.far_l_max), channels, config.far_channels, *far
                )
            if config.field_dipoles and min(l_in, l_out) > 0:
                self.field = FarField(channels, config.field_dipoles, config.field_charges)
        self.scale = config.neighbours**-0.5
        self.far_scale = config.far_neighbours**-0.5
        self.sphere = sphere
        self.self_connection = ElementDegreeLinear(n_elements, l_out, channels, channels)
        self.message = DegreeLinear(l_out, channels, channels)
        self.factors = nn.ModuleList(ElementDegreeLinear(n_elements, l_out, channels, channels) for _ in range(3))
        self.after = nn.ModuleList(DegreeLinear(l_out, channels, channels) for _ in range(2))
        self.gate = Gate(l_out, channels)
        self.l_out = l_out

    def sent(self, x: Tensor, graph: Graph, cells: FarCells | None) -> Sent:
        """What the atoms, of features x (n_atoms, rows, channels), have for all others in this round."""
        return Sent(
            x,
            None if self.far is None else self.far.sent(x),
            None if self.field is None else self.field(x, graph, cells),
        )

    def forward(self, sent: Sent, tile: Tile) -> Tensor:
        """(n_atoms of the tile, (l_out+1)^2, channels): their features after this round."""
        n_atoms, width = len(tile), (self.l_out + 1) ** 2
        if isinstance(self.convolution, ElementConvolution):
            gathered = self.convolution(tile.near, n_atoms)
        else:
            gathered = self.convolution(sent.features, tile.near, n_atoms)
        gathered = self.message(gathered * self.scale)
        if self.far is not None and sent.far is not None:
            gathered = gathered + pad_rows(self.far(sent.far, tile.far, n_atoms) * self.far_scale, width)
        if sent.field is not None:
            gathered = gathered + pad_rows(tile.of(sent.field), width)
        kept = pad_rows(tile.of(sent.features), width)[:, :width]
        both = bounded(gathered + kept)
        a, b, c = (factor(both, tile.members, tile.back) for factor in self.factors)
        second = self.sphere(a, b)
        third = self.sphere(second, c)
        update = gathered + 0.5 * (self.after[0](second) + self.after[1](third))
        return self.self_connection(kept, tile.members, tile.back) + self.gate(update)


class Head(nn.Module):
    """Linear read-out of one element: (n, (degree+1)^2, channels) -> (n, n_functions), components before m.

    counts[l]: components of each l; those of a degree above `degree` come out as zero.
    """

    def __init__(self, channels: int, counts: list[int], degree: int) -> None:
        super().__init__()
        scale = 0.3 / channels**0.5
        self.counts = counts
        self.weights = nn.ParameterList(nn.Parameter(scale * torch.randn(channels, n)) for n in counts[: degree + 1])

    def forward(self, x: Tensor) -> Tensor:
        known = degrees(x[:, : len(self.weights) ** 2], len(self.weights) - 1)
        parts = [(part @ w).transpose(1, 2).flatten(1) for part, w in zip(known, self.weights, strict=True)]
        missing = sum(n * (2 * l + 1) for l, n in enumerate(self.counts) if l >= len(self.weights))
        return torch.cat([*parts, x.new_zeros((len(x), missing))], dim=1)


class DensityNetwork(nn.Module):
    """Output coordinates of every atom, grouped by element.

    Raises KeyError for an element it was not built for (the caller checks with `core.model.predict`).
    """

    def __init__(self, config: NetworkConfig, basis: AuxiliaryBasis) -> None:
        super().__init__()
        self.config = config
        self.irreps_inside = o3.Irreps([(config.channels, (l, (-1) ** l)) for l in range(config.l_max + 1)])
        shells = {z: [len(s) for s in basis.element(z).exponents] for z in config.elements}
        self.shells = shells
        self.irreps_out = {
            z: o3.Irreps([(n, (l, (-1) ** l)) for l, n in enumerate(counts)]) for z, counts in shells.items()
        }
        l_out = max(len(counts) for counts in shells.values()) - 1
        self.l_out = l_out
        self.embedding = nn.Parameter(torch.randn(len(config.elements), config.channels))
        self.far_radial_basis = RadialBasis(config.far_radial_size, config.far_cutoff_bohr)
        self.radial_basis = RadialBasis(config.radial_size, config.cutoff_bohr)
        # An l_max below the output's still has to speak at every l: the last round always reaches l_out.
        self.degrees = degrees = [config.l_max] * (config.layers - 1) + [max(config.l_max, l_out)]
        self.interactions = nn.ModuleList()
        l_in: int | None = None
        spheres = {l: SphereProduct(l) for l in set(degrees)}
        for degree in degrees:
            self.interactions.append(Interaction(config, l_in, degree, spheres[degree]))
            l_in = degree
        self.heads = nn.ModuleList(
            Head(config.channels, shells[z], degree) for degree in degrees for z in config.elements
        )
        self.scalar_heads = nn.ModuleList(
            nn.Sequential(
                nn.Linear(config.channels, config.channels), nn.SiLU(), nn.Linear(config.channels, shells[z][0])
            )
            for z in config.elements
        )
        self.to_index = {z: i for i, z in enumerate(config.elements)}

    def edge_kinds(self) -> tuple[EdgeKind, EdgeKind | None]:
        """What is needed of near and of far edges; None where the far ones are the near ones."""
        l_top = max(self.config.l_max, self.l_out)
        near = EdgeKind(self.radial_basis, l_top, l_top)
        if not self.config.far_channels:
            return near, None
        return near, EdgeKind(self.far_radial_basis, min(l_top, self.config.far_l_max), None)

    def forward(
        self, graph: Graph, rounds: list[Tensor] | None = None, *, progress: Callable[[float], None] | None = None
    ) -> list[Tensor]:
        """Per element of the config (n_atoms of it, n_functions), rows in the order of the atoms.

        Where no gradient is needed, atoms are taken in tiles and large structures feel the far field by cells, so that
        memory and time grow with their number; the result differs by rounding, and by what `core.model.far_cells` says
        of the far field. rounds: takes the features of all atoms after each round, (n_atoms, (degree+1)^2, channels).
        progress is told the share done.
        """
        device = graph.vectors_bohr.device
        index = torch.full((max(self.config.elements) + 1,), -1, dtype=torch.int64, device=device)
        index[list(self.config.elements)] = torch.arange(len(self.config.elements), device=device)
        species = index[graph.atomic_numbers]
        n_elements = len(self.config.elements)
        tiles = Tiles(graph, species, n_elements, *self.edge_kinds(), self.embedding.dtype)
        cells = None if torch.is_grad_enabled() or not self.config.field_dipoles else FarCells.of(graph)
        x = self.embedding[species][:, None]
        outputs: list[list[Tensor]] = [[] for _ in range(n_elements)]
        for layer, interaction in enumerate(self.interactions):
            heads = list(self.heads)[layer * n_elements : (layer + 1) * n_elements]
            sent = cast(Interaction, interaction).sent(x, graph, cells)
            features: list[Tensor] = []
            read: list[list[Tensor]] = [[] for _ in range(n_elements)]
            for number, tile in enumerate(tiles, 1):
                features.append(interaction(sent, tile))
                for head, members, values in zip(heads, tile.members, read, strict=True):
                    values.append(head(features[-1][members]))
                if progress is not None:
                    progress(_share(layer, number / len(tiles), len(self.interactions)))
            x = _joined(features)
            if rounds is not None:
                rounds.append(x)
            for of_layers, values in zip(outputs, read, strict=True):
                of_layers.append(_joined(values))
        results = []
        for i, values in enumerate(outputs):
            total = torch.stack(values).sum(0)
            scalars = self.scalar_heads[i](x[species == i, 0])
            results.append(torch.cat([total[:, : scalars.shape[1]] + scalars, total[:, scalars.shape[1] :]], dim=1))
        return results

    @property
    def n_parameters(self) -> int:
        return sum(p.numel() for p in self.parameters())


def _joined(parts: list[Tensor]) -> Tensor:
    """The concatenation; a single part as it is."""
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _share(layer: int, of_layer: float, layers: int) -> float:
    """The share of the work that is done with `of_layer` of this layer."""
    done = (FIRST_ROUND if layer else 0.0) + max(layer - 1, 0) + of_layer * (1.0 if layer else FIRST_ROUND)
    return done / (FIRST_ROUND + layers - 1)
