"""Numerical integration of the functional with the basis functions' values kept from cycle to cycle.

PySCF evaluates every basis function at every point of the grid anew in each SCF cycle. Where they fit into memory they
are kept instead; results are the same numbers.
"""

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray
from pyscf import gto
from pyscf.dft.gen_grid import BLKSIZE, Grids
from pyscf.dft.numint import NumInt

# Points of one block: large enough for matrix products, small enough that a block's values stay near the processor.
BLOCK_POINTS = 160 * BLKSIZE
# Of the memory that PySCF may use (`Mole.max_memory`).
KEPT_SHARE = 0.6

Block = tuple[NDArray, Any, NDArray, NDArray]


class KeptValues(NumInt):
    """PySCF's integrator; the basis' values and first derivatives on one grid are kept while it is the same."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[Block] = []
        self._kept_for: tuple[NDArray, int, int] | None = None

    def forget(self) -> None:
        """Let go of what is kept."""
        self._kept, self._kept_for = [], None

    def block_loop(
        self,
        mol: gto.Mole,
        grids: Grids,
        nao: int | None = None,
        deriv: int = 0,
        max_memory: float = 2000,
        non0tab: NDArray | None = None,
        blksize: int | None = None,
        buf: NDArray | None = None,
    ) -> Iterator[Block]:
        """As PySCF's: blocks of (values, mask, weights, points)."""
        if grids.coords is None:
            grids.build(with_non0tab=True)
        points = BLOCK_POINTS if blksize is None else blksize

        def fresh(buffer: NDArray | None) -> Iterator[Block]:
            return NumInt.block_loop(self, mol, grids, nao, deriv, max_memory, non0tab, points, buffer)

        size_mb = 8e-6 * grids.coords.shape[0] * mol.nao * (deriv + 1) * (deriv + 2) * (deriv + 3) / 6
        if deriv > 1 or size_mb > KEPT_SHARE * mol.max_memory or mol is not grids.mol or non0tab is not None:
            yield from fresh(buf)
            return
        kept_for = self._kept_for
        if kept_for is None or kept_for[0] is not grids.coords or kept_for[1:] != (deriv, points):
            self.forget()
            self._kept = [(values.copy(order="K"), *rest) for values, *rest in fresh(None)]
            self._kept_for = (grids.coords, deriv, points)
        yield from self._kept
