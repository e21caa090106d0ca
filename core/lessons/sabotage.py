"""The shipped network with one rule of equivariance broken on purpose, and what each break can and cannot hide.

A twin holds the same weights and the same code; the break is a hook on it. Features are (n_atoms, (l_max+1)^2,
channels), rows of l = 1 in the order y, z, x.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import LessonError
from core.model.checkpoint import TrainedModel
from core.model.layers import Gate, pad_rows, rows

# How strongly absolute positions and axial vectors are mixed in, in features of size about one.
STRENGTH = 0.05


@dataclass(frozen=True)
class Sabotage:
    """what: is done; why: it fails, or does not. survives: which of MOVES leave the residual where it was."""

    key: str
    title: str
    what: str
    why: str
    survives: frozenset[str]


MOVES = ("rotation", "mirror", "shift")

SABOTAGES = (
    Sabotage(
        "positions",
        "Absolute positions",
        "The position of each atom, x + 2 y + 3 z, is added to its scalar features.",
        "Positions change when the molecule is turned, mirrored or shifted; a scalar must not.",
        frozenset(),
    ),
    Sabotage(
        "relu",
        "ReLU on vectors",
        "Components of l > 0 that are negative are set to zero, as ReLU does with every number of an ordinary network.",
        "What is a negative component in one pose is a positive one in another. A shift leaves components alone.",
        frozenset({"shift"}),
    ),
    Sabotage(
        "component",
        "One component lost",
        "Of each feature of l = 2 one combination of the five components is set to zero, the same in every pose.",
        "A rotation mixes the five components of l = 2: losing one is losing a direction in space.",
        frozenset({"shift"}),
    ),
    Sabotage(
        "degree",
        "A whole degree lost",
        "All five components of l = 2 are set to zero.",
        "Nothing jumps: a rotation mixes components of one l only. The network is equivariant still, and wrong.",
        frozenset(MOVES),
    ),
    Sabotage(
        "parity",
        "Wrong parity",
        "Cross products of two vectors are added to the vectors.",
        "A cross product turns like a vector, so every rotation is passed; in a mirror it points the other way.",
        frozenset({"rotation", "shift"}),
    ),
    Sabotage(
        "precision",
        "Half precision",
        "Features are rounded to bfloat16, 2 to 3 digits, after each round of messages.",
        "Rounding a vector does not turn with it: the error is that of the rounding, some 1e-4. Shifts change nothing, "
        "and half a turn about an axis changes signs only.",
        frozenset({"shift"}),
    ),
)


def _rounds(network: nn.Module) -> list[nn.Module]:
    return list(network.interactions)  # type: ignore[arg-type]


def _after_rounds(network: nn.Module, change: Callable[[Tensor], Tensor]) -> None:
    for interaction in _rounds(network):
        interaction.register_forward_hook(lambda module, args, x: change(x))


def _positions(network: nn.Module) -> None:
    def remember(module: nn.Module, args: tuple[Any, ...]) -> None:
        _rounds(module)[0].lesson_positions = args[0].positions_bohr

    def add(module: nn.Module, args: tuple[Any, ...], x: Tensor) -> Tensor:
        _, tile = args
        positions = tile.of(module.lesson_positions).to(x.dtype) @ x.new_tensor([1.0, 2.0, 3.0])
        return x + STRENGTH * pad_rows(positions[:, None, None].expand(-1, 1, x.shape[2]), x.shape[1])

    network.register_forward_pre_hook(remember)
    _rounds(network)[0].register_forward_hook(add)


def _relu(network: nn.Module) -> None:
    for gate in [module for module in network.modules() if isinstance(module, Gate)]:
        gate.register_forward_hook(lambda module, args, x: torch.cat([x[:, :1], x[:, 1:].relu()], dim=1))


def _without(network: nn.Module, lost: slice) -> None:
    def change(x: Tensor) -> Tensor:
        kept = torch.ones(x.shape[1], dtype=x.dtype, device=x.device)
        kept[lost] = 0.0
        return x * kept[:, None]

    _after_rounds(network, change)


def _one_lost(network: nn.Module) -> None:
    lost = torch.arange(1.0, 6.0)
    lost /= lost.norm()

    def change(x: Tensor) -> Tensor:
        own = x[:, rows(2)]
        along = lost.to(x)
        rest = own - along[:, None] * torch.einsum("m,nmc->nc", along, own)[:, None]
        return torch.cat([x[:, :4], rest, x[:, 9:]], dim=1)

    _after_rounds(network, change)


def _parity(network: nn.Module) -> None:
    def change(x: Tensor) -> Tensor:
        vectors = x[:, rows(1)]
        # y, z, x is a cyclic order of x, y, z, so a cross product comes out in the same order.
        axial = torch.linalg.cross(vectors, vectors.roll(1, dims=2), dim=1)
        return torch.cat([x[:, :1], vectors + axial, x[:, 4:]], dim=1)

    _after_rounds(network, change)


def _precision(network: nn.Module) -> None:
    _after_rounds(network, lambda x: x.bfloat16().to(x.dtype))


_BREAKS: dict[str, Callable[[nn.Module], None]] = {
    "positions": _positions,
    "relu": _relu,
    "component": _one_lost,
    "degree": lambda network: _without(network, rows(2)),
    "parity": _parity,
    "precision": _precision,
}


def sabotaged(model: TrainedModel, key: str) -> TrainedModel:
    """A twin of `model` with the sabotage of SABOTAGES that is called `key`. Raises LessonError for another."""
    if key not in _BREAKS:
        raise LessonError(f"There is no sabotage called {key!r}.", f"Choose one of {', '.join(_BREAKS)}.")
    network = copy.deepcopy(model.network)
    _BREAKS[key](network)
    return replace(model, network=network)
