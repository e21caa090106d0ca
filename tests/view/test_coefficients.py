"""Packed coefficients: read by the documented layout alone, they give the density they were packed from."""

import gzip
import hashlib
import json

import numpy as np
import pytest
from scipy.special import sph_harm_y

from core.chem.examples import examples
from core.chem.prepare.ions import FreeIon
from core.chem.topology import Residue
from core.density.density import Density
from core.density.free_ions import with_free_ions
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from core.gaussian.harmonics import harmonic_norm
from core.view.coefficients import FORMAT, THRESHOLD, pack_coefficients

BASIS = AuxiliaryBasis.load()
MOLECULES = {key: molecule for key, _, molecule in examples()}


def some_density(key: str) -> Density:
    """Coefficients as large as those of predictions, and as diverse."""
    molecule = MOLECULES[key]
    rng = np.random.default_rng(3)
    return Density(molecule, BASIS, 0.05 * rng.standard_normal(BASIS.n_functions(molecule.atomic_numbers)))


def unpack(blob: bytes) -> list[tuple[np.ndarray, list[tuple[int, float, np.ndarray, float]]]]:
    """For each atom its position and its (l, exponent, coefficients, reach)."""
    start = 4 + int.from_bytes(blob[:4], "little")
    header = json.loads(blob[4:start])
    assert header["format"] == FORMAT
    assert start % 8 == 0
    layout = [element["exponents"] for element in header["elements"] for _ in range(element["count"])]
    n_functions = sum((2 * l + 1) * len(shell) for exponents in layout for l, shell in enumerate(exponents))
    positions = np.frombuffer(blob, "<f8", 3 * len(layout), start).reshape(-1, 3)
    values = iter(np.frombuffer(blob, "<f4", n_functions, start + positions.nbytes).tolist())
    reach = iter(np.frombuffer(blob, np.uint8, -1, start + positions.nbytes + 4 * n_functions).tolist())
    atoms = []
    for position, exponents in zip(positions, layout, strict=True):
        shells = [
            (l, a, np.array([next(values) for _ in range(2 * l + 1)]), next(reach) * header["reach_step_bohr"])
            for l, shell in enumerate(exponents)
            for a in shell
        ]
        atoms.append((position, shells))
    assert next(values, None) is None
    assert next(reach, None) is None
    return atoms


def harmonics(l: int, vectors: np.ndarray) -> np.ndarray:
    """(n, 2l+1) unnormalised solid harmonics from SciPy's complex ones, which have the Condon-Shortley sign."""
    radius = np.linalg.norm(vectors, axis=1)
    polar, azimuth = np.arccos(vectors[:, 2] / radius), np.arctan2(vectors[:, 1], vectors[:, 0])
    columns = []
    for m in range(-l, l + 1):
        value = sph_harm_y(l, abs(m), polar, azimuth) * (-1) ** m * (np.sqrt(2) if m else 1.0)
        columns.append((value.imag if m < 0 else value.real) * radius**l / harmonic_norm(l, abs(m)))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("key", ["water-2", "alanine-dipeptide"])
def test_what_is_packed_is_the_density(key: str) -> None:
    density = some_density(key)
    packed = pack_coefficients(density)
    blob = gzip.decompress(packed.compressed)
    assert hashlib.sha256(blob).hexdigest() == packed.digest
    rng = np.random.default_rng(4)
    atoms = density.molecule.positions_bohr
    points = atoms[rng.integers(len(atoms), size=150)] + rng.normal(0.0, 1.5, (150, 3))
    total = np.zeros(len(points))
    for position, shells in unpack(blob):
        vectors = points - position
        square = (vectors**2).sum(1)
        for l, exponent, coefficients, _ in shells:
            total += np.exp(-exponent * square) * (harmonics(l, vectors) @ coefficients)
    expected = density_at_points(density, points)
    assert np.abs(total - expected).max() < 1e-6 * np.abs(expected).max()


def test_beyond_its_reach_a_shell_is_nothing() -> None:
    rng = np.random.default_rng(5)
    directions = rng.standard_normal((200, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    reaches = []
    for _, shells in unpack(gzip.decompress(pack_coefficients(some_density("water-1")).compressed)):
        for l, exponent, coefficients, reach in shells:
            for radius in (reach + 1e-6, reach + 0.5, reach + 2.0):
                values = np.exp(-exponent * radius**2) * (harmonics(l, radius * directions) @ coefficients)
                assert np.abs(values).max() <= THRESHOLD * 1.0001
            reaches.append(reach)
    assert 5.0 < max(reaches) < 20.0


def test_free_ions_and_unlearned_elements_are_there() -> None:
    sodium = FreeIon(Residue("", "NA", 1, kind="ion"), 11, np.array([3.0, 0.0, 0.0]), 1)
    density = with_free_ions(Density.free_atoms(MOLECULES["water-1"], BASIS), [sodium])
    atoms = unpack(gzip.decompress(pack_coefficients(density).compressed))
    assert len(atoms) == 4
    point = density.molecule.positions_bohr[-1] + np.array([[0.7, 0.2, 0.1]])
    total = sum(
        float((np.exp(-a * ((point - at) ** 2).sum(1)) * (harmonics(l, point - at) @ c))[0])
        for at, shells in atoms
        for l, a, c, _ in shells
    )
    assert total == pytest.approx(density_at_points(density, point)[0], rel=1e-6)


def test_a_molecule_is_small_as_coefficients() -> None:
    packed = pack_coefficients(some_density("water-30"))
    assert len(packed.compressed) < 1_000_000 * len(MOLECULES["water-30"]) / 640
