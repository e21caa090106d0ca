"""Carbons that must bear hydrogens, as their heavy neighbours show, and have none: the hydrogens are not complete.

Docking programs keep polar hydrogens only. Nothing else tells them from a whole set: what is missing looks like double
bonds, or like charge. Angstrom.
"""

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import GetPeriodicTable
from scipy.spatial import cKDTree

HYDROGEN, CARBON = 1, 6
# A bond is shorter than this many sums of covalent radii; one to hydrogen than so many angstrom.
BOND_FACTOR = 1.25
LONGEST_TO_HYDROGEN_ANGSTROM = 1.45
# Carbon monoxide (1.13), cyanide and isocyanides (1.17) end in a bare carbon; C=O is 1.20 and C=N 1.28.
LONGEST_TRIPLE_BOND_ANGSTROM = {7: 1.24, 8: 1.18}
# Nitriles and allenes are straight, 180 degrees, and a cyclooctyne 158; an angle at sp2 is 120 to 135.
STRAIGHT_DEGREES = 145.0
# A carbon is 0.5 angstrom above the plane of its three neighbours where it has a hydrogen, 0.29 in a fullerene.
FLAT_ANGSTROM = 0.33
# Of carbon monoxide or dioxide a bond may be stretched, or the angle bent, on purpose.
FEWEST_ATOMS = 4


def carbons_lacking_hydrogens(
    atomic_numbers: NDArray[np.int64], positions_angstrom: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Indices of carbons without hydrogen that have no more than two neighbours and are not straight, or three and are
    pyramidal.

    atomic_numbers: (n_atoms,), positions_angstrom: (n_atoms, 3). A carbon with a neighbour that is nearer than bonds
    are is not judged.
    """
    numbers = np.asarray(atomic_numbers)
    carbons = np.flatnonzero(numbers == CARBON)
    if not carbons.size:
        return carbons
    radii = np.array([GetPeriodicTable().GetRcovalent(int(number)) for number in numbers])
    near = cKDTree(positions_angstrom).query_ball_point(
        positions_angstrom[carbons], BOND_FACTOR * float(radii.max() + radii[carbons].max())
    )
    found = [
        carbon
        for carbon, around in zip(carbons.tolist(), near, strict=True)
        for others in [np.array([other for other in around if other != carbon], dtype=np.int64)]
        if _lacks(carbon, others, numbers, positions_angstrom, radii)
    ]
    return np.array(found, dtype=np.int64)


def no_carbon_has_hydrogens(atomic_numbers: NDArray[np.int64], positions_angstrom: NDArray[np.float64]) -> bool:
    """Whether carbons lack hydrogens and none has any, in a molecule of carbon and something else.

    One bare carbon among others may be meant so: a carbene, a phenyl anion; so may a distorted molecule of three atoms
    or fewer. Shapes as of `carbons_lacking_hydrogens`.
    """
    carbons = atomic_numbers == CARBON
    if len(atomic_numbers) < FEWEST_ATOMS or carbons.all():
        return False
    if not carbons_lacking_hydrogens(atomic_numbers, positions_angstrom).size:
        return False
    hydrogens = positions_angstrom[atomic_numbers == HYDROGEN]
    if not hydrogens.size:
        return True
    nearest = cKDTree(hydrogens).query(positions_angstrom[carbons])[0]
    return bool(nearest.min() > LONGEST_TO_HYDROGEN_ANGSTROM)


def _lacks(
    carbon: int,
    others: NDArray[np.int64],
    numbers: NDArray[np.int64],
    positions: NDArray[np.float64],
    radii: NDArray[np.float64],
) -> bool:
    bonds = positions[others] - positions[carbon]
    lengths = np.linalg.norm(bonds, axis=1)
    hydrogen = numbers[others] == HYDROGEN
    if np.any(lengths[hydrogen] < LONGEST_TO_HYDROGEN_ANGSTROM):
        return False
    bonded = ~hydrogen & (lengths < BOND_FACTOR * (radii[others] + radii[carbon]))
    bonds, lengths, elements = bonds[bonded], lengths[bonded], numbers[others][bonded]
    if np.any(lengths < 1.0) or len(bonds) > 3:
        return False
    if len(bonds) == 0:
        return True
    if len(bonds) == 1:
        return bool(lengths[0] > LONGEST_TRIPLE_BOND_ANGSTROM.get(int(elements[0]), 0.0))
    directions = bonds / lengths[:, None]
    if len(bonds) == 2:
        cosine = float(np.clip(directions[0] @ directions[1], -1.0, 1.0))
        return bool(np.degrees(np.arccos(cosine)) < STRAIGHT_DEGREES)
    normal = np.cross(bonds[1] - bonds[0], bonds[2] - bonds[0])
    area = float(np.linalg.norm(normal))
    return area > 0 and abs(float(bonds[0] @ normal)) / area > FLAT_ANGSTROM
