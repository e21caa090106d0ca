"""Where an atom may be replaced by its multipoles: the distance beyond which that costs less than a stated error.

All orders of multipole that the basis has are kept, so what is left out is penetration alone: the difference between a
Gaussian's potential and that of its moment, (2 pi N / a) S_lm [F_l(t) - Gamma(l+1/2) / (2 t^(l+1/2))] with t = a r^2.
Its field, averaged over directions, is known for every atom from its coefficients (vector spherical harmonics are
orthogonal). An atom's switch distance is where the field left out by such atoms, filling all space beyond it at the
density of condensed matter, all pushing the same way, falls below the tolerance.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from core.density.blocks import element_blocks
from core.density.density import Density
from core.gaussian.basis import primitive_norm
from core.units import BOHR_IN_ANGSTROM

Quantity = Literal["potential", "field"]
# Atoms per bohr^3 in water and in proteins (0.10 per cubic angstrom).
NUMBER_DENSITY = 0.10 * BOHR_IN_ANGSTROM**3
SMALLEST_SWITCH_BOHR = 2.0
LARGEST_SWITCH_BOHR = 40.0
_RADII = np.linspace(SMALLEST_SWITCH_BOHR, LARGEST_SWITCH_BOHR, 77)


def _boys_penetration(n: int, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """F_n(t) less its asymptote: -integral from 1 of u^2n exp(-t u^2) du."""
    return -math.gamma(n + 0.5) * gammaincc(n + 0.5, t) / (2.0 * t ** (n + 0.5))


def _penetration(density: Density, radii: NDArray[np.float64], quantity: Quantity) -> NDArray[np.float64]:
    """(n_atoms, n_radii) what is left out of the "potential" or the "field", root mean square over directions."""
    squares = np.zeros((len(density.molecule), radii.size))
    r = radii[:, None]
    for block in element_blocks(density):
        atoms = block.atoms.numpy()
        for shells in block.shells:
            l, a = shells.l, shells.exponents
            scale = 2.0 * math.pi * primitive_norm(l, a) / a
            value = scale * _boys_penetration(l, a * r**2)
            if quantity == "potential":
                parts = [(1.0, r**l * value)]
            else:
                slope = -2.0 * a * r * scale * _boys_penetration(l + 1, a * r**2)
                parts = [(1.0, l * r ** (l - 1) * value + r**l * slope), (l * (l + 1.0), r ** (l - 1) * value)]
            columns = shells.coefficients.permute(1, 2, 0).reshape(a.size, -1).numpy()
            for weight, part in parts:
                fields = (part @ columns).reshape(radii.size, 2 * l + 1, len(atoms))
                squares[atoms] += weight / (4.0 * math.pi) * np.square(fields).sum(1).T
    return np.sqrt(squares)


def switch_distances(density: Density, tolerance: float, *, quantity: Quantity = "field") -> NDArray[np.float64]:
    """(n_atoms,) bohr: beyond it an atom acts through its multipoles.

    tolerance: of the "field" (hartree/e/bohr) or the "potential" (hartree/e) at any one point.
    """
    left_out = _penetration(density, _RADII, quantity)
    step = _RADII[1] - _RADII[0]
    shell_sums = left_out * (4.0 * math.pi * NUMBER_DENSITY * step) * _RADII**2
    beyond = np.cumsum(shell_sums[:, ::-1], axis=1)[:, ::-1]
    enough = beyond <= tolerance
    first = np.where(enough.any(axis=1), enough.argmax(axis=1), _RADII.size - 1)
    return _RADII[first]
