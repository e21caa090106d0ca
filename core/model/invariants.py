"""What the network knows of an atom, in numbers that do not change when the molecule is turned."""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.model.layers import rows

# The last rounds of messages: they hold what the first saw.
ROUNDS = 2


def invariants(rounds: Sequence[Tensor]) -> Tensor:
    """(n_atoms, 2 channels for each of the last ROUNDS): per channel the scalar and the length of the vector.

    rounds: features after each round, (n_atoms, (degree+1)^2, channels). Vectors are what the force on an atom by its
    own electrons comes from.
    """
    parts = [torch.cat([x[:, 0], x[:, rows(1)].square().sum(dim=1).sqrt()], dim=1) for x in rounds[-ROUNDS:]]
    return torch.cat(parts, dim=1)
