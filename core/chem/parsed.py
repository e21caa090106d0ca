"""What every format's parser hands over, before it is judged (`core.chem.validate`) and becomes a Molecule."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ParsedStructure:
    """Atoms as the file has them.

    symbols: one per atom, as written (may not be an element). positions_angstrom: (n_atoms, 3) float64, may hold NaN.
    charge: what the file states, or None where it states nothing. title: the file's own, untrusted.
    residues_without_hydrogens: how many residues should carry hydrogens and have none or too few (PDB and mmCIF).
    may_be_cut_off: the file lacks the record that its format ends with.
    """

    symbols: tuple[str, ...]
    positions_angstrom: NDArray[np.float64]
    charge: int | None = None
    title: str = ""
    residues_without_hydrogens: int = 0
    may_be_cut_off: bool = False
