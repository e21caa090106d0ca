"""Multipole moments of Gaussian shells, and the potential and field of many multipoles at many points.

A moment is Q_lm = integral of rho(r) R_lm(r), R_lm = sqrt(4pi/(2l+1)) S_lm, in e bohr^l (Stone, The Theory of
Intermolecular Forces, 2013, section 2.1); far away the potential is sum_lm Q_lm R_lm(r) / r^(2l+1), and
d/dx_i (S_lm / r^(2l+1)) = -(2l+1)/(2l+3) sum_m' D[i, m, m'] S_(l+1)m' / r^(2l+3), D = gradient_matrix(l+1).
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.gaussian.basis import primitive_norm
from core.gaussian.harmonics import gradient_matrix, solid_harmonics
from core.gaussian.translation import racah, translation_tensor


def shell_moments(l: int, exponents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Q_lm of one normalised function of each exponent, in e bohr^l: its only moment, about its own centre."""
    a = np.asarray(exponents, dtype=np.float64)
    return racah(l) * primitive_norm(l, a) * math.gamma(l + 1.5) / (2.0 * a ** (l + 1.5))


@dataclass(frozen=True)
class MultipoleSums:
    """Multipoles at fixed centres, made ready for sums over all of them at many points. Always float64.

    S_l(R_A - R_B) is a sum of products of harmonics of R_A and of R_B (`translation_tensor`), so that a sum over B is
    a matrix product of the weights |R_A - R_B|^-(2l+1) with columns that are made once. columns[c][l] has shape
    (n_centres, (l+1)^2) for the components c: one for a potential, x, y, z for its gradient.
    """

    origin: Tensor
    columns: tuple[tuple[Tensor, ...], ...]
    first_degree: int

    @classmethod
    def potential(cls, centres: Tensor, moments: list[Tensor]) -> "MultipoleSums":
        """centres (n, 3) in bohr; moments[l] (n, 2l+1), Q_lm in e bohr^l."""
        origin = centres.mean(0)
        harmonics = solid_harmonics(len(moments) - 1, origin - centres)
        columns = tuple(_translated(l, racah(l) * q, harmonics) for l, q in enumerate(moments))
        return cls(origin, (columns,), 0)

    @classmethod
    def gradient(cls, centres: Tensor, moments: list[Tensor]) -> "MultipoleSums":
        """Like `potential`, for the gradient of that potential with respect to the point."""
        origin = centres.mean(0)
        harmonics = solid_harmonics(len(moments), origin - centres)
        components = []
        for axis in range(3):
            columns = []
            for l, q in enumerate(moments):
                raising = torch.as_tensor(gradient_matrix(l + 1)[axis], dtype=q.dtype, device=q.device)
                raised = (-4.0 * math.pi / (2 * l + 3) / racah(l)) * (q @ raising)
                columns.append(_translated(l + 1, raised, harmonics))
            components.append(tuple(columns))
        return cls(origin, tuple(components), 1)

    def of(self, centres: Tensor) -> "MultipoleSums":
        """Of these centres alone; centres: (n,) indices."""
        columns = tuple(tuple(part[centres] for part in component) for component in self.columns)
        return MultipoleSums(self.origin, columns, self.first_degree)

    def __call__(self, points: Tensor, inverse_distance: Tensor) -> Tensor:
        """(n_points, n_components). inverse_distance: (n_points, n_centres), zero where a pair is to be left out."""
        degree = self.first_degree + len(self.columns[0]) - 1
        harmonics = torch.cat(solid_harmonics(degree, points - self.origin), dim=-1)
        inverse_square = inverse_distance.square()
        weights = inverse_distance * inverse_square if self.first_degree else inverse_distance.clone()
        total = points.new_zeros(len(points), len(self.columns))
        for index in range(len(self.columns[0])):
            l = self.first_degree + index
            stacked = torch.cat([columns[index] for columns in self.columns], dim=1)
            sums = (weights @ stacked).reshape(len(points), len(self.columns), (l + 1) ** 2)
            total += torch.einsum("pcj,pj->pc", sums, harmonics[:, : (l + 1) ** 2])
            weights *= inverse_square
        return total


def _translated(l: int, values: Tensor, harmonics: list[Tensor]) -> Tensor:
    """(n, (l+1)^2): coefficients of S_j(R_A), j = 0..l, in sum_m values_m S_lm(R_A - R_B); harmonics at -R_B."""
    parts = []
    for j in range(l + 1):
        tensor = torch.as_tensor(translation_tensor(l, j), dtype=values.dtype, device=values.device)
        parts.append(torch.einsum("nm,mjk,nk->nj", values, tensor, harmonics[l - j]))
    return torch.cat(parts, dim=1)
