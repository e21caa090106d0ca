"""What a structure must be before anything is computed on it. Every refusal says what is wrong and what to do."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.elements import SUPPORTED_ELEMENTS, atomic_number, symbol
from core.errors import ChargeError, StructureError, UnsupportedElementError

SHORTEST_DISTANCE_ANGSTROM = 0.5
LARGEST_COORDINATE_ANGSTROM = 1e5
# More than one elementary charge for each atom, with room for bare ions, is a typing error.
SPARE_CHARGE = 3


def supported_list(supported: Sequence[int] = SUPPORTED_ELEMENTS) -> str:
    return ", ".join(symbol(number) for number in supported)


def signed(charge: int) -> str:
    """A charge as people write it: +1, 0, -1."""
    return f"{charge:+d}" if charge else "0"


def require_atom_count(n_atoms: int, max_atoms: int) -> None:
    """Raises StructureError for none, or more than `max_atoms`."""
    if n_atoms == 0:
        raise StructureError("There is no atom in this structure.", "Give a file with at least one atom.")
    if n_atoms > max_atoms:
        raise StructureError(
            f"{n_atoms:,} atoms are more than the {max_atoms:,} that are accepted.".replace(",", " "),
            "Cut out the part you need, or raise the setting RHOSCOPE_MAX_ATOMS.",
        )


def atomic_numbers_of(symbols: Sequence[str], supported: Sequence[int] = SUPPORTED_ELEMENTS) -> NDArray[np.int64]:
    """(n_atoms,) atomic numbers. Raises UnsupportedElementError, naming what is not supported and where it is."""
    numbers: dict[str, int] = {}
    unknown: list[str] = []
    for label in dict.fromkeys(symbols):
        try:
            numbers[label] = atomic_number(label)
        except KeyError:
            unknown.append(label)
    bad = unknown or [label for label, number in numbers.items() if number not in supported]
    if bad:
        where = symbols.index(bad[0]) + 1
        named = ", ".join((" ".join(label.split())[:12] or "an empty name") for label in bad[:6])
        what = "not an element" if unknown else "not supported"
        raise UnsupportedElementError(
            f"{named}: {what} (first at atom {where}).",
            f"Supported elements: {supported_list(supported)}. Remove or replace the others.",
        )
    return np.array([numbers[label] for label in symbols], dtype=np.int64)


def require_coordinates(positions_angstrom: NDArray[np.float64], called: Callable[[int], str]) -> None:
    """positions_angstrom: (n_atoms, 3). called: what to call an atom in the message.

    Raises StructureError for coordinates that are not finite, or absurdly large.
    """
    finite = np.isfinite(positions_angstrom).all(axis=1)
    if not finite.all():
        raise StructureError(
            f"A coordinate of atom {called(int(np.argmin(finite)))} is not a number.",
            "Mend that atom in the file; coordinates are in angstrom.",
        )
    far = np.abs(positions_angstrom).max(axis=1) > LARGEST_COORDINATE_ANGSTROM
    if far.any():
        raise StructureError(
            f"Atom {called(int(np.argmax(far)))} lies more than {LARGEST_COORDINATE_ANGSTROM:g} angstrom away.",
            "Mend that atom in the file; coordinates are in angstrom.",
        )


def require_sound_positions(
    symbols: Sequence[str], positions_angstrom: NDArray[np.float64], names: Sequence[str] = ()
) -> None:
    """names: what to call the atoms in the message, "GLU A 9 OE2"; their numbers and elements without it.

    Raises StructureError for coordinates that are not finite, absurdly large, or nearer than 0.5 angstrom.
    """

    def called(atom: int) -> str:
        return names[atom] if names else f"{atom + 1} ({symbols[atom]})"

    require_coordinates(positions_angstrom, called)
    if len(positions_angstrom) < 2:
        return
    order = np.lexsort(positions_angstrom.T)
    same = (positions_angstrom[order[1:]] == positions_angstrom[order[:-1]]).all(axis=1)
    if same.any():
        # Identical points would make the tree degenerate, so they are found by sorting.
        at = int(np.argmax(same))
        first, second, distance = int(order[at]), int(order[at + 1]), 0.0
    else:
        distances, neighbours = cKDTree(positions_angstrom).query(positions_angstrom, k=2)
        first = int(np.argmin(distances[:, 1]))
        second, distance = int(neighbours[first, 1]), float(distances[first, 1])
        if distance >= SHORTEST_DISTANCE_ANGSTROM:
            return
    first, second = sorted((first, second))
    raise StructureError(
        f"Atoms {called(first)} and {called(second)} overlap: they are {distance:.2f} angstrom apart.",
        "Remove duplicated atoms or alternate positions, and check that the coordinates are in angstrom.",
    )


def require_closed_shell(atomic_numbers: NDArray[np.int64], charge: int) -> None:
    """Raises ChargeError for an absurd charge, no electrons, or an odd number of them."""
    nuclear, n_atoms = int(atomic_numbers.sum()), int(atomic_numbers.size)
    electrons = nuclear - charge
    if electrons <= 0 or abs(charge) > n_atoms + SPARE_CHARGE:
        what = "leaves no electrons" if electrons <= 0 else "cannot be right"
        raise ChargeError(
            f"A charge of {signed(charge)} on {n_atoms} atoms with {nuclear} protons {what}.",
            "Give the total charge of the structure, in units of the elementary charge.",
        )
    if electrons % 2:
        composition = " ".join(f"{symbol(z)}{n}" for z, n in sorted(Counter(atomic_numbers.tolist()).items()))
        raise ChargeError(
            f"{composition} with charge {signed(charge)} has {electrons} electrons, an odd number: "
            "only closed shells are supported.",
            "Check for missing hydrogens, or give the right charge "
            f"(for instance {signed(charge + 1)} or {signed(charge - 1)}).",
        )
