"""Hydroxyls, thiols, ammonium groups and waters that were placed by rule, turned to where their hydrogens do best.

One group after the other, twice through, each to the best of its candidates in a plain energy: point charges and a
penalty on contacts that are too short. Enough to find hydrogen bonds and to leave clashes; no force field is claimed.
Deterministic: the order is that of the atoms. Angstrom, and kcal/mol for the energy.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

Positions = NDArray[np.float64]

REACH_ANGSTROM = 5.5
_STEPS = 24
_ORIENTATIONS = 500
_SWEEPS = 2
_COULOMB = 332.0637
_CHARGES = {6: 0.1, 7: -0.5, 8: -0.5, 15: 1.0, 16: -0.2}
_POLAR_HYDROGEN, _HYDROGEN_ON_CARBON = 0.35, 0.05
# Contacts to a hydrogen below these distances cost _STIFFNESS times the square of what is lacking.
_CLASH = {1: 2.0, 6: 2.4, 7: 1.75, 8: 1.75, 9: 1.6, 15: 2.6, 16: 2.3, 17: 2.1, 35: 2.3, 53: 2.5}
# Hydrogens of different atoms that are nearer were not placed in view of each other.
CROWDED_ANGSTROM = 1.6
# Ions beyond the first shell are screened by it.
_ION_REACH_ANGSTROM = 3.5
_STIFFNESS = 100.0


def turn_rotors(
    molecule: Chem.Mol,
    hydrogens: dict[int, list[Positions]],
    free: Iterable[int],
    ions: Sequence[tuple[Positions, int, float]] = (),
) -> None:
    """Turn the hydrogens of the `free` heavy atoms where they can turn.

    hydrogens: positions of all there are by heavy atom; changed in place. ions: position, atomic number and charge in e
    of what is beside the molecule.
    """
    heavy = np.array(molecule.GetConformer().GetPositions())
    numbers = np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()])
    tree = cKDTree(heavy)
    ion_tree = cKDTree(np.array([position for position, _, _ in ions])) if ions else None
    candidates_of = ((index, _turns(molecule, index, heavy, hydrogens)) for index in sorted(free))
    groups = [(index, turns) for index, turns in candidates_of if turns is not None]
    for _ in range(_SWEEPS):
        for index, turns in groups:
            own = np.array(hydrogens[index]) - heavy[index]
            candidates = np.einsum("rij,hj->rhi", turns, own) + heavy[index]
            skip = {index, *(n.GetIdx() for n in molecule.GetAtomWithIdx(index).GetNeighbors())}
            near = [n for n in sorted(tree.query_ball_point(heavy[index], REACH_ANGSTROM)) if n not in skip]
            around = [(heavy[n], int(numbers[n]), _CHARGES.get(int(numbers[n]), 0.0)) for n in near]
            for n in sorted({*near, *skip} - {index}):
                charge = _HYDROGEN_ON_CARBON if numbers[n] == 6 else _POLAR_HYDROGEN
                around += [(position, 1, charge) for position in hydrogens.get(n, [])]
            if ion_tree is not None:
                around += [ions[k] for k in sorted(ion_tree.query_ball_point(heavy[index], _ION_REACH_ANGSTROM))]
            if around:
                best = int(np.argmin(np.round(_energies(candidates, around), 6)))
                hydrogens[index] = list(candidates[best])


def crowded_by_others(hydrogens: Mapping[int, Sequence[Positions]], among: Iterable[int]) -> set[int]:
    """Those of the heavy atoms `among` of which a hydrogen is on top of one of another atom.

    hydrogens: positions by heavy atom.
    """
    placed = [(index, place) for index, places in hydrogens.items() for place in places if np.isfinite(place).all()]
    if not placed:
        return set()
    owners, tree = [index for index, _ in placed], cKDTree(np.array([place for _, place in placed]))
    pairs = [(owners[one], owners[two]) for one, two in tree.query_pairs(CROWDED_ANGSTROM)]
    return {end for pair in pairs for end in pair if pair[0] != pair[1]} & set(among)


def _turns(
    molecule: Chem.Mol, index: int, heavy: Positions, hydrogens: dict[int, list[Positions]]
) -> NDArray[np.float64] | None:
    """Rotation matrices (n, 3, 3) of a group that can turn, the first the identity; None for one that cannot."""
    atom = molecule.GetAtomWithIdx(index)
    if atom.GetAtomicNum() not in (7, 8, 16) or not hydrogens.get(index) or atom.GetDegree() > 1:
        return None
    if atom.GetDegree() == 0:
        return _orientations()
    other = atom.GetNeighbors()[0]
    planar = any(bond.GetBondTypeAsDouble() > 1 for bond in other.GetBonds() if other.GetAtomicNum() == 6)
    if planar and atom.GetAtomicNum() == 7 or any(bond.GetBondTypeAsDouble() > 1 for bond in atom.GetBonds()):
        return None
    axis = heavy[index] - heavy[other.GetIdx()]
    angles = np.array([0.0, np.pi]) if planar else np.arange(_STEPS) * (2 * np.pi / _STEPS)
    return Rotation.from_rotvec(angles[:, None] * axis / np.linalg.norm(axis)).as_matrix()


@cache
def _orientations() -> NDArray[np.float64]:
    """Rotations spread evenly over all there are: super-Fibonacci spirals, Alexa, CVPR 2022, 8281."""
    place = (np.arange(_ORIENTATIONS) + 0.5) / _ORIENTATIONS
    alpha = 2 * np.pi * place * _ORIENTATIONS / np.sqrt(2.0)
    beta = 2 * np.pi * place * _ORIENTATIONS / 1.533751168755204288118041
    inner, outer = np.sqrt(place), np.sqrt(1 - place)
    spread = np.stack([inner * np.sin(alpha), inner * np.cos(alpha), outer * np.sin(beta), outer * np.cos(beta)], 1)
    return np.concatenate([np.eye(3)[None], Rotation.from_quat(spread).as_matrix()])


def _energies(candidates: Positions, around: list[tuple[Positions, int, float]]) -> NDArray[np.float64]:
    """Energy in kcal/mol of each candidate, (n,), for candidates (n, n_hydrogens, 3)."""
    positions = np.array([position for position, _, _ in around])
    charges = np.array([charge for _, _, charge in around])
    clash = np.array([_CLASH.get(number, 2.4) for _, number, _ in around])
    distances = np.linalg.norm(candidates[:, :, None, :] - positions, axis=-1)
    coulomb = _COULOMB * _POLAR_HYDROGEN * charges / np.maximum(distances, 0.5)
    short = _STIFFNESS * np.maximum(clash - distances, 0.0) ** 2
    return (coulomb + short).sum(axis=(1, 2))
