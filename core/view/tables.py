"""Tables on the screen: what a column is called, in which unit, how many digits it has, and what it is.

A table made for files has names of columns such as `charge_e`; on the screen they are told in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

Digits = Literal["%d", "%.0f", "%.1f", "%.2f", "%.3f", "%.4f", "%.5f"]
_OF_THE_FORCE = "Hellmann-Feynman force on the nucleus, its component along"
_SHARED = "Atoms share space as their free atoms do (Hirshfeld)."


@dataclass(frozen=True)
class Column:
    """help: what it is, for the mark beside its name. label: in place of its own name. digits: of numbers."""

    help: str
    label: str = ""
    digits: Digits | None = None


COLUMNS: dict[str, Column] = {
    # Of each atom.
    "atom": Column("Number of the atom, in the order of the file.", "Atom"),
    "element": Column("Chemical element.", "Element"),
    "name": Column("Its name within the residue, as in the file.", "Name"),
    **{f"{axis}_angstrom": Column(f"Its position along {axis}.", f"{axis}, Å", "%.3f") for axis in "xyz"},
    **{
        f"f{axis}_mev_per_angstrom": Column(f"{_OF_THE_FORCE} {axis}.", f"F{axis}, meV/Å", "%.1f") for axis in "xyz"
    },
    "force_mev_per_angstrom": Column(
        "Length of the force; of a residue, of the sum over its nuclei.", "Force, meV/Å", "%.1f"
    ),
    "expected_error_mev_per_angstrom": Column(
        "How far off the force is to be expected, by how unlike the training set the surroundings of the atom are.",
        "Expected error, meV/Å", "%.0f",
    ),
    "upper_error_mev_per_angstrom": Column(
        "One in ten atoms like this one is farther off.", "90 % below, meV/Å", "%.0f"
    ),
    "outside": Column(
        "Why it is not to be trusted: what of it training held nothing like, or an ion near by that is not predicted.",
        "Outside",
    ),
    # Of each residue.
    "force_uncertainty_mev_per_angstrom": Column(
        "How far off the force on a residue is on average: the errors expected of its atoms, independent of each "
        "other, and what was taken off for a net force of the structure.", "±, meV/Å", "%.0f",
    ),
    "chain": Column("The chain it belongs to, as in the file.", "Chain"),
    "residue": Column("Its name, as in the file.", "Residue"),
    "number": Column("Its number in the chain, as in the file.", "Number"),
    "atoms": Column("How many atoms it has, hydrogens included.", "Atoms"),
    "charge_e": Column(f"Nuclear charges less electrons. {_SHARED}", "Charge, e", "%.3f"),
    "dipole_debye": Column(
        f"Its own dipole, about the centre of its nuclear charges. {_SHARED}", "Dipole, D", "%.2f"
    ),
    "expected_error_per_atom_mev_per_angstrom": Column(
        "Mean over its atoms of the expected error of a force.", "Error per atom, meV/Å", "%.0f"
    ),
    "atoms_outside_domain": Column("How many of its atoms are unlike all that training held.", "Outside"),
    # Of each hydrogen bond.
    "donor": Column("The atom that the hydrogen is bonded to.", "Donor"),
    "hydrogen": Column("The hydrogen between both.", "Hydrogen"),
    "acceptor": Column("The atom that the hydrogen points to.", "Acceptor"),
    "hydrogen_acceptor_angstrom": Column("From the hydrogen to the acceptor.", "H···A, Å", "%.3f"),
    "donor_acceptor_angstrom": Column("From the donor to the acceptor.", "D···A, Å", "%.3f"),
    "angle_degrees": Column("At the hydrogen; 180° is straight.", "D-H···A, °", "%.1f"),
    "density_e_per_bohr3": Column(
        "Density at the bond critical point, where it is least along the bond and largest across it: the stronger the "
        "bond, the denser.", "ρ, e/a₀³", "%.5f",
    ),
    "laplacian_e_per_bohr5": Column(
        "Laplacian of the density there: positive where electrons are kept apart, as in hydrogen bonds.",
        "∇²ρ, e/a₀⁵", "%.4f",
    ),
    # Of a comparison.
    "Atoms": Column("How many there are of it."),
    "Residue": Column("Name, chain and number, as in the file."),
    "Misplaced, 0.001 e": Column(
        f"Half the integral of |prediction - reference|, its share, in thousandths of an electron. {_SHARED}"
    ),
    "Floor, 0.001 e": Column("The same for the best fit in our functions: no prediction in them is better."),
    "Free atoms, 0.001 e": Column("The same for atoms that do not know of each other: what a prediction begins with."),
    "Force error, meV/Å": Column("Length of predicted less analytic force; of several atoms, the mean."),
    "Held-out force error, meV/Å": Column("Mean error of a component, on molecules that training did not hold."),
    # Of the workshop.
    "l": Column("Degree."),
    "Up to l": Column("Coefficients of higher degrees are left out."),
    "Misplaced, electrons": Column("Half the integral of |difference from all degrees|."),
    "Force off, meV/Å": Column("Mean change of a component of the force, against all degrees."),
    "Norm before": Column("Length of all channels together, before the turn."),
    "Norm now": Column("The same in the new pose."),
    "Relative change": Column("Difference of both, as a share."),
    "Case": Column("What was put before the network."),
    "Rhoscope says": Column("Whether it answers, warns, or refuses."),
    "Expected, meV/Å": Column("Expected error of the worst force."),
    "True, meV/Å": Column("True error of the worst force, against DFT."),
    "Messages": Column("What the network may send: up to which degree, or numbers without any symmetry."),
    "Density error, %": Column("Integral of |difference| by electrons, on molecules that training did not hold."),
    "Off in another pose": Column("Relative difference of a prediction that is turned and one of the turned molecule."),
    "Training, one core": Column("Time of the training."),
    "Parameters": Column("Numbers that training sets."),
}  # fmt: skip


def explained(names: Iterable[str]) -> dict[str, Any]:
    """Streamlit's `column_config` for columns of these names. Raises KeyError for one that COLUMNS does not explain."""
    found = {}
    for name in names:
        column = COLUMNS[name]
        label = column.label or name
        if column.digits is None:
            found[name] = st.column_config.Column(label, help=column.help)
        else:
            found[name] = st.column_config.NumberColumn(label, help=column.help, format=column.digits)
    return found


def show_table(table: Mapping[str, Any] | Sequence[Mapping[str, Any]], **options: Any) -> Any:
    """`st.dataframe` of columns by name, or of rows with the same names, each column with what it is; what is not known
    is a dash. options are Streamlit's."""
    names = table if isinstance(table, Mapping) else table[0]
    return st.dataframe(table, hide_index=True, column_config=explained(names), placeholder="–", **options)
