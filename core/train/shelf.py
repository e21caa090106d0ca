"""Arrays of training structures that are too many for memory: kept in one unnamed file, mapped where they are read.

The operating system keeps in memory what fits. The file has no name, so that nothing is left of it, however the run
ends.
"""

import os
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg.blas import get_blas_funcs
from torch import Tensor

from core.errors import DataError

# The file grows, and is mapped, by so much: each mapping takes one of the files that a process may hold open.
PIECE_BYTES = 1 << 30
# Arrays begin at multiples of this.
ALIGNMENT = 64


class Shelf:
    """A file in `folder` (must exist) that grows with the arrays that are kept in it."""

    def __init__(self, folder: Path, *, piece_bytes: int = PIECE_BYTES) -> None:
        self._folder, self._piece_bytes = folder, piece_bytes
        self._file = tempfile.TemporaryFile(dir=folder)
        self._piece, self._used, self._size = np.empty(0, np.uint8), 0, 0

    def keep(self, array: NDArray) -> Tensor:
        """The same numbers, as a tensor of one dimension over the file. Raises DataError where the disk is full."""
        flat = np.ascontiguousarray(array).reshape(-1)
        start = -(-self._used // ALIGNMENT) * ALIGNMENT
        if start + flat.nbytes > self._piece.size:
            self._piece, start = self._grown(max(self._piece_bytes, flat.nbytes)), 0
        kept = self._piece[start : start + flat.nbytes].view(flat.dtype)
        kept[:] = flat
        self._used = start + flat.nbytes
        return torch.from_numpy(kept)

    def _grown(self, size: int) -> NDArray[np.uint8]:
        size = -(-size // os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PAGE_SIZE")
        try:
            # Room is taken at once: a disk that is full later would end the process where it writes to the mapping.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(self._file.fileno(), self._size, size)
            else:
                self._file.truncate(self._size + size)
        except OSError as error:
            raise DataError(
                f"There is no room for the loss matrices in {self._folder}: {error.strerror}.",
                "Make room there, or set RHOSCOPE_DATA_DIR to a larger disk: 6 MB for a structure of 16 atoms.",
            ) from error
        piece = np.memmap(self._file, np.uint8, "r+", self._size, size)
        self._size += size
        return piece


def pack(matrix: NDArray) -> NDArray:
    """Lower triangle of a symmetric matrix (n, n), row by row: (n (n + 1) / 2,)."""
    return matrix[np.tril_indices(len(matrix))]


def packed_times(packed: Tensor, x: Tensor) -> Tensor:
    """M x for the symmetric M whose triangle `pack` gave; x: (n,)."""
    # Row by row of the lower triangle is column by column of the upper one, which is how BLAS counts.
    (multiply,) = get_blas_funcs(("spmv",), (packed.numpy(),))
    return torch.from_numpy(multiply(len(x), 1.0, packed.numpy(), x.detach().numpy()))
