"""SOAP: turned problems give turned steps, stacks are as good as matrices one by one, a saved state goes on."""

import io

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.train import soap
from core.train.soap import Soap

SHAPE = (6, 5)


def orthogonal(n: int, seed: int) -> Tensor:
    return torch.from_numpy(np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0])


def problem(seed: int = 0) -> tuple[Tensor, Tensor]:
    """Target and curvature of an ill-conditioned least-squares problem, condition number 10^4."""
    rng = np.random.default_rng(seed)
    skew = orthogonal(SHAPE[0], 7) @ torch.diag(torch.logspace(-4, 0, SHAPE[0], dtype=torch.float64))
    return torch.from_numpy(rng.normal(size=SHAPE)), skew @ orthogonal(SHAPE[0], 7).T


def descend(make: object, start: Tensor, target: Tensor, curvature: Tensor, steps: int) -> Tensor:
    parameter = nn.Parameter(start.clone())
    optimiser = make([parameter])  # type: ignore[operator]
    for _ in range(steps):
        optimiser.zero_grad()
        (0.5 * ((parameter - target) * (curvature @ (parameter - target))).sum()).backward()
        optimiser.step()
    return parameter.detach()


def test_a_turned_problem_takes_turned_steps() -> None:
    """Adam works entry by entry, so its steps depend on the axes; those in the eigenbasis of the gradients do not."""
    target, curvature = problem()
    left, right = orthogonal(SHAPE[0], 1), orthogonal(SHAPE[1], 2)
    start = torch.zeros(SHAPE, dtype=torch.float64)

    def apart(make: object) -> float:
        here = descend(make, start, target, curvature, 25)
        there = descend(make, start, left @ target @ right, left @ curvature @ left.T, 25)
        return float((left @ here @ right - there).abs().max())

    assert apart(lambda p: Soap(p, 0.05)) < 1e-5
    assert apart(lambda p: torch.optim.Adam(p, lr=0.05)) > 1e-2


def test_what_curves_unequally_along_hidden_axes_falls_sooner_than_with_adam() -> None:
    target, curvature = problem(3)
    start = torch.zeros(SHAPE, dtype=torch.float64)

    def loss(make: object) -> float:
        error = descend(make, start, target, curvature, 150) - target
        return float((error * (curvature @ error)).sum())

    assert loss(lambda p: Soap(p, 0.03)) < 0.5 * loss(lambda p: torch.optim.Adam(p, lr=0.03))


def network(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 8), nn.SiLU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 300))


def train(net: nn.Module, optimiser: Soap, first: int, steps: int) -> None:
    for step in range(first, first + steps):
        generator = torch.Generator().manual_seed(step)
        x = torch.randn(16, 4, generator=generator)
        optimiser.zero_grad()
        (net(x) - x.sum(1, keepdim=True).sin()).square().mean().backward()
        optimiser.step()


def test_a_saved_state_goes_on_as_if_never_stopped() -> None:
    through, stopped, resumed = network(5), network(5), network(6)
    train(through, Soap(through.parameters(), 3e-3, 1e-2), 0, 24)
    optimiser = Soap(stopped.parameters(), 3e-3, 1e-2)
    train(stopped, optimiser, 0, 13)
    file = io.BytesIO()
    torch.save({"network": stopped.state_dict(), "optimiser": optimiser.state_dict()}, file)
    file.seek(0)
    state = torch.load(file, weights_only=True)
    resumed.load_state_dict(state["network"])
    later = Soap(resumed.parameters(), 3e-3, 1e-2)
    later.load_state_dict(state["optimiser"])
    train(resumed, later, 13, 11)
    for a, b in zip(through.parameters(), resumed.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


def test_a_stack_of_matrices_is_as_good_as_each_alone() -> None:
    rng = np.random.default_rng(11)
    start, gradients = torch.from_numpy(rng.normal(size=(3, 4, 5))), torch.from_numpy(rng.normal(size=(20, 3, 4, 5)))
    whole = nn.Parameter(start.clone())
    single = [nn.Parameter(matrix.clone()) for matrix in start]
    together, alone = Soap([whole], 0.01), [Soap([p], 0.01) for p in single]
    for gradient in gradients:
        whole.grad = gradient.clone()
        together.step()
        for p, optimiser, part in zip(single, alone, gradient, strict=True):
            p.grad = part.clone()
            optimiser.step()
    torch.testing.assert_close(whole.detach(), torch.stack([p.detach() for p in single]))
    assert (whole.detach() - start).abs().max() > 0.05


def test_vectors_are_left_to_adam_and_long_sides_keep_their_axes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bias moves as Adam moves it, one step later: the first step only looks."""
    rng = np.random.default_rng(2)
    gradients = torch.from_numpy(rng.normal(size=(12, 7)))
    own, theirs = nn.Parameter(torch.zeros(7, dtype=torch.float64)), nn.Parameter(torch.zeros(7, dtype=torch.float64))
    optimiser, adam = Soap([own], 0.01), torch.optim.Adam([theirs], lr=0.01, betas=soap.BETAS, eps=soap.EPS)
    own.grad = gradients[0].clone()
    optimiser.step()
    assert not own.detach().any()
    for gradient in gradients:
        own.grad, theirs.grad = gradient.clone(), gradient.clone()
        optimiser.step()
        adam.step()
    torch.testing.assert_close(own.detach(), theirs.detach())
    monkeypatch.setattr(soap, "LONGEST_SIDE", 4)
    long = Soap([nn.Parameter(torch.zeros(9, 3))], 0.01)
    shape = long._shapes[0]
    assert shape.left is None and shape.right is not None
