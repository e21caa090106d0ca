"""Packing: what comes out is what went in, to the stated resolution, and the browser's layout is as documented."""

import gzip
import json

import numpy as np
import pytest

from core.density.grid import UniformGrid
from core.errors import DataError
from core.units import BOHR_IN_ANGSTROM
from core.view.field import DIFFERENCE, POTENTIAL, pack_field, unpack_field

GRID = UniformGrid(np.array([-1.0, 2.0, 0.5]), 0.25, (7, 5, 9))


def density_like(seed: int = 0) -> np.ndarray:
    """Values over nine decades, as a density has them, with the zeros of far away."""
    rng = np.random.default_rng(seed)
    values = 10.0 ** rng.uniform(-7, 2.5, GRID.shape)
    values[0, 0, :3] = 0.0
    return values


def test_density_survives_to_a_part_in_a_thousand() -> None:
    values = density_like()
    _, unpacked = unpack_field(pack_field(values, GRID).compressed)
    above = values > 1e-4
    assert np.abs(unpacked[above] / values[above] - 1).max() < 3e-4
    assert np.abs(unpacked[~above] - values[~above]).max() < 1e-7


def test_difference_keeps_sign_and_a_zero() -> None:
    values = (density_like(1) - density_like(2)) * 1e-3
    values[3, 2, 4] = 0.0
    header, unpacked = unpack_field(pack_field(values, GRID, DIFFERENCE).compressed)
    large = np.abs(values) > 1e-5
    assert np.array_equal(np.sign(unpacked[large]), np.sign(values[large]))
    assert np.abs(unpacked[large] / values[large] - 1).max() < 1e-3
    assert abs(unpacked[3, 2, 4]) < 1e-9
    assert header["low"] == -header["high"]


def test_header_places_the_grid_in_angstrom_and_z_runs_fastest() -> None:
    values = np.zeros(GRID.shape)
    values[1, 2, 3] = 1.0
    packed = pack_field(values, GRID)
    blob = gzip.decompress(packed.compressed)
    length = int.from_bytes(blob[:4], "little")
    header = json.loads(blob[4 : 4 + length])
    codes = np.frombuffer(blob, "<u2", offset=4 + length)
    assert int(codes.argmax()) == (1 * 5 + 2) * 9 + 3
    assert header["shape"] == [7, 5, 9]
    assert header["step_angstrom"] == pytest.approx(0.25 * BOHR_IN_ANGSTROM)
    assert header["origin_angstrom"] == pytest.approx(GRID.origin_bohr * BOHR_IN_ANGSTROM)
    # A typed array in JavaScript must begin at an even byte.
    assert (4 + length) % 2 == 0


def test_digest_is_of_the_content() -> None:
    values = density_like()
    assert pack_field(values, GRID).digest == pack_field(values.copy(), GRID).digest
    values[1, 1, 1] *= 1.5
    assert pack_field(values, GRID).digest != pack_field(density_like(), GRID).digest


def test_negative_noise_of_a_density_becomes_zero() -> None:
    values = density_like()
    values[0, 0, 0] = -1e-6
    _, unpacked = unpack_field(pack_field(values, GRID).compressed)
    assert unpacked.min() >= 0.0


@pytest.mark.parametrize("values", [np.zeros((7, 5, 8)), np.full(GRID.shape, np.nan), np.full(GRID.shape, np.inf)])
def test_what_cannot_be_drawn_is_refused(values: np.ndarray) -> None:
    with pytest.raises(DataError):
        pack_field(values, GRID)


def test_a_field_without_any_density_can_be_packed() -> None:
    _, unpacked = unpack_field(pack_field(np.zeros(GRID.shape), GRID, DIFFERENCE).compressed)
    assert np.abs(unpacked).max() < 1e-12


def test_a_potential_keeps_its_sign_its_unit_and_its_gaps() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(0.0, 0.2, GRID.shape)
    values[2, 2, 2], values[0, 0, 0], values[0, 1, 0] = 2.0, np.nan, -2.0
    header, unpacked = unpack_field(pack_field(values, GRID, POTENTIAL).compressed)
    assert header["unit"] == "hartree/e"
    assert np.array_equal(np.isnan(unpacked), np.isnan(values))
    # 0.01 kcal/(mol e) at 50.
    near = np.abs(values) < 0.08
    assert np.nanmax(np.abs(unpacked - values)[near]) < 2e-5
    assert np.nanmax(np.abs(unpacked - values)) < 4e-4
    with pytest.raises(DataError):
        pack_field(np.full(GRID.shape, np.nan), GRID, POTENTIAL)
