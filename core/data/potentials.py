"""Potentials for sampling: MMFF94 (RDKit) and GFN2-xTB (tblite).

Each is a `core.data.langevin.Potential`: positions (n_atoms, 3) bohr -> energy in hartree, forces in hartree/bohr.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import Mol
from rdkit.Chem.rdForceFieldHelpers import MMFFGetMoleculeForceField, MMFFGetMoleculeProperties

from core.data.langevin import Array
from core.errors import DataError
from core.units import BOHR_IN_ANGSTROM

KILOCALORIE_PER_MOLE_IN_HARTREE = 1 / 627.509474


class MMFF94:
    """Halgren's force field for `graph`, which has a conformer. Raises DataError without parameters."""

    def __init__(self, graph: Mol) -> None:
        properties = MMFFGetMoleculeProperties(graph)
        if properties is None:
            raise DataError("MMFF94 has no parameters for this fragment.", "Leave the piece out of the catalogue.")
        self._field = MMFFGetMoleculeForceField(
            graph, properties, nonBondedThresh=100.0, ignoreInterfragInteractions=False
        )

    def __call__(self, positions: Array) -> tuple[float, Array]:
        flat = (positions * BOHR_IN_ANGSTROM).ravel().tolist()
        # The energy comes first: RDKit's gradient reads distances that only the energy brings up to date.
        energy = self._field.CalcEnergy(flat)
        gradient = np.array(self._field.CalcGrad(flat)).reshape(-1, 3)
        scale = KILOCALORIE_PER_MOLE_IN_HARTREE
        return energy * scale, -gradient * scale * BOHR_IN_ANGSTROM


@cache
def _openmp_of_tblite() -> ctypes.CDLL | None:
    """The OpenMP runtime that tblite is linked to, found through its own library; None where it has none.

    Torch and PySCF bring others, whose number of threads says nothing about this one.
    """
    from tblite import _libtblite

    library = ctypes.CDLL(_libtblite.__file__)
    return library if hasattr(library, "omp_set_num_threads") else None


@contextmanager
def one_thread() -> Iterator[None]:
    """tblite on one thread of the processor: several add up in an order of chance, and dynamics make a new structure of
    that."""
    openmp = _openmp_of_tblite()
    threads = openmp.omp_get_max_threads() if openmp else 1
    try:
        if openmp:
            openmp.omp_set_num_threads(1)
        yield
    finally:
        if openmp:
            openmp.omp_set_num_threads(threads)


@contextmanager
def _failures_named() -> Iterator[None]:
    from tblite.exceptions import TBLiteRuntimeError

    try:
        yield
    except TBLiteRuntimeError as error:
        raise DataError(f"GFN2-xTB failed: {error}.", "The next structure of the stream is tried.") from error


class GFN2:
    """GFN2-xTB (Bannwarth, Ehlert and Grimme, J. Chem. Theory Comput. 15, 1652 (2019)).

    Each evaluation starts from the last one's charges, on one thread. Raises DataError where it does not converge or
    atoms coincide.
    """

    def __init__(self, atomic_numbers: NDArray[np.int64], positions: Array, charge: int) -> None:
        from tblite.interface import Calculator

        with _failures_named(), one_thread():
            self._calculator = Calculator("GFN2-xTB", atomic_numbers, positions, charge=float(charge))
        self._calculator.set("verbosity", 0)
        self._last: Any = None

    def __call__(self, positions: Array) -> tuple[float, Array]:
        with _failures_named(), one_thread():
            self._calculator.update(positions)
            self._last = self._calculator.singlepoint(self._last)
        return float(self._last.get("energy")), -np.asarray(self._last.get("gradient"))
