"""The loss of a batch: per structure dz^T M dz, with the gradient it already knows."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from core.train.shelf import packed_times
from core.train.targets import Target


class QuadraticForm(torch.autograd.Function):
    """x^T M x for symmetric M, packed, and x (n,); one product with M serves value and gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, packed: Tensor) -> Tensor:
        product = packed_times(packed, x)
        ctx.save_for_backward(product)
        return x @ product

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        (product,) = ctx.saved_tensors
        return 2.0 * gradient * product, None


def with_electron_count(z: Tensor, charge_row: Tensor, charge_wanted: float) -> Tensor:
    """The nearest z (n,) that holds the right number of electrons."""
    return z + charge_row * ((charge_wanted - charge_row @ z) / (charge_row @ charge_row))


def flatten_outputs(outputs: list[Tensor], species: Tensor) -> Tensor:
    """Outputs per element -> one vector, atom by atom. species: (n_atoms,) index of each atom's element."""
    flat = torch.cat([output.reshape(-1) for output in outputs])
    widths = torch.tensor([output.shape[1] for output in outputs], device=flat.device)
    counts = torch.tensor([output.shape[0] for output in outputs], device=flat.device)
    first = torch.cumsum(counts * widths, 0) - counts * widths
    one_hot = torch.nn.functional.one_hot(species, len(outputs))
    rank = (torch.cumsum(one_hot, 0) - 1).gather(1, species[:, None]).squeeze(1)
    start, width = first[species] + rank * widths[species], widths[species]
    within = torch.arange(int(width.sum()), device=flat.device)
    within = within - torch.repeat_interleave(torch.cumsum(width, 0) - width, width)
    return flat[torch.repeat_interleave(start, width) + within]


def split_structures(flat: Tensor, targets: Sequence[Target]) -> list[Tensor]:
    """One batch vector -> the z of each structure as the network says it."""
    return list(torch.split(flat, [target.z.numel() for target in targets]))


def with_electron_counts(parts: Sequence[Tensor], targets: Sequence[Target]) -> list[Tensor]:
    """The z of each structure with its electron count projected in."""
    return [with_electron_count(z, t.charge_row, t.charge_wanted) for z, t in zip(parts, targets, strict=True)]


def count_loss(parts: Sequence[Tensor], targets: Sequence[Target]) -> Tensor:
    """Mean over structures of the squared error of the electron count before the projection, for each atom."""
    errors = [t.charge_row @ z - t.charge_wanted for z, t in zip(parts, targets, strict=True)]
    atoms = torch.tensor([len(t.graph.atomic_numbers) for t in targets], dtype=errors[0].dtype)
    return (torch.stack(errors) ** 2 / atoms).mean()


def batch_loss(predicted: list[Tensor], targets: list[Target]) -> Tensor:
    """Mean over structures of their weight times dz^T M dz."""
    losses = [t.weight * QuadraticForm.apply(z - t.z, t.loss_matrix) for z, t in zip(predicted, targets, strict=True)]
    return torch.stack(losses).mean()
