"""Training on two levels of theory at once.

Structures at a cheaper level are many; their densities are off by about two percent, and alike in alike surroundings.
So one network learns both: its own read-out is the reference level, and what the other level differs by is read from
the same features by heads of its own, which are no part of the model. They begin at nought: a difference costs
something to learn, what both levels have in common does not. They stay beside the model, in a file that a prediction
does not read, so that a later run knows the second level from the start.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from core.errors import DataError
from core.model.graph import Graph
from core.model.network import DensityNetwork, Head

SECOND_LEVEL = "second-level.safetensors"


class TwoLevels(nn.Module):
    """`network`, and the difference of a second level to it."""

    def __init__(self, network: DensityNetwork) -> None:
        super().__init__()
        self.network = network
        channels = network.config.channels
        self.heads = nn.ModuleList(
            nn.ModuleList(Head(channels, network.shells[z], degree) for z in network.config.elements)
            for degree in network.degrees
        )
        self.scalar_heads = nn.ModuleList(
            nn.Sequential(nn.Linear(channels, channels), nn.SiLU(), nn.Linear(channels, network.shells[z][0]))
            for z in network.config.elements
        )
        for parameter in self._read_out():
            nn.init.zeros_(parameter)

    def _read_out(self) -> Iterator[nn.Parameter]:
        yield from self.heads.parameters()
        for head in self.scalar_heads:
            yield from head[-1].parameters()  # type: ignore[index]

    def differences(self) -> dict[str, Tensor]:
        """The weights by name that are not the network's."""
        return {name: p for name, p in self.named_parameters() if not name.startswith("network.")}

    def save_differences(self, folder: Path) -> None:
        """Write SECOND_LEVEL into `folder`."""
        partial = folder / (SECOND_LEVEL + ".partial")
        save_file({name: p.detach().cpu().contiguous() for name, p in self.differences().items()}, partial)
        partial.replace(folder / SECOND_LEVEL)

    def go_on_from(self, folder: Path) -> None:
        """Take over the differences from a model's `folder`, where it has some. Raises DataError for those of another
        network."""
        path = folder / SECOND_LEVEL
        if not path.exists():
            return
        try:
            kept = load_file(path)
            with torch.no_grad():
                for name, own in self.differences().items():
                    own.copy_(kept[name].view_as(own))
        except (OSError, SafetensorError, KeyError, RuntimeError) as error:
            raise DataError(f"{path} does not fit the network.", "Remove it, and the second level is new.") from error

    def forward(self, graph: Graph, second: Tensor | None = None) -> list[Tensor]:
        """As the network's; second: (n_atoms,) bool, atoms of structures at the second level (None: there are none)."""
        if second is None or not bool(second.any()):
            return self.network(graph)
        rounds: list[Tensor] = []
        outputs = self.network(graph, rounds)
        results = []
        for i, (z, output) in enumerate(zip(self.network.config.elements, outputs, strict=True)):
            members = graph.atomic_numbers == z
            of_second = members & second
            difference = torch.stack(
                [heads[i](x[of_second]) for heads, x in zip(self.heads, rounds, strict=True)]  # type: ignore[index]
            ).sum(0)
            scalars = self.scalar_heads[i](rounds[-1][of_second, 0])
            width = scalars.shape[1]
            difference = torch.cat([difference[:, :width] + scalars, difference[:, width:]], dim=1)
            results.append(output.index_add(0, second[members].nonzero().squeeze(1), difference))
        return results
