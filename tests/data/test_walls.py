"""Walls: nothing inside the limits, forces that are minus the gradient beyond them, and what each wall holds."""

import numpy as np
import pytest

from core.data.bonds import covalent_radii
from core.data.langevin import Array, Langevin, Potential, masses
from core.data.walls import CONTACT_FACTOR, PROTON_FACTOR, Walled, walled
from core.units import ANGSTROM_IN_BOHR, BOHR_IN_ANGSTROM

# Two waters and a methanol, some 3 angstrom apart: O H H, O H H, C O H H H H.
NUMBERS = np.array([8, 1, 1, 8, 1, 1, 6, 8, 1, 1, 1, 1])
OWNER = np.array([0] * 3 + [1] * 3 + [2] * 6)
BONDS = np.array([[0, 1], [0, 2], [3, 4], [3, 5], [6, 7], [6, 8], [6, 9], [6, 10], [7, 11]])
WATER = np.array([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]])
METHANOL = np.array([[0.0, 0.0, 0.0], [1.42, 0.0, 0.0], [-0.36, 1.03, 0.0], [-0.36, -0.51, 0.89], [-0.36, -0.51, -0.89],
                     [1.74, 0.0, 0.9]])  # fmt: skip
REST = np.concatenate([WATER, WATER + [0.0, -0.5, 3.2], METHANOL + [3.6, 0.8, 0.6]])


def nothing(positions: Array) -> tuple[float, Array]:
    return 0.0, np.zeros_like(positions)


def held(inner: Potential = nothing, reach: float = 3.0) -> Walled:
    return walled(inner, NUMBERS, BONDS, OWNER, reach)


def numerical_forces(potential: Walled, positions: Array, step: float = 1e-4) -> Array:
    forces = np.zeros_like(positions)
    for place in np.ndindex(positions.shape):
        shift = np.zeros_like(positions)
        shift[place] = step
        forces[place] = -(potential(positions + shift)[0] - potential(positions - shift)[0]) / (2 * step)
    return forces


def moved(atoms: list[int], vector: list[float]) -> Array:
    """REST with some atoms shifted, in bohr."""
    shifted = REST.copy()
    shifted[atoms] += vector
    return shifted * ANGSTROM_IN_BOHR


STRETCHED = moved([1], [0.25, 0.0, 0.0])
PRESSED = moved([3, 4, 5], [0.1, 0.6, -2.2])
ASTRAY = moved([6, 7, 8, 9, 10, 11], [4.0, 1.0, 0.0])


def test_inside_the_limits_there_is_only_the_inner_potential() -> None:
    energy, forces = held()(REST * ANGSTROM_IN_BOHR)
    assert energy == 0.0 and not forces.any()
    inner = held(inner=lambda positions: (1.5, np.ones_like(positions)))
    assert inner(REST * ANGSTROM_IN_BOHR)[0] == 1.5 and (inner(REST * ANGSTROM_IN_BOHR)[1] == 1.0).all()
    assert inner(STRETCHED)[0] == pytest.approx(1.5 + held()(STRETCHED)[0])


@pytest.mark.parametrize("positions", [STRETCHED, PRESSED, ASTRAY, STRETCHED + 0.4 * (PRESSED - STRETCHED)],
                         ids=["stretched", "pressed", "astray", "mixed"])  # fmt: skip
def test_forces_are_minus_the_gradient_and_add_up_to_nothing(positions: Array) -> None:
    potential = held()
    energy, forces = potential(positions)
    assert energy > 1e-4
    assert np.allclose(forces, numerical_forces(potential, positions), atol=1e-7)
    assert np.allclose(forces.sum(0), 0.0, atol=1e-12)
    assert np.allclose(np.cross(positions, forces).sum(0), 0.0, atol=1e-11)


def test_the_energy_of_one_stretched_bond() -> None:
    """Half the stiffness, 1 hartree/bohr^2, times the square of what is beyond 1.12 sums of covalent radii."""
    limit = PROTON_FACTOR * covalent_radii(np.array([8, 1])).sum() * ANGSTROM_IN_BOHR
    beyond = np.linalg.norm(STRETCHED[1] - STRETCHED[0]) - limit
    assert beyond > 0.1 and held()(STRETCHED)[0] == pytest.approx(0.5 * beyond**2, rel=1e-9)


def test_only_bonds_that_hold_a_proton_have_an_upper_limit() -> None:
    upper = held().upper * BOHR_IN_ANGSTROM
    assert {tuple(pair) for pair in np.argwhere(np.isfinite(upper)).tolist()} == {
        (0, 1),
        (0, 2),
        (3, 4),
        (3, 5),
        (7, 11),
    }
    assert upper[7, 11] == pytest.approx(1.09, abs=0.03)


def test_contacts_are_between_molecules_and_counted_once() -> None:
    potential = held()
    assert not potential.lower[OWNER[:, None] == OWNER].any()
    assert not np.tril(potential.lower).any() and (potential.lower > 0).sum() == 3 * 3 + 3 * 6 + 3 * 6
    assert potential.lower[0, 4] * BOHR_IN_ANGSTROM == pytest.approx(CONTACT_FACTOR * 2.75, abs=0.06)


def test_a_molecule_gone_astray_is_called_back_by_its_nearest_atom() -> None:
    """Pulled are the pair of atoms nearest to each other and nothing else of the molecule."""
    between = np.linalg.norm(ASTRAY[:6, None] - ASTRAY[None, 6:], axis=-1)
    near, far = np.unravel_index(between.argmin(), between.shape)
    _, forces = held(reach=4.0)(ASTRAY)
    assert np.flatnonzero(np.linalg.norm(forces, axis=1)).tolist() == [near, far + 6]
    assert forces[far + 6] @ (ASTRAY[near] - ASTRAY[far + 6]) > 0
    assert held(reach=100.0)(ASTRAY)[0] == 0.0


def test_one_molecule_has_no_one_to_stay_near() -> None:
    alone = walled(nothing, NUMBERS[:3], BONDS[:2], np.zeros(3, dtype=np.int64), 0.1)
    assert alone(WATER * ANGSTROM_IN_BOHR)[0] == 0.0


def test_walls_alone_keep_hot_atoms_together() -> None:
    """Without any other potential: at 2000 K the protons stay on, and no molecule leaves."""
    bound = walled(nothing, NUMBERS[:6], BONDS[:4], OWNER[:6], 3.0)
    dynamics = Langevin(bound, masses(NUMBERS[:6]), REST[:6] * ANGSTROM_IN_BOHR, 2000.0, np.random.default_rng(1), 0.5)
    for _ in range(20):
        positions = dynamics.run(50) * BOHR_IN_ANGSTROM
        for first, second in BONDS[:4]:
            assert np.linalg.norm(positions[first] - positions[second]) < 1.35
        between = np.linalg.norm(positions[:3, None] - positions[None, 3:], axis=-1)
        assert 1.2 < between.min() < 4.5
