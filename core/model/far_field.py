"""The long range of the network: every atom's charges and dipoles felt by every other atom, through their exact fields.

Near an atom the network learns how messages depend on distance. Far away that dependence is known: the density answers
to the electric field, which falls off as 1/r^2 from a charge and as 1/r^3 from a dipole. Here the form is given, and
only the sources and the answer to their field are learned, so what was learned on small systems holds at any distance.
There is no cutoff.
"""

import torch
from torch import Tensor, nn

from core.model.far_cells import FarCells
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
# But no fewer receivers than these.
LEAST_ROWS = 16


def field_tensors(positions_bohr: Tensor, structures: Tensor, part: slice, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """T (3 n_part, 3 n) and t (3 n_part, n): field = T dipoles + t charges at the atoms of `part`; components y, z, x.

    T = s(r) (3 r r^T / r^2 - 1) / r^3 and t = s(r) r / r^3, r from the source, s = 1 - exp(-(r/a)^6), lengths in
    UNIT_BOHR; zero between different structures and for an atom itself. positions_bohr: (n, 3) in x, y, z;
    structures: (n,) to which structure each atom belongs.
    """
    vectors = to_e3nn(positions_bohr[part, None] - positions_bohr[None]).to(dtype) / UNIT_BOHR
    square = vectors.square().sum(-1)
    felt = (structures[part, None] == structures[None]) & (square > 0)
    square = torch.where(felt, square, torch.ones_like(square))
    cube = square * square.sqrt()
    damping = -torch.expm1(-cube.square() * (UNIT_BOHR / DAMPING_BOHR) ** 6)
    strength = torch.where(felt, damping / cube, torch.zeros_like(cube))
    along = (3.0 * strength / square)[..., None] * vectors
    of_dipoles = along[:, None, :, :] * vectors.transpose(1, 2)[..., None]
    for axis in range(3):
        of_dipoles[:, axis, :, axis] -= strength
    of_charges = strength[:, None] * vectors.transpose(1, 2)
    return of_dipoles.flatten(2).flatten(0, 1), of_charges.flatten(0, 1)


def with_total_charge(charges: Tensor, graph: Graph) -> Tensor:
    """charges (n_atoms, channels), shifted evenly within each structure so that every channel sums to its charge."""
    n_structures = len(graph.charges)
    sums = charges.new_zeros(n_structures, charges.shape[1]).index_add_(0, graph.structures, charges)
    atoms = torch.bincount(graph.structures, minlength=n_structures)
    excess = (sums - graph.charges[:, None].to(charges.dtype)) / atoms[:, None]
    return charges - excess[graph.structures]


class FarField(nn.Module):
    """Features (n_atoms, (l_in+1)^2, channels) -> (n_atoms, 4, channels): the answer to the field, l = 1 rows only.

    dipoles, charges: how many of each an atom has; charges may be none.
    """

    def __init__(self, channels: int, dipoles: int, charges: int) -> None:
        super().__init__()
        self.to_dipoles = nn.Parameter(torch.randn(channels, dipoles) / channels**0.5)
        self.from_dipoles = nn.Parameter(START * torch.randn(dipoles, channels) / dipoles**0.5)
        self.to_charges = self.from_charges = None
        if charges:
            self.to_charges = nn.Parameter(torch.randn(channels, charges) / channels**0.5)
            self.from_charges = nn.Parameter(START * torch.randn(charges, channels) / charges**0.5)

    def forward(self, x: Tensor, graph: Graph, cells: FarCells | None = None) -> Tensor:
        """cells: those of the graph, for prediction only; without them every pair is summed."""
        dipoles = x[:, rows(1)] @ self.to_dipoles
        charges = None if self.to_charges is None else with_total_charge(x[:, 0] @ self.to_charges, graph)
        if cells is None:
            answer = self._of_all_pairs(dipoles.flatten(0, 1), charges, graph)
        else:
            field = cells.field(dipoles, charges, UNIT_BOHR, DAMPING_BOHR)
            answer = field[..., : dipoles.shape[2]] @ self.from_dipoles
            if self.from_charges is not None:
                answer = answer + field[..., dipoles.shape[2] :] @ self.from_charges
        return torch.cat([torch.zeros_like(answer[:, :1]), answer], dim=1)

    def _of_all_pairs(self, dipoles: Tensor, charges: Tensor | None, graph: Graph) -> Tensor:
        """(n, 3, channels); dipoles: (3 n, n_dipoles), charges: (n, n_charges)."""
        n = graph.n_atoms
        answers = []
        block = max(LEAST_ROWS, PAIRS // n)
        for start in range(0, n, block):
            with torch.no_grad():
                part = slice(start, start + block)
                of_dipoles, of_charges = field_tensors(graph.positions_bohr, graph.structures, part, dipoles.dtype)
            answer = (of_dipoles @ dipoles) @ self.from_dipoles
            if charges is not None and self.from_charges is not None:
                answer = answer + (of_charges @ charges) @ self.from_charges
            answers.append(answer)
        return torch.cat(answers).reshape(n, 3, -1)
