"""SOAP: Adam in the eigenbasis of Shampoo's preconditioner (Vyas et al., ICLR 2025, arXiv 2409.11321), in batches.

A network of many small matrices, here 64 x 64 per element and degree, would spend its time on calls. So matrices of one
shape are stacked and worked on together; the first axis of a parameter of three is such a stack already.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

BETAS = (0.95, 0.95)
EPS = 1e-8
# Steps between new eigenbases.
REFRESH = 10
# Along a longer side gradients stay as they are: its eigenbasis would cost more than it gives.
LONGEST_SIDE = 256


def _stack(parameter: Tensor) -> Tensor:
    """(n, rows, columns) view; a vector is one row."""
    if parameter.ndim < 2:
        return parameter.reshape(1, 1, -1)
    return parameter.reshape(-1, *parameter.shape[-2:])


@dataclass
class _Side:
    """One side of the matrices of a shape: covariance of the gradients, and its eigenbasis, both (n, side, side)."""

    covariance: Tensor
    basis: Tensor | None = None

    def see(self, product: Tensor, beta: float) -> None:
        self.covariance.lerp_(product, 1.0 - beta)

    def refresh(self) -> Tensor | None:
        """One step of power iteration; (n, side) how the vectors were reordered, None at the first time."""
        if self.basis is None:
            # In float64: gradients of rank one with tiny rest do not converge in float32.
            vectors = torch.linalg.eigh(self.covariance.double()).eigenvectors.flip(-1)
            self.basis = vectors.to(self.covariance.dtype).contiguous()
            return None
        product = self.covariance @ self.basis
        order = torch.argsort((self.basis * product).sum(1), dim=1, descending=True)
        product = torch.gather(product, 2, order[:, None, :].expand_as(product))
        self.basis = torch.linalg.qr(product).Q
        return order


@dataclass
class _Stacks:
    """All parameters of one shape of matrix."""

    parameters: list[nn.Parameter]
    counts: list[int]
    momentum: Tensor
    square: Tensor
    left: _Side | None
    right: _Side | None

    @classmethod
    def of(cls, parameters: list[nn.Parameter]) -> "_Stacks":
        stacks = [_stack(p.detach()) for p in parameters]
        whole = torch.cat(stacks)
        n, rows, columns = whole.shape

        def side(length: int) -> _Side | None:
            return _Side(whole.new_zeros(n, length, length)) if 1 < length <= LONGEST_SIDE and rows > 1 else None

        return cls(
            parameters,
            [len(stack) for stack in stacks],
            torch.zeros_like(whole),
            torch.zeros_like(whole),
            side(rows),
            side(columns),
        )

    def rotated(self, x: Tensor, *, back: bool = False) -> Tensor:
        """x in the eigenbasis, or back from it."""
        if self.left is not None and self.left.basis is not None:
            x = (self.left.basis if back else self.left.basis.mT) @ x
        if self.right is not None and self.right.basis is not None:
            x = x @ (self.right.basis.mT if back else self.right.basis)
        return x

    def refresh(self) -> None:
        for side, axis in ((self.left, 1), (self.right, 2)):
            order = side.refresh() if side is not None else None
            if order is not None:
                order = order[:, :, None] if axis == 1 else order[:, None, :]
                self.square = torch.gather(self.square, axis, order.expand_as(self.square))


class Soap:
    """Optimiser of `parameters`; learning_rate may be set before each step. weight_decay: decoupled, as in AdamW."""

    def __init__(self, parameters: Iterable[nn.Parameter], learning_rate: float, weight_decay: float = 0.0) -> None:
        self.parameters, self.learning_rate, self.weight_decay = list(parameters), learning_rate, weight_decay
        self.steps = 0
        shapes: dict[tuple[int, ...], list[nn.Parameter]] = {}
        for parameter in self.parameters:
            shapes.setdefault(tuple(_stack(parameter).shape[1:]), []).append(parameter)
        self._shapes = [_Stacks.of(members) for members in shapes.values()]

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """The first step only looks at the gradients: there is no eigenbasis before."""
        first = self.steps == 0
        self.steps += 1
        correction = [1.0 - beta ** max(self.steps - 1, 1) for beta in BETAS]
        for shape in self._shapes:
            gradient = torch.cat([_stack(torch.zeros_like(p) if p.grad is None else p.grad) for p in shape.parameters])
            if shape.left is not None:
                shape.left.see(gradient @ gradient.mT, BETAS[1])
            if shape.right is not None:
                shape.right.see(gradient.mT @ gradient, BETAS[1])
            if first:
                shape.refresh()
                continue
            shape.momentum.lerp_(gradient, 1.0 - BETAS[0])
            shape.square.lerp_(shape.rotated(gradient).square_(), 1.0 - BETAS[1])
            mean = shape.rotated(shape.momentum) / correction[0]
            update = shape.rotated(mean.div_((shape.square / correction[1]).sqrt_().add_(EPS)), back=True)
            for parameter, part in zip(shape.parameters, update.split(shape.counts), strict=True):
                parameter.mul_(1.0 - self.learning_rate * self.weight_decay)
                parameter.sub_(part.reshape(parameter.shape), alpha=self.learning_rate)
            if self.steps % REFRESH == 0:
                shape.refresh()

    def state_dict(self) -> dict:
        """Tensors and numbers only."""
        return {
            "steps": self.steps,
            "shapes": [
                {
                    "momentum": shape.momentum,
                    "square": shape.square,
                    **{
                        f"{name}_{what}": getattr(side, what)
                        for name, side in (("left", shape.left), ("right", shape.right))
                        if side is not None
                        for what in ("covariance", "basis")
                    },
                }
                for shape in self._shapes
            ],
        }

    def load_state_dict(self, state: dict) -> None:
        self.steps = int(state["steps"])
        for shape, saved in zip(self._shapes, state["shapes"], strict=True):
            shape.momentum, shape.square = saved["momentum"], saved["square"]
            for name, side in (("left", shape.left), ("right", shape.right)):
                if side is not None:
                    side.covariance, side.basis = saved[f"{name}_covariance"], saved[f"{name}_basis"]
