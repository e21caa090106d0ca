"""Net force and net torque of nought: exact conditions, put into a density as its electron count is.

Nuclei in the density of their own electrons neither push nor turn the whole structure: sum_A F_A = 0 and
sum_A R_A x F_A = 0 (Hellmann-Feynman forces of an exact density; those of a DFT calculation keep it to the error of
its quadrature). A predicted density breaks both. Of all errors that do so the likeliest is taken off, where the field
at each nucleus has an error of its own, all of one size, and another that all nuclei share, of SHARED of its variance:
F_A / Z_A have the covariance 1 + SHARED 1 1^T. So large structures are mended by what all share, small ones by what
each has too. The density takes it up close to each nucleus, in p functions that end before the next one and have no
dipole: no other nucleus feels it (a ten thousandth at the bond of H2, a hundredth at 0.5 angstrom).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import BasisError
from core.forces.hellmann_feynman import force_matrix
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.multipoles import shell_moments

# From the net forces of cut-outs of proteins, 1.3 times what independent errors leave at 45 atoms (0.025), and of whole
# proteins, 3 to 8 times (0.05 to 0.3); on held-out structures it hardly matters between 0.01 and 0.1.
SHARED = 0.05
# Least exponent of the functions that take the change up, bohr^-2: at 1.4 bohr, the shortest bond there is, a ten
# thousandth of them is left.
SMALLEST_EXPONENT = 5.0
# Of the squares of a structure's extents: below this part it is a line, or a point, and nothing turns about it.
THINNEST = 1e-12


@dataclass(frozen=True, eq=False)
class Balanced:
    """density; forces_hartree_per_bohr (n_atoms, 3), which add up to nothing; taken_off_hartree_per_bohr (n_atoms, 3):
    what they are less than before."""

    density: Density
    forces_hartree_per_bohr: NDArray[np.float64]
    taken_off_hartree_per_bohr: NDArray[np.float64]


def balance(density: Density, forces_hartree_per_bohr: NDArray[np.float64]) -> Balanced:
    """`density`, whose forces (n_atoms, 3) are given, with as little change as makes net force and net torque zero."""
    molecule = density.molecule
    off = unbalanced_part(molecule, forces_hartree_per_bohr)
    coefficients = density.coefficients.copy()
    offsets = density.basis.atom_offsets(molecule.atomic_numbers)
    for z in np.unique(molecule.atomic_numbers).tolist():
        atoms = np.flatnonzero(molecule.atomic_numbers == z)
        columns = density.basis.element(z).l_slices[1]
        where = offsets[atoms][:, None] + np.arange(columns.start, columns.stop)
        # Harmonics of l = 1 run y, z, x.
        change = _shape_of_unit_force(density.basis, z)[None, :, None] * off[atoms][:, None, [1, 2, 0]]
        coefficients[where] -= change.reshape(len(atoms), -1)
    return Balanced(Density(molecule, density.basis, coefficients, density.source), forces_hartree_per_bohr - off, off)


def unbalanced_part(molecule: Molecule, forces: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n_atoms, 3) what to take off `forces` (n_atoms, 3), in their unit: the rest has neither net force nor torque.

    d = C M^T (M C M^T)^-1 M F, where M are the three moves and three turns of the whole and C the covariance above.
    About the line that all atoms are on nothing turns.
    """
    charges = molecule.atomic_numbers.astype(np.float64)
    centre = charges**2 @ molecule.positions_bohr / (charges**2).sum()
    places = molecule.positions_bohr - centre
    size = np.sqrt((places**2).sum() / len(places))
    places = places / size if size > 0.0 else places
    moves = np.concatenate([np.broadcast_to(np.eye(3)[:, None], (3, *places.shape)), _turns(places)])
    likely = _times_covariance(charges, moves)
    metric = np.einsum("iac,jac->ij", moves, likely)
    # Moves and turns in units of their own: the former count more and more in large structures.
    units = np.sqrt(np.diag(metric))
    units[units == 0.0] = 1.0
    wanted = np.einsum("iac,ac->i", moves, forces) / units
    factors = np.linalg.pinv(metric / np.outer(units, units), rcond=THINNEST, hermitian=True) @ wanted
    return np.einsum("i,iac->ac", factors / units, likely)


def shares_of(molecule: Molecule) -> NDArray[np.float64]:
    """(n_atoms,) the part of a net force that is taken off each nucleus, 1 in all."""
    charges = molecule.atomic_numbers.astype(np.float64)
    weights = _times_covariance(charges, np.ones((1, len(charges), 1)))[0, :, 0]
    return weights / weights.sum()


def _times_covariance(charges: NDArray[np.float64], forces: NDArray[np.float64]) -> NDArray[np.float64]:
    """The covariance of errors of forces times (n, n_atoms, c) `forces`; its scale does not matter."""
    fields = charges[:, None] * forces
    return charges[:, None] * (fields + SHARED * fields.sum(1, keepdims=True))


def _turns(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, n_atoms, 3) unit turns about x, y and z: e_i x r_A."""
    return np.cross(np.eye(3)[:, None], places[None])


def _shape_of_unit_force(basis: AuxiliaryBasis, atomic_number: int) -> NDArray[np.float64]:
    """(n_exponents of l = 1,) coefficients of one component that pull their own nucleus with one hartree/bohr along it,
    and have no dipole; of those the one whose density is least, in squares. Not 0 only from SMALLEST_EXPONENT on.
    Raises BasisError where there are none."""
    element = basis.element(atomic_number)
    exponents = np.array(element.exponents[1])
    columns = element.l_slices[1]
    pulls = force_matrix(Molecule(np.array([atomic_number]), np.zeros((1, 3))), basis)[0, columns].reshape(-1, 3)[:, 2]
    tight = exponents >= SMALLEST_EXPONENT
    if tight.sum() < 2:
        raise BasisError(
            f"The basis {basis.name} has no two tight p functions on {symbol(atomic_number)}.",
            f"Add exponents of {SMALLEST_EXPONENT:g} bohr^-2 and more: they take up what balances the forces.",
        )
    a = exponents[tight]
    overlap = (2.0 * np.sqrt(np.outer(a, a)) / np.add.outer(a, a)) ** 2.5
    conditions = np.stack([pulls[tight], shell_moments(1, a)])
    shape = np.linalg.solve(overlap, conditions.T)
    coefficients = np.zeros(len(exponents))
    coefficients[tight] = shape @ np.linalg.solve(conditions @ shape, np.array([1.0, 0.0]))
    return coefficients
