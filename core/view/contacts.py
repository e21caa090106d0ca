"""Table of the hydrogen bonds of a structure, each with the density at its critical point. Angstrom, e/bohr^3."""

import numpy as np

from core.chem.hydrogen_bonds import Criteria, hydrogen_bonds
from core.chem.topology import Topology
from core.density.critical_points import bond_critical_points
from core.density.density import Density


def hydrogen_bond_table(
    density: Density, topology: Topology | None = None, criteria: Criteria | None = None
) -> dict[str, list]:
    """Columns with one entry a hydrogen bond, the densest first; None where no (3,-1) point was found.

    Atoms are named by `topology` ("SER A 12 OG"), or by element and number from 1 ("O4"). About 20 ms a bond.
    """
    bonds = hydrogen_bonds(density.molecule, criteria)
    points = bond_critical_points(density, np.stack([bonds.hydrogens, bonds.acceptors], axis=1))
    order = np.argsort(-np.nan_to_num(points.densities, nan=-1.0), kind="stable")
    symbols = density.molecule.symbols

    def names(atoms: np.ndarray) -> list[str]:
        return [topology.label(k) if topology else f"{symbols[k]}{k + 1}" for k in atoms[order].tolist()]

    def numbers(values: np.ndarray, digits: int) -> list[float | None]:
        return [round(value, digits) if np.isfinite(value) else None for value in values[order].tolist()]

    return {
        "donor": names(bonds.donors),
        "hydrogen": names(bonds.hydrogens),
        "acceptor": names(bonds.acceptors),
        "hydrogen_acceptor_angstrom": numbers(bonds.hydrogen_acceptor_angstrom, 3),
        "donor_acceptor_angstrom": numbers(bonds.donor_acceptor_angstrom, 3),
        "angle_degrees": numbers(bonds.angles_degrees, 1),
        "density_e_per_bohr3": numbers(points.densities, 5),
        "laplacian_e_per_bohr5": numbers(points.laplacians, 4),
    }
