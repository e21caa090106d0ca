"""The long range of the network: every atom's dipoles felt by every other atom, through the exact field of a dipole.

Near an atom the network learns how messages depend on distance. Far away that dependence is known: the density answers
to the electric field, and a dipole's field falls off as 1/r^3. Here the form is given and only the dipoles (and the
answer to their field) are learned, so what was learned on small clusters holds at any distance. There is no cutoff.
"""

import torch
from torch import Tensor, nn

from core.model.frames import to_e3nn
from core.model.graph import Graph
from core.model.layers import rows

# Fields are in units of a dipole's field at this distance, about that of neighbouring water molecules, bohr.
UNIT_BOHR = 5.3
# Closer than about this, bohr, the field is damped away: what neighbours do is left to the learned messages.
DAMPING_BOHR = 7.0
# The answer to the field starts small against what neighbours say.
START = 0.3
# Pairs of atoms at a time: their tensor stays in a core's cache.
PAIRS = 1 << 15


def dipole_tensor(positions_bohr: Tensor, structures: Tensor, part: slice, dtype: torch.dtype) -> Tensor:
    """(3 n_part, 3 n) T with field = T dipole, components y, z, x, for the field at the atoms of `part`.

    T = (1 - exp(-(r/a)^6)) (3 r r^T / r^2 - 1) / r^3 in UNIT_BOHR^-3; zero between different structures and for an
    atom itself. positions_bohr: (n, 3) in x, y, z; structures: (n,) to which structure each atom belongs.
    """
    vectors = to_e3nn(positions_bohr[part, None] - positions_bohr[None]).to(dtype) / UNIT_BOHR
    square = vectors.square().sum(-1)
    felt = (structures[part, None] == structures[None]) & (square > 0)
    square = torch.where(felt, square, torch.ones_like(square))
    cube = square * square.sqrt()
    damping = -torch.expm1(-cube.square() * (UNIT_BOHR / DAMPING_BOHR) ** 6)
    strength = torch.where(felt, damping / cube, torch.zeros_like(cube))
    along = (3.0 * strength / square)[..., None] * vectors
    tensor = along[:, None, :, :] * vectors.transpose(1, 2)[..., None]
    for axis in range(3):
        tensor[:, axis, :, axis] -= strength
    return tensor.flatten(2).flatten(0, 1)


class DipoleField(nn.Module):
    """Features (n_atoms, (l_in+1)^2, channels) -> (n_atoms, 4, channels): the answer to the field, l = 1 rows only."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.inner = inner
        self.narrow = nn.Parameter(torch.randn(channels, inner) / channels**0.5)
        self.widen = nn.Parameter(START * torch.randn(inner, channels) / inner**0.5)

    def forward(self, x: Tensor, graph: Graph) -> Tensor:
        n, dipoles = len(x), (x[:, rows(1)] @ self.narrow).flatten(0, 1)
        block = max(1, PAIRS // n)
        fields = []
        for start in range(0, n, block):
            with torch.no_grad():
                part = slice(start, start + block)
                tensor = dipole_tensor(graph.positions_bohr, graph.structures, part, x.dtype)
            fields.append(tensor @ dipoles)
        answer = torch.cat(fields).reshape(n, 3, self.inner) @ self.widen
        return torch.cat([torch.zeros_like(answer[:, :1]), answer], dim=1)
