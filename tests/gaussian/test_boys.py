"""Boys function against the incomplete gamma function at any precision, and its own differential equation."""

import mpmath
import numpy as np
import pytest
import torch

from core.gaussian.boys import T_ASYMPTOTIC, boys

ARGUMENTS = np.concatenate(
    [[0.0, 1e-300, 1e-12, 1e-3], np.linspace(0.01, 66.0, 97), [T_ASYMPTOTIC - 1e-9, T_ASYMPTOTIC, 1e3, 1e5, 1e8]]
)


def exact(n: int, t: float) -> float:
    with mpmath.workdps(40):
        if t < 1e-8:
            return float(mpmath.mpf(1) / (2 * n + 1) - mpmath.mpf(t) / (2 * n + 3))
        t = mpmath.mpf(t)
        return float(mpmath.gammainc(n + 0.5, 0, t) / (2 * t ** (n + 0.5)))


@pytest.mark.parametrize("n", range(8))
def test_double_precision_is_exact_to_rounding(n):
    expected = np.array([exact(n, t) for t in ARGUMENTS])
    np.testing.assert_allclose(boys(7, torch.tensor(ARGUMENTS))[n].numpy(), expected, rtol=2e-14)


@pytest.mark.parametrize("n", range(6))
def test_single_precision_is_stable_for_all_arguments(n):
    arguments = ARGUMENTS.astype(np.float32)
    expected = np.array([exact(n, float(t)) for t in arguments])
    ours = boys(5, torch.tensor(arguments))[n].double().numpy()
    np.testing.assert_allclose(ours, expected, rtol=2e-6, atol=1e-37)


def test_each_order_does_not_depend_on_the_highest():
    t = torch.tensor(ARGUMENTS)
    torch.testing.assert_close(boys(2, t), boys(6, t)[:3], rtol=1e-13, atol=0)
