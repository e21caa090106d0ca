"""Dynamics of harmonic systems, whose distributions are known; constants against CODATA."""

import numpy as np
import pytest
from scipy import constants

from core.data.langevin import (
    BOLTZMANN_HARTREE_PER_KELVIN,
    DALTON,
    FEMTOSECOND,
    Array,
    Langevin,
    masses,
    minimised,
)

OSCILLATORS, STIFFNESS = 400, 0.05


def well(positions: Array) -> tuple[float, Array]:
    return 0.5 * STIFFNESS * float((positions**2).sum()), -STIFFNESS * positions


def morse(positions: Array) -> tuple[float, Array]:
    """Depth 0.1 hartree, width 1 per bohr, along each coordinate."""
    edge = np.exp(-positions)
    return 0.1 * float(((1 - edge) ** 2).sum()), -0.2 * (1 - edge) * edge


def oscillators(kelvin: float, seed: int = 1, **settings: float) -> Langevin:
    """Carbon atoms in a well, with a period of some 65 femtoseconds."""
    weights = masses(np.full(OSCILLATORS, 6))
    return Langevin(well, weights, np.zeros((OSCILLATORS, 3)), kelvin, np.random.default_rng(seed), **settings)


def test_constants_are_those_of_codata() -> None:
    value = constants.physical_constants
    assert pytest.approx(1e-15 / value["atomic unit of time"][0], rel=1e-7) == FEMTOSECOND
    assert pytest.approx(constants.u / constants.m_e, rel=1e-8) == DALTON
    hartree = value["Hartree energy"][0]
    assert pytest.approx(constants.k / hartree, rel=1e-8) == BOLTZMANN_HARTREE_PER_KELVIN


def test_masses_are_a_column_in_electron_masses() -> None:
    found = masses(np.array([1, 8]))
    assert found.shape == (2, 1)
    assert found.ravel() == pytest.approx([1.008 * 1822.888, 15.999 * 1822.888], rel=1e-4)


@pytest.mark.parametrize("kelvin", [150.0, 600.0])
def test_positions_and_velocities_have_the_temperature_asked_for(kelvin: float) -> None:
    """Equipartition: k<x^2> = m<v^2> = k_B T. 1200 coordinates, 40 samples a hundred femtoseconds apart: the error of
    a mean square is below 1 per cent; BAOAB is exact here in x, and short by (omega dt / 2)^2 < 0.3 per cent in v."""
    dynamics = oscillators(kelvin)
    dynamics.run(400)
    squares = []
    for _ in range(40):
        dynamics.run(100)
        squares.append((STIFFNESS * (dynamics.positions**2).mean(),
                        (dynamics.masses * dynamics.velocities**2).mean()))  # fmt: skip
    expected = BOLTZMANN_HARTREE_PER_KELVIN * kelvin
    assert np.mean(squares, axis=0) == pytest.approx([expected, expected], rel=0.03)


def test_velocities_start_from_the_boltzmann_distribution() -> None:
    dynamics = oscillators(300.0)
    found = (dynamics.masses * dynamics.velocities**2).mean() / BOLTZMANN_HARTREE_PER_KELVIN
    assert found == pytest.approx(300.0, rel=5 * np.sqrt(2 / (3 * OSCILLATORS)))


def test_friction_alone_takes_the_energy_away_at_its_rate() -> None:
    """Without noise the amplitude decays as exp(-gamma t / 2)."""
    dynamics = oscillators(0.0, friction_per_femtosecond=0.01)
    dynamics.positions = np.ones((OSCILLATORS, 3))
    dynamics.forces = well(dynamics.positions)[1]

    def energy() -> float:
        return well(dynamics.positions)[0] + 0.5 * float((dynamics.masses * dynamics.velocities**2).sum())

    before = energy()
    dynamics.run(200)
    assert energy() / before == pytest.approx(np.exp(-0.01 * 200), rel=0.1)


def test_without_friction_the_energy_stays_and_the_period_is_that_of_the_mass() -> None:
    weights = masses(np.array([6]))
    dynamics = Langevin(morse, weights, np.full((1, 3), 0.2), 0.0, np.random.default_rng(1), 0.2, 0.0)
    start = morse(dynamics.positions)[0]
    trace = []
    for _ in range(1000):
        dynamics.run(1)
        trace.append(dynamics.positions[0, 0])
        kinetic = 0.5 * float((dynamics.masses * dynamics.velocities**2).sum())
        assert morse(dynamics.positions)[0] + kinetic == pytest.approx(start, rel=2e-4)
    crossings = np.flatnonzero((np.array(trace[:-1]) > 0) & (np.array(trace[1:]) <= 0))
    # Morse: omega = omega_0 sqrt(1 - E/D), with E one coordinate's share.
    omega = np.sqrt(2 * 0.1 / weights[0, 0]) * np.sqrt(1 - start / 3 / 0.1)
    assert np.diff(crossings).mean() * 0.2 == pytest.approx(2 * np.pi / omega / FEMTOSECOND, rel=0.02)


def test_a_seed_is_a_trajectory() -> None:
    first, again, other = oscillators(300.0, 5), oscillators(300.0, 5), oscillators(300.0, 6)
    assert np.array_equal(first.run(50), again.run(50))
    assert not np.allclose(first.positions, other.run(50))


def test_minimising_goes_down_and_no_further_than_the_steps_allow() -> None:
    start = np.full((3, 3), 1.5)
    bottom = minimised(morse, start, steps=100)
    assert bottom.shape == (3, 3) and np.abs(bottom).max() < 1e-4
    assert np.abs(minimised(morse, start, steps=1)).max() > 1e-3
    assert morse(minimised(morse, start, steps=1))[0] < morse(start)[0]
