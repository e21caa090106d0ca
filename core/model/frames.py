"""Rotation of spherical-harmonic features into the frame of an edge, where messages become diagonal in m.

In a frame whose pole lies along the edge, a filter built from Y_l(edge) couples only equal m, and for natural parity
(-1)^l it does so with the same weight for m and -m (Passaro & Zitnick, ICML 2023, "Reducing SO(3) convolutions to
SO(2)"). Positions enter e3nn permuted to (y, z, x), so that the features are the standard real harmonics with
m = -l..l and the pole is z. Frames are functions of the geometry alone: nothing here needs a gradient.
"""

from functools import cache

import torch
from torch import Tensor

from core.model.e3nn_o3 import o3


def to_e3nn(vectors: Tensor) -> Tensor:
    """(..., 3) x, y, z -> (..., 3) y, z, x: e3nn's harmonics of the result are the standard real ones."""
    return vectors[..., [1, 2, 0]]


@cache
def _polar_terms(l: int) -> tuple[Tensor, Tensor]:
    """Matrices A_m, B_m, each (l+1, 2l+1, 2l+1), with exp(beta X) = sum_m cos(m beta) A_m + sin(m beta) B_m.

    X generates rotations about e3nn's first axis; its eigenvalues are +-i m.
    """
    angles = torch.arange(2 * l + 1, dtype=torch.float64) * (2 * torch.pi / (2 * l + 1))
    # From the harmonics themselves, because o3.wigner_D works in torch's default precision.
    points = torch.randn(64, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(l))
    harmonics = o3.spherical_harmonics(l, points, normalize=True)
    turned = o3.spherical_harmonics(l, points @ o3.matrix_x(angles).transpose(-1, -2), normalize=True)
    rotations = torch.linalg.lstsq(harmonics.expand(len(angles), -1, -1), turned).solution.transpose(-1, -2)
    m = torch.arange(l + 1, dtype=torch.float64)
    weight = torch.full((l + 1, 1), 2.0, dtype=torch.float64)
    weight[0] = 1.0
    cosine = weight * torch.cos(m[:, None] * angles) / (2 * l + 1)
    sine = weight * torch.sin(m[:, None] * angles) / (2 * l + 1)
    return torch.einsum("ma,aij->mij", cosine, rotations), torch.einsum("ma,aij->mij", sine, rotations)


def edge_frames(vectors: Tensor, l_max: int) -> list[Tensor]:
    """Per l the orthogonal matrix (n_edges, 2l+1, 2l+1) that takes features from the edge's frame to the molecule's.

    vectors: (n_edges, 3) from receiver to sender, x, y, z, any length but zero. The transpose goes the other way.
    Computed in float64; the caller casts.
    """
    unit = torch.nn.functional.normalize(to_e3nn(vectors.double()), dim=-1)
    alpha, beta = o3.xyz_to_angles(unit)
    frames = []
    for l in range(l_max + 1):
        a, b = _polar_terms(l)
        order = torch.arange(l + 1, dtype=torch.float64, device=unit.device)
        polar = torch.einsum("em,mij->eij", torch.cos(beta[:, None] * order), a.to(unit.device)) + torch.einsum(
            "em,mij->eij", torch.sin(beta[:, None] * order), b.to(unit.device)
        )
        m = torch.arange(-l, l + 1, dtype=torch.float64, device=unit.device)
        # A rotation about the pole turns the pair (m, -m): D[m, m] = cos(m alpha), D[m, -m] = -sin(m alpha).
        cosine, sine = torch.cos(alpha[:, None] * m)[..., None], torch.sin(alpha[:, None] * m)[..., None]
        frames.append(cosine * polar - sine * polar.flip(1))
    return frames
