"""The water sampler: energies against formulas written out here, cuts against brute force, streams that repeat."""

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.data import water as sampler
from core.data.forcefield import ANGLE_DEGREES, BOND_ANGSTROM, WaterDynamics
from core.data.geometry import (
    ANGLE_RANGE_DEGREES,
    BOND_RANGE_ANGSTROM,
    distort_monomers,
    grow_cluster,
    internal_coordinates,
    monomer,
    nearest_cluster,
    random_packing,
    without_clashes,
)
from core.data.rotation import random_rotation
from core.data.water import DEFAULT_SIZES, identities, sample_block, stream_name
from core.errors import DataError

KCAL = 4.184
COULOMB_KJ_NM = 138.935457644  # e^2 / (4 pi epsilon_0), kJ nm / mol


def energy(molecules: np.ndarray) -> float:
    """Energy of the force field at these very positions (start() itself minimises)."""
    dynamics = WaterDynamics.start(molecules, 300.0, 1)
    sites = np.concatenate([molecules, molecules[:, :1]], axis=1).reshape(-1, 3) / 10
    dynamics.context.setPositions(sites)
    dynamics.context.computeVirtualSites()
    return dynamics.potential_energy_kj_per_mol()


def by_hand(molecules: np.ndarray) -> float:
    """q-TIP4P/F, eqs. 1-4 of Habershon et al. (2009), lengths here in angstrom, parameters in kcal/mol as printed."""
    total = 0.0
    for o, *hydrogens in molecules:
        for h in hydrogens:
            x = 2.287 * (np.linalg.norm(h - o) - BOND_ANGSTROM)
            total += 116.09 * KCAL * (x**2 - x**3 + 7 / 12 * x**4)
        a, b = hydrogens[0] - o, hydrogens[1] - o
        angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
        total += 0.5 * 87.85 * KCAL * (angle - np.deg2rad(ANGLE_DEGREES)) ** 2
    for i, first in enumerate(molecules):
        for second in molecules[i + 1 :]:
            r = np.linalg.norm(first[0] - second[0])
            total += 4 * 0.1852 * KCAL * ((3.1589 / r) ** 12 - (3.1589 / r) ** 6)
            for place, charge in charged(first):
                for other, other_charge in charged(second):
                    total += 10 * COULOMB_KJ_NM * charge * other_charge / np.linalg.norm(place - other)
    return float(total)


def charged(molecule: np.ndarray) -> list[tuple[np.ndarray, float]]:
    o, h1, h2 = molecule
    return [(h1, 0.5564), (h2, 0.5564), (0.73612 * o + 0.13194 * (h1 + h2), -1.1128)]


def test_energies_are_those_of_the_paper() -> None:
    rest = monomer((BOND_ANGSTROM, BOND_ANGSTROM), ANGLE_DEGREES)[None]
    assert energy(rest) == pytest.approx(0.0, abs=1e-9)
    rng = np.random.default_rng(4)
    for size in (1, 2, 4):
        molecules = distort_monomers(random_packing(size, rng, tightness=1.1), 0.02, 3.0, rng)
        assert energy(molecules) == pytest.approx(by_hand(molecules), rel=1e-5, abs=1e-4)


def test_dynamics_repeats_itself_and_keeps_molecules_whole() -> None:
    start = random_packing(4, np.random.default_rng(1), tightness=1.1)
    frames = [WaterDynamics.start(start, 350.0, 11, wall_angstrom=5.0).run(0.5) for _ in range(2)]
    other = WaterDynamics.start(start, 350.0, 12, wall_angstrom=5.0).run(0.5)
    assert np.array_equal(frames[0], frames[1]) and not np.allclose(frames[0], other, atol=1e-3)
    lengths, angles = internal_coordinates(frames[0])
    assert ((lengths > 0.8) & (lengths < 1.2)).all() and ((angles > 85) & (angles < 130)).all()


def test_distortions_keep_oxygen_bisector_and_plane() -> None:
    rng = np.random.default_rng(3)
    before = random_packing(5, rng, tightness=1.2)
    for bond, angle in ((0.0, 0.0), (0.025, 3.5), (None, None)):
        after = distort_monomers(before, bond, angle, rng)
        lengths, angles = internal_coordinates(after)
        assert np.array_equal(after[:, 0], before[:, 0])
        assert lengths.min() >= BOND_RANGE_ANGSTROM[0] - 1e-9 and lengths.max() <= BOND_RANGE_ANGSTROM[1] + 1e-9
        assert angles.min() >= ANGLE_RANGE_DEGREES[0] - 1e-9 and angles.max() <= ANGLE_RANGE_DEGREES[1] + 1e-9
        normals = [np.cross(m[:, 1] - m[:, 0], m[:, 2] - m[:, 0]) for m in (before, after)]
        units = [n / np.linalg.norm(n, axis=1, keepdims=True) for n in normals]
        assert np.allclose((units[0] * units[1]).sum(1), 1.0)
    assert np.allclose(distort_monomers(before, 0.0, 0.0, rng), before, atol=1e-9)


