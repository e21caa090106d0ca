"""Structures of H and O that the water model must not be trusted on, and such that it may be. Angstrom.

Each bad one says which atoms must be among those flagged; none means the structure as a whole, or any of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from core.chem.examples import examples
from core.chem.molecule import Molecule


@dataclass(frozen=True, eq=False)
class Bad:
    """molecule; atoms: indices that must be flagged; reason: a word that one of the sentences must hold."""

    molecule: Molecule
    atoms: tuple[int, ...]
    reason: str


def water(first: float = 0.9585, second: float = 0.9585, degrees: float = 104.5) -> np.ndarray:
    """(3, 3) O, H, H in the plane of x and y; the bisector of the bonds is x."""
    half = np.radians(degrees) / 2
    return np.array(
        [
            [0.0, 0.0, 0.0],
            [first * np.cos(half), first * np.sin(half), 0.0],
            [second * np.cos(half), -second * np.sin(half), 0.0],
        ]
    )


def molecule(symbols: str, positions: object, charge: int = 0) -> Molecule:
    numbers = np.array([{"H": 1, "O": 8}[symbol] for symbol in symbols])
    return Molecule(numbers, np.asarray(positions, dtype=float), charge)


def _pair(distance: float) -> Molecule:
    """Two waters back to back, oxygens `distance` apart, hydrogens pointing away."""
    other = water() * [-1, 1, 1] - [distance, 0, 0]
    return molecule("OHHOHH", np.concatenate([water(), other]))


def _donated(distance: float) -> Molecule:
    """A water whose hydrogen points at the oxygen of another, H...O `distance` apart."""
    donor = water()
    along = donor[1] / np.linalg.norm(donor[1])
    acceptor = Rotation.from_euler("z", 52.25, degrees=True).apply(water()[:, [0, 2, 1]])
    return molecule("OHHOHH", np.concatenate([donor, acceptor + along * (0.9585 + distance)]))


def _zundel(shift: float) -> Molecule:
    """H5O2+, oxygens 2.4 apart, the shared proton `shift` from the middle."""
    left = water() * [-1, 1, 1] - [1.2, 0, 0]
    right = water()[:, [0, 2, 1]] + [1.2, 0, 0]
    return molecule("OHHOHHH", np.concatenate([left, right, [[shift, 0, 0]]]), 1)


def _shared_between_waters() -> Molecule:
    """Neutral: a proton of one water halfway to the oxygen of the other, 2.5 apart."""
    donor = water(1.25)
    along = donor[1] / np.linalg.norm(donor[1])
    return molecule("OHHOHH", np.concatenate([donor, water()[:, [0, 2, 1]] * [1, 1, 1] + along * 2.5]))


OZONE = [[0.0, 0.0, 0.0], [1.09, 0.67, 0.0], [-1.09, 0.67, 0.0]]
PEROXIDE = [[0.0, 0.73, 0.0], [0.0, -0.73, 0.0], [0.83, 0.88, 0.46], [-0.83, -0.88, 0.46]]
HYDRONIUM = [[0.0, 0.0, 0.1], [0.94, 0.0, -0.2], [-0.47, 0.81, -0.2], [-0.47, -0.81, -0.2]]

BAD = {
    "one bond of 1.6": Bad(molecule("OHH", water(1.6)), (0, 1), "nothing"),
    "both bonds of 1.6": Bad(molecule("OHH", water(1.6, 1.6)), (0, 1, 2), "nothing"),
    "one bond of 1.2": Bad(molecule("OHH", water(1.2)), (0, 1), "1.20"),
    "one bond of 0.78": Bad(molecule("OHH", water(0.78)), (0, 1), "0.78"),
    "straight": Bad(molecule("OHH", water(degrees=179.0)), (0, 1, 2), "angle"),
    "bent to 70 degrees": Bad(molecule("OHH", water(degrees=70.0)), (0, 1, 2), "angle"),
    "hydrogen molecule": Bad(molecule("HH", [[0, 0, 0], [0.74, 0, 0]]), (0, 1), "1 H and no more"),
    "H3 in a row": Bad(molecule("HHH", [[0, 0, 0], [0.93, 0, 0], [1.86, 0, 0]]), (0, 1, 2), "odd number"),
    "H3+ triangle": Bad(molecule("HHH", [[0, 0, 0], [0.87, 0, 0], [0.435, 0.753, 0]], 1), (0, 1, 2), "charge +1"),
    "hydrogen atom beside water": Bad(
        molecule("OHHH", np.concatenate([water(), [[-2.5, 0.0, 0.0]]])), (3,), "odd number"
    ),
    "oxygen atom beside water": Bad(molecule("OHHO", np.concatenate([water(), [[-2.6, 0.0, 0.0]]])), (3,), "nothing"),
    "hydroxyl radical": Bad(molecule("OH", [[0, 0, 0], [0.97, 0, 0]]), (0,), "odd number"),
    "two hydroxyl radicals": Bad(
        molecule("OHOH", [[0, 0, 0], [0.97, 0, 0], [0, 3.2, 0], [-0.97, 3.2, 0]]), (0, 2), "bonded to 1 H and no more"
    ),
    "hydroxide": Bad(molecule("OH", [[0, 0, 0], [0.96, 0, 0]], -1), (0,), "charge -1"),
    "hydronium": Bad(molecule("OHHH", HYDRONIUM, 1), (0,), "charge +1"),
    "hydronium without its charge": Bad(molecule("OHHH", HYDRONIUM, 0), (0,), "odd number"),
    "water, charge +2": Bad(molecule("OHH", water(), 2), (), "charge +2"),
    "hydrogen peroxide": Bad(molecule("OOHH", PEROXIDE), (0, 1), "1 H and 1 O and no more"),
    "ozone": Bad(molecule("OOO", OZONE), (0, 1, 2), "2 O and no more"),
    "oxygen molecule": Bad(molecule("OO", [[0, 0, 0], [1.21, 0, 0]]), (0, 1), "1 O and no more"),
    "oxygens 2.1 apart": Bad(_pair(2.1), (0, 3), "closer than any"),
    "oxygens 1.8 apart": Bad(_pair(1.8), (0, 3), "closer than any"),
    "hydrogen bond of 1.3": Bad(_donated(1.3), (1, 3), "closer than any"),
    "proton halfway, charged": Bad(_zundel(0.0), (6,), "charge +1"),
    "proton a third of the way, charged": Bad(_zundel(-0.2), (6,), "charge +1"),
    "proton halfway, neutral": Bad(_shared_between_waters(), (1,), "1.25"),
}


def good() -> dict[str, Molecule]:
    """What a water model is for: waters at rest, alone, apart, in clusters, somewhat strained, and in a droplet."""
    return {
        "water": molecule("OHH", water()),
        "water, strained": molecule("OHH", water(0.93, 1.0, 100.0)),
        "two waters 8 apart": molecule("OHHOHH", np.concatenate([water(), water() + [8.0, 0, 0]])),
        "hydrogen bond of 1.95": _donated(1.95),
        "hydrogen bond of 1.7": _donated(1.7),
        **{label: example for key, label, example in examples() if key.startswith("water-")},
    }
