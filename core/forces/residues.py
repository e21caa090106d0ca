"""What a density says of each residue: charge, dipole, and the force on it with its uncertainty.

Charges and dipoles are Hirshfeld's (`core.density.hirshfeld`), forces Hellmann-Feynman's; atomic units inside.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.chem.topology import Topology
from core.csv_text import csv_text
from core.density.density import Density
from core.density.hirshfeld import HirshfeldAtoms, hirshfeld_atoms
from core.units import E_BOHR_IN_DEBYE, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


@dataclass(frozen=True, eq=False)
class ResidueTable:
    """Rows are residues. charges: (n,) e. dipoles_e_bohr: (n, 3) about the centre of each residue's nuclear charge.

    charges and dipoles are NaN where the density has not been shared (`HirshfeldAtoms.unknown`).
    forces_hartree_per_bohr: (n, 3), the sum over the nuclei of the residue, its own parts included.
    uncertainty_mev_per_angstrom: (n,) how far off that sum is on average (root mean square); NaN where it is not known,
    None where nobody said.
    expected_mev_per_angstrom: (n,) mean over the residue of the expected errors of its atoms' forces, NaN where none is
    known; None where nobody said. outside: (n,) how many of its atoms are outside the model's domain.
    """

    topology: Topology
    charges: NDArray[np.float64]
    dipoles_e_bohr: NDArray[np.float64]
    forces_hartree_per_bohr: NDArray[np.float64]
    uncertainty_mev_per_angstrom: NDArray[np.float64] | None = None
    expected_mev_per_angstrom: NDArray[np.float64] | None = None
    outside: NDArray[np.int64] | None = None

    def with_errors(
        self, expected: NDArray[np.float64], uncertainty: NDArray[np.float64], outside: NDArray[np.bool_]
    ) -> "ResidueTable":
        """With what is expected of each atom, (n_atoms,) error in meV/angstrom or NaN and whether it is outside, and
        of the force on each residue (n,)."""
        n, of = len(self.topology.residues), self.topology.residue_of_atom
        known = np.isfinite(expected)
        counts = np.bincount(of[known], minlength=n)
        sums = np.bincount(of[known], expected[known], minlength=n)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        counted = np.bincount(of[outside], minlength=n)
        return replace(self, uncertainty_mev_per_angstrom=uncertainty, expected_mev_per_angstrom=means, outside=counted)

    def rows(self) -> list[dict[str, str | int | float | None]]:
        """One dictionary a residue, for tables and files: charges in e, dipoles in debye, forces in meV/angstrom."""
        forces = self.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        rows: list[dict[str, str | int | float | None]] = []
        for index, residue in enumerate(self.topology.residues):
            rows.append(
                {
                    "chain": residue.chain,
                    "residue": residue.name,
                    "number": f"{residue.number}{residue.insertion_code}",
                    "force_mev_per_angstrom": _known(float(np.linalg.norm(forces[index])), 1),
                    **self._uncertainty(index),
                    "charge_e": _known(self.charges[index], 4),
                    **self._errors(index),
                    "dipole_debye": _known(float(np.linalg.norm(self.dipoles_e_bohr[index])) * E_BOHR_IN_DEBYE, 3),
                    "atoms": len(self.topology.atoms_of_residue[index]),
                    **{f"f{axis}_mev_per_angstrom": round(float(forces[index, k]), 1) for k, axis in enumerate("xyz")},
                }
            )
        return rows

    def _uncertainty(self, index: int) -> dict[str, float | None]:
        if self.uncertainty_mev_per_angstrom is None:
            return {}
        return {"force_uncertainty_mev_per_angstrom": _known(self.uncertainty_mev_per_angstrom[index], 1)}

    def _errors(self, index: int) -> dict[str, str | int | float | None]:
        if self.expected_mev_per_angstrom is None or self.outside is None:
            return {}
        return {
            "expected_error_per_atom_mev_per_angstrom": _known(self.expected_mev_per_angstrom[index], 1),
            "atoms_outside_domain": int(self.outside[index]),
        }

    def csv(self) -> str:
        """The rows as comma-separated text with a header."""
        rows = self.rows()
        return csv_text(rows[0], [list(row.values()) for row in rows])


def _known(value: float, digits: int) -> float | None:
    return round(float(value), digits) if np.isfinite(value) else None


def residue_table(
    density: Density,
    forces_hartree_per_bohr: NDArray[np.float64],
    topology: Topology,
    atoms: HirshfeldAtoms | None = None,
) -> ResidueTable:
    """forces: (n_atoms, 3) of `density`. atoms: its Hirshfeld atoms, made here where they are not given.

    Raises ValueError where the topology is of another number of atoms.
    """
    molecule = density.molecule
    if len(topology) != len(molecule):
        raise ValueError(f"a topology of {len(topology)} atoms for a molecule of {len(molecule)}")
    atoms = atoms or hirshfeld_atoms(density)
    n, of = len(topology.residues), topology.residue_of_atom
    nuclear = molecule.atomic_numbers.astype(np.float64)
    centres = np.zeros((n, 3))
    np.add.at(centres, of, nuclear[:, None] * molecule.positions_bohr)
    centres /= np.maximum(np.bincount(of, nuclear, minlength=n), 1.0)[:, None]
    charges, dipoles, forces = np.zeros(n), np.zeros((n, 3)), np.zeros((n, 3))
    np.add.at(charges, of, atoms.charges)
    from_centre = molecule.positions_bohr - centres[of]
    np.add.at(dipoles, of, atoms.dipoles_e_bohr + atoms.charges[:, None] * from_centre)
    np.add.at(forces, of, forces_hartree_per_bohr)
    return ResidueTable(topology, charges, dipoles, forces)
