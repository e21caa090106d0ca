"""Potentials for sampling: MMFF94 (RDKit) and GFN2-xTB (tblite).

Each is a `core.data.langevin.Potential`: positions (n_atoms, 3) bohr -> energy in hartree, forces in hartree/bohr.
"""

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


class GFN2:
    """GFN2-xTB (Bannwarth, Ehlert and Grimme, J. Chem. Theory Comput. 15, 1652 (2019)).

    Each evaluation starts from the last one's charges. Raises DataError where it does not converge.
    """

    def __init__(self, atomic_numbers: NDArray[np.int64], positions: Array, charge: int) -> None:
        from tblite.interface import Calculator

        self._calculator = Calculator("GFN2-xTB", atomic_numbers, positions, charge=float(charge))
        self._calculator.set("verbosity", 0)
        self._last: Any = None

    def __call__(self, positions: Array) -> tuple[float, Array]:
        from tblite.exceptions import TBLiteRuntimeError

        try:
            self._calculator.update(positions)
            self._last = self._calculator.singlepoint(self._last)
        except TBLiteRuntimeError as error:
            raise DataError(f"GFN2-xTB failed: {error}.", "The next structure of the stream is tried.") from error
        return float(self._last.get("energy")), -np.asarray(self._last.get("gradient"))
