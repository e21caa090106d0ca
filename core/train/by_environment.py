"""Force errors by what an atom is and what it is bonded to, and the worst atoms of a set: where a model is weak."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.model.surroundings import Surroundings
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


@dataclass(frozen=True, eq=False)
class AtomErrors:
    """Of the atoms of one structure. environments: element and bonded neighbours of each, "S: C1 H1" for a thiol's
    sulfur; errors: (n_atoms,) length of the force difference, meV/angstrom."""

    structure: str
    environments: tuple[str, ...]
    errors_mev_per_angstrom: NDArray[np.float64]

    @classmethod
    def of(cls, structure: str, molecule: Molecule, difference_hartree_per_bohr: NDArray[np.float64]) -> "AtomErrors":
        """difference: (n_atoms, 3), of the predicted from the true force."""
        lengths = np.linalg.norm(difference_hartree_per_bohr, axis=1) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        return cls(structure, Surroundings.of(molecule).environments, lengths)


def by_environment(structures: Sequence[AtomErrors]) -> dict[str, dict]:
    """Of each kind of atom how many there are, in how many structures, and the mean and largest length of the force
    error, meV/angstrom; the worst kind first."""
    found: dict[str, list[tuple[str, float]]] = {}
    for one in structures:
        for environment, error in zip(one.environments, one.errors_mev_per_angstrom.tolist(), strict=True):
            found.setdefault(environment, []).append((one.structure, error))
    rows = {
        environment: {
            "atoms": len(errors),
            "structures": len({structure for structure, _ in errors}),
            "force_error_mev_per_angstrom": float(np.mean([error for _, error in errors])),
            "largest_mev_per_angstrom": max(error for _, error in errors),
        }
        for environment, errors in found.items()
    }
    return dict(sorted(rows.items(), key=lambda pair: -pair[1]["force_error_mev_per_angstrom"]))


def worst_atoms(structures: Iterable[AtomErrors], most: int) -> list[dict]:
    """The `most` atoms whose forces are farthest off, the worst first; atoms are numbered from 1."""
    rows = [
        {"structure": one.structure, "atom": atom, "environment": environment, "force_error_mev_per_angstrom": error}
        for one in structures
        for atom, (environment, error) in enumerate(
            zip(one.environments, one.errors_mev_per_angstrom.tolist(), strict=True), 1
        )
    ]
    return sorted(rows, key=lambda row: -row["force_error_mev_per_angstrom"])[:most]
