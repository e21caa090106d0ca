"""PySCF's quadrature about the atoms: Becke's cells, dense about every nucleus. Bohr."""

import numpy as np
from numpy.typing import NDArray
from pyscf import dft, gto


def becke_points(mol: gto.Mole, level: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (n, 3) and weights (n,) of PySCF's grid `level`, 0 to 9."""
    grids = dft.gen_grid.Grids(mol)
    grids.level = level
    grids.build(with_non0tab=False)
    return np.asarray(grids.coords), np.asarray(grids.weights)
