"""Hydrogen bonds of a structure, each with the density at its critical point: table and panel. Angstrom, e/bohr^3."""

import numpy as np
import streamlit as st

from core.chem.hydrogen_bonds import Criteria, hydrogen_bonds
from core.chem.topology import Topology
from core.density.critical_points import bond_critical_points
from core.density.density import Density
from core.view.kept import Kept
from core.view.picture import KEPT_PICTURES, Picture
from core.view.tables import show_table

_tables: Kept[dict[str, list]] = Kept(KEPT_PICTURES)


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


def show_hydrogen_bonds(picture: Picture, topology: Topology | None = None) -> None:
    """The table of `picture`, made once and kept."""
    key = (picture.packed.digest, topology.atom_names if topology else ())
    table = _tables.get(key)
    if table is None:
        with st.spinner("Finding the hydrogen bonds"):
            table = _tables.make(key, lambda: hydrogen_bond_table(picture.predicted.density, topology))
    if not table["donor"]:
        st.caption("There is none: H···A below 2.5 Å and an angle above 120° (Baker and Hubbard, 1984).")
        return
    show_table(table)
    st.caption(
        f"{len(table['donor'])} by H···A below 2.5 Å and an angle above 120° (Baker and Hubbard, 1984). ρ and ∇²ρ "
        "at the bond critical point; none is given where there is no such point between hydrogen and acceptor."
    )
