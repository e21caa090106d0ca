"""What the nuclei and the electrons of a file must be before they are compared with a prediction."""

import numpy as np
from numpy.typing import NDArray
from pyscf import gto

from core.chem.elements import HEAVIEST, symbol
from core.chem.molecule import Molecule
from core.chem.validate import atomic_numbers_of, require_closed_shell, require_sound_positions
from core.errors import ResultError
from core.reference.foreign.result import ForeignResult, GaussianOrbitals
from core.reference.foreign.shells import MOST_FUNCTIONS, electrons_of, mole, overlap_of
from core.reference.orbital_values import at_points
from core.units import BOHR_IN_ANGSTROM

MOST_ATOMS = 1000
# Of the electrons that a file says it has: by so much those of its orbitals may differ.
ELECTRON_TOLERANCE = 2e-4
# A nucleus whose density is less than this share of the 1s pair's, 2 Z^3 / pi, has none: a pseudopotential's value is
# a hundredth, the smallest all-electron basis (STO-3G) gives 0.6.
CORE_SHARE = 0.3
_ALL_ELECTRONS = "The prediction has all electrons: calculate this in an all-electron basis, without pseudopotentials."


def require_sound_nuclei(atomic_numbers: NDArray[np.int64], positions_bohr: NDArray[np.float64]) -> None:
    """Raises ResultError, StructureError, UnsupportedElementError."""
    n_atoms = len(atomic_numbers)
    if not 1 <= n_atoms <= MOST_ATOMS:
        raise ResultError(f"The file has {n_atoms:,} atoms.", f"Between one and {MOST_ATOMS:,} atoms are compared.")
    strange = (atomic_numbers < 1) | (atomic_numbers > HEAVIEST)
    if strange.any():
        atom = int(strange.argmax())
        raise ResultError(
            f"Atom {atom + 1} has atomic number {atomic_numbers[atom]}.",
            "Write the file without dummy and ghost atoms.",
        )
    symbols = [symbol(number) for number in atomic_numbers.tolist()]
    atomic_numbers_of(symbols)
    require_sound_positions(symbols, positions_bohr * BOHR_IN_ANGSTROM)


def molecule_of(result: ForeignResult, charge: int) -> Molecule:
    """The molecule that the prediction is made for. Raises ChargeError for an open shell."""
    require_closed_shell(result.atomic_numbers, charge)
    return Molecule(result.atomic_numbers, result.positions_bohr * BOHR_IN_ANGSTROM, charge, result.name)


def sound_orbitals(result: ForeignResult, orbitals: GaussianOrbitals) -> tuple[Molecule, gto.Mole]:
    """The molecule of a file with orbitals, and PySCF's with their functions. Raises ResultError where its electrons do
    not add up to its charge, or leave out the cores; ChargeError for an open shell."""
    if orbitals.occupations.size > 2 * MOST_FUNCTIONS:
        raise ResultError(f"The file has {orbitals.occupations.size:,} orbitals.", "It is damaged.")
    mol = mole(result.atomic_numbers, result.positions_bohr, result.charge or 0, orbitals.shells)
    found = electrons_of(overlap_of(mol), orbitals)
    nuclear = int(result.atomic_numbers.sum())
    expected = nuclear - result.charge if result.charge is not None else round(found)
    if not abs(found - expected) <= ELECTRON_TOLERANCE * max(expected, 1):
        raise ResultError(
            f"The density of the file holds {found:.4f} electrons; for its nuclei and charge it should be {expected}.",
            "It may be cut off, or write its functions in a way that is not known here: try another format.",
        )
    rho = at_points(mol, orbitals.coefficients, orbitals.occupations, result.positions_bohr)
    require_cores(result.atomic_numbers, rho)
    return molecule_of(result, nuclear - expected), mol


def require_cores(atomic_numbers: NDArray[np.int64], at_nuclei: NDArray[np.float64]) -> None:
    """at_nuclei: (n_atoms,) density at each nucleus, e/bohr^3. Raises ResultError where one lacks its 1s pair."""
    bare = (at_nuclei < CORE_SHARE * 2.0 * atomic_numbers**3 / np.pi) & (atomic_numbers > 2)
    if bare.any():
        atom = int(bare.argmax())
        raise no_core(f"{symbol(int(atomic_numbers[atom]))}{atom + 1}")


BROKEN_SYMMETRY = (
    "It is an unrestricted calculation whose spins lie apart; the total density is compared, with a prediction for a "
    "closed shell."
)
FRACTIONAL = "Its orbitals hold fractions of electrons: a correlated density, or a smeared one."


def open_shell(alpha: float, beta: float) -> ResultError:
    return ResultError(
        f"The result is an open shell: {alpha:g} electrons of one spin and {beta:g} of the other.",
        "The models predict closed shells only: calculate the singlet, or another charge.",
    )


def no_core(where: str) -> ResultError:
    return ResultError(
        f"{where} has no core electrons in this file: it was calculated with a pseudopotential, or for valence only.",
        _ALL_ELECTRONS,
    )
