"""The table of the atoms: who each is and where, the force on it, and how far off that may be.

Columns are named as in files, with their units; `core.csv_text` makes the file, `core.view.tables` what is on the
screen.
"""

import math

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.chem.topology import Topology
from core.model.trust import Trust
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def atom_table(
    molecule: Molecule,
    forces_hartree_per_bohr: NDArray[np.float64],
    topology: Topology | None = None,
    trust: Trust | None = None,
) -> dict[str, list]:
    """Columns with one entry an atom: number from 1, element, position in angstrom, force in meV/angstrom and its size.

    topology: adds chain, residue, its number and the name of the atom, where it has residues. trust: adds the expected
    error of the force and what one in ten such atoms exceeds, meV/angstrom (None where it is not known), and, of an
    atom outside the model's domain, the kinds of its flags.
    """
    columns: dict[str, list] = {"atom": list(range(1, len(molecule) + 1)), "element": list(molecule.symbols)}
    if topology is not None and topology.atom_labels:
        columns |= names_of(topology)
    for axis, values in zip("xyz", molecule.positions_angstrom.T, strict=True):
        columns[f"{axis}_angstrom"] = values.tolist()
    forces = np.asarray(forces_hartree_per_bohr) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    columns |= force_columns("", forces_hartree_per_bohr)
    columns["force_mev_per_angstrom"] = np.linalg.norm(forces, axis=1).tolist()
    if trust is not None:
        columns["expected_error_mev_per_angstrom"] = _known(trust.expected_mev_per_angstrom)
        columns["upper_error_mev_per_angstrom"] = _known(trust.upper_mev_per_angstrom)
        columns["outside"] = _kinds(trust)
    return columns


def names_of(topology: Topology) -> dict[str, list]:
    """Columns with one entry an atom: chain, residue, its number with the insertion code, and the name of the atom."""
    of = [topology.residues[index] for index in topology.residue_of_atom.tolist()]
    return {
        "chain": [residue.chain for residue in of],
        "residue": [residue.name for residue in of],
        "number": [f"{residue.number}{residue.insertion_code}" for residue in of],
        "name": list(topology.atom_names),
    }


def force_columns(whose: str, forces_hartree_per_bohr: NDArray[np.float64]) -> dict[str, list]:
    """The three components of forces (n_atoms, 3), meV/angstrom, one entry an atom. whose: within the names, or
    nothing."""
    components = np.asarray(forces_hartree_per_bohr).T * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    name = f"_{whose}" if whose else ""
    return {f"f{axis}{name}_mev_per_angstrom": own.tolist() for axis, own in zip("xyz", components, strict=True)}


def _known(values: NDArray[np.float64]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _kinds(trust: Trust) -> list[str]:
    """Of each atom why it is outside the domain; empty where it is not."""
    kinds: list[dict[str, None]] = [{} for _ in trust.molecule.symbols]
    for flag in trust.flags:
        for atom in flag.atoms or range(len(kinds)):
            kinds[atom][flag.kind] = None
    return ["; ".join(of) for of in kinds]