def box_of_waters(rng: np.random.Generator, count: int, edge: float) -> np.ndarray:
    centres = rng.uniform(0, edge, (count, 1, 3))
    rest = monomer((BOND_ANGSTROM, BOND_ANGSTROM), ANGLE_DEGREES)
    return centres + np.array([rest @ random_rotation(rng).T for _ in range(count)])


@pytest.mark.parametrize("cut", [nearest_cluster, grow_cluster])
def test_cuts_are_whole_molecules_in_their_nearest_images(cut) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(5)
    edge = 12.0
    frame = box_of_waters(rng, 50, edge)
    cluster = cut(frame, edge, 6, rng)
    assert cluster.shape == (6, 3, 3)
    rest = internal_coordinates(cluster)
    assert np.allclose(rest[0], BOND_ANGSTROM) and np.allclose(rest[1], ANGLE_DEGREES)
    shape = np.linalg.norm(cluster[:, None, 0] - cluster[None, :, 0], axis=-1)
    images = np.stack(np.meshgrid(*[range(-2, 3)] * 3, indexing="ij"), -1).reshape(-1, 3) * edge
    between = frame[:, None, None, 0] - frame[None, :, None, 0] + images
    nearest = np.linalg.norm(between, axis=-1).min(-1)
    for distance in (shape + 99 * np.eye(6)).min(1):
        assert np.abs(nearest - distance).min() < 1e-9


def test_nearest_cluster_leaves_no_nearer_molecule_out() -> None:
    edge, rng = 12.0, np.random.default_rng(6)
    frame = box_of_waters(rng, 50, edge)
    state = rng.bit_generator.state
    cluster = nearest_cluster(frame, edge, 6, rng)
    rng.bit_generator.state = state
    point = rng.uniform(0, edge, 3)
    images = np.stack(np.meshgrid(*[[-2, -1, 0, 1, 2]] * 3, indexing="ij"), -1).reshape(-1, 3) * edge
    distances = np.sort(np.linalg.norm(frame[:, None, 0] + images - point, axis=-1).min(1))
    assert np.allclose(np.sort(np.linalg.norm(cluster[:, 0], axis=-1)), distances[:6])


def test_clashes_are_those_of_a_plain_loop() -> None:
    rng = np.random.default_rng(7)
    limits = {("O", "O"): 2.25, ("O", "H"): 1.40, ("H", "O"): 1.40, ("H", "H"): 1.50}
    seen = set()
    for _ in range(60):
        molecules = box_of_waters(rng, 3, 5.5)
        good = all(
            np.linalg.norm(a - b) >= limits["OHH"[i], "OHH"[j]]
            for m in range(3)
            for n in range(m)
            for i, a in enumerate(molecules[m])
            for j, b in enumerate(molecules[n])
        )
        assert without_clashes(molecules) == good
        seen.add(good)
    assert seen == {True, False}


def test_a_block_repeats_itself_and_differs_from_every_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "BULK_MOLECULES", 27)
    sizes = {1: 1.0, 2: 1.0, 3: 1.0}
    first, again = sample_block(7, 3, sizes), sample_block(7, 3, sizes)
    assert [s.identity for s in first] == [s.identity for s in again]
    assert [s.molecule.content_hash for s in first] == [s.molecule.content_hash for s in again]
    others = [*sample_block(7, 4, sizes), *sample_block(8, 3, sizes)]
    hashes = {s.molecule.content_hash for s in first}
    assert len(hashes) == len(first) >= 20 and not hashes & {s.molecule.content_hash for s in others}
    assert {s.identity for s in first} <= set(identities(7, 3, sizes))
    assert {s.origin.split()[0] for s in first} == {"bulk", "gas", "packing", "monomer"}
    for sample in first:
        check_water(sample.molecule, largest=3)
        assert sample.notes["seed"] == 7 and sample.notes["identity"] == sample.identity


def check_water(molecule: Molecule, largest: int) -> None:
    waters = len(molecule) // 3
    assert molecule.atomic_numbers.tolist() == [8, 1, 1] * waters and 1 <= waters <= largest
    molecules = molecule.positions_angstrom.reshape(-1, 3, 3)
    assert without_clashes(molecules)
    assert np.abs(molecule.positions_angstrom.mean(0)).max() < 1e-5
    lengths, angles = internal_coordinates(molecules)
    assert 0.80 < lengths.min() and lengths.max() < 1.20 and 85 < angles.min() and angles.max() < 130


def test_streams_have_names_of_their_own() -> None:
    assert stream_name(1, DEFAULT_SIZES) == "water-1/default/1"
    assert stream_name(3, {12: 1.0, 20: 2.0}) == "water-1/12:1,20:2/3"
    for sizes in ({}, {0: 1.0}, {21: 1.0}, {2: 0.0}):
        with pytest.raises(DataError, match="cannot be sampled"):
            sample_block(1, 0, sizes)
