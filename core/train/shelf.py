"""Arrays of training structures that are too many for memory: kept in one unnamed file, mapped where they are read.

The operating system keeps in memory what fits. The file has no name, so that nothing is left of it, however the run
ends.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg.blas import get_blas_funcs
from torch import Tensor


class Shelf:
    """A file in `folder` (must exist) that grows with every array."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)

    def keep(self, array: NDArray) -> Tensor:
        """The same numbers, as a tensor of one dimension over the file. Changing it changes the file."""
        offset = self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(array).data)
        self._file.flush()
        return torch.from_numpy(np.memmap(self._file, array.dtype, "r+", offset, array.size))


def pack(matrix: NDArray) -> NDArray:
    """Lower triangle of a symmetric matrix (n, n), row by row: (n (n + 1) / 2,)."""
    return matrix[np.tril_indices(len(matrix))]


def packed_times(packed: Tensor, x: Tensor) -> Tensor:
    """M x for the symmetric M whose triangle `pack` gave; x: (n,)."""
    # Row by row of the lower triangle is column by column of the upper one, which is how BLAS counts.
    (multiply,) = get_blas_funcs(("spmv",), (packed.numpy(),))
    return torch.from_numpy(multiply(len(x), 1.0, packed.numpy(), x.detach().numpy()))
