"""Molecule: what every other part is asked about. Frozen; positions in angstrom."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.chem.elements import symbol
from core.errors import StructureError
from core.units import ANGSTROM_IN_BOHR


@dataclass(frozen=True, eq=False)
class Molecule:
    """Nuclei and a total charge.

    atomic_numbers: (n_atoms,) int64. positions_angstrom: (n_atoms, 3) float64. charge: total, in e.
    title is what the file called it: untrusted text, escape it before it meets HTML.

    Raises StructureError where the shapes disagree, there is no atom, or a coordinate is not finite.
    """

    atomic_numbers: NDArray[np.int64]
    positions_angstrom: NDArray[np.float64]
    charge: int = 0
    title: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        numbers = np.array(self.atomic_numbers, dtype=np.int64).reshape(-1)
        positions = np.array(self.positions_angstrom, dtype=np.float64)
        if numbers.size == 0:
            raise StructureError("There is no atom in this structure.", "Give a file with at least one atom.")
        if positions.shape != (numbers.size, 3):
            raise StructureError(
                f"{numbers.size} elements but positions of shape {positions.shape}.",
                "Give one x, y, z triple for each atom.",
            )
        if not np.isfinite(positions).all():
            atom = int(np.flatnonzero(~np.isfinite(positions).all(axis=1))[0]) + 1
            raise StructureError(
                f"A coordinate of atom {atom} is not a finite number.", "Mend that line of the file, in angstrom."
            )
        numbers.setflags(write=False)
        positions.setflags(write=False)
        object.__setattr__(self, "atomic_numbers", numbers)
        object.__setattr__(self, "positions_angstrom", positions)
        object.__setattr__(self, "charge", int(self.charge))

    def __len__(self) -> int:
        return int(self.atomic_numbers.size)

    @property
    def positions_bohr(self) -> NDArray[np.float64]:
        return self.positions_angstrom * ANGSTROM_IN_BOHR

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(symbol(number) for number in self.atomic_numbers.tolist())

    @cached_property
    def element_counts(self) -> dict[str, int]:
        """Atoms of each element, in Hill's order: carbon and hydrogen first where there is carbon, then the alphabet's.

        E. A. Hill, J. Am. Chem. Soc. 22, 478 (1900).
        """
        counts = Counter(self.symbols)
        first = ("C", "H") if "C" in counts else ()
        return {name: counts[name] for name in (*first, *sorted(counts.keys() - set(first))) if name in counts}

    @property
    def electrons(self) -> int:
        return int(self.atomic_numbers.sum()) - self.charge

    @cached_property
    def content_hash(self) -> str:
        """Hex SHA-256 of elements, charge and positions rounded to 1e-6 angstrom; the title does not count."""
        rounded = np.round(self.positions_angstrom, 6) + 0.0
        digest = hashlib.sha256(b"molecule-1")
        digest.update(self.atomic_numbers.astype("<i8").tobytes())
        digest.update(rounded.astype("<f8").tobytes())
        digest.update(str(self.charge).encode())
        return digest.hexdigest()
