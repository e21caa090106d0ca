"""CCP4 maps: the header word by word as the format defines it, and the values where they were."""

import struct
from pathlib import Path

import gemmi
import numpy as np
import pytest

from core.density.ccp4 import write_ccp4
from core.density.grid import UniformGrid
from core.errors import DataError
from core.units import BOHR_IN_ANGSTROM


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, np.ndarray, UniformGrid]:
    grid = UniformGrid(np.array([-3.0, 1.0, 2.5]), 0.4, (5, 6, 7))
    values = np.random.default_rng(0).random(grid.shape)
    write_ccp4(tmp_path / "a.ccp4", values, grid)
    return tmp_path / "a.ccp4", values, grid


def test_the_file_is_what_the_format_says(written) -> None:
    path, values, grid = written
    raw = path.read_bytes()
    words, floats = struct.unpack("<256i", raw[:1024]), struct.unpack("<256f", raw[:1024])
    assert words[0:4] == (5, 6, 7, 2), "columns, rows, sections, float32"
    assert words[7:10] == (5, 6, 7) and words[16:19] == (1, 2, 3) and words[22] == 1
    step = 0.4 * BOHR_IN_ANGSTROM
    assert floats[10:16] == pytest.approx([5 * step, 6 * step, 7 * step, 90, 90, 90], rel=1e-6)
    assert floats[49:52] == pytest.approx(grid.origin_bohr * BOHR_IN_ANGSTROM, rel=1e-6)
    assert raw[208:212] == b"MAP "
    data = np.frombuffer(raw[1024 + words[23] :], dtype="<f4").reshape(7, 6, 5)
    # x runs fastest in the file; e/A^3.
    assert data.transpose(2, 1, 0) == pytest.approx(values / BOHR_IN_ANGSTROM**3, rel=1e-6)


def test_another_reader_finds_the_same_electrons(written) -> None:
    path, values, grid = written
    ccp4 = gemmi.read_ccp4_map(str(path))
    cell = ccp4.grid.unit_cell
    assert ccp4.grid.sum() * cell.volume / ccp4.grid.point_count == pytest.approx(
        values.sum() * grid.voxel_bohr3, rel=1e-5
    )


def test_another_reader_finds_the_density_where_the_atoms_are(tmp_path: Path) -> None:
    """A peak off the origin, read with gemmi, which knows of NSTART only."""
    peak = np.array([12.0, -7.0, 30.0])
    box = UniformGrid(peak - np.array([2.0, 1.7, 2.3]), 0.31, (14, 13, 15))
    grid = box.aligned()
    inside = zip(grid.axes(), box.axes(), strict=True)
    assert all(own[0] <= other[0] and own[-1] >= other[-1] - 1e-9 for own, other in inside)
    values = np.exp(-((grid.points() - peak) ** 2).sum(1)).reshape(grid.shape)
    write_ccp4(tmp_path / "a.ccp4", values, grid)
    words = struct.unpack("<256i", (tmp_path / "a.ccp4").read_bytes()[:1024])
    assert words[4:7] == tuple(np.round(grid.origin_bohr / 0.31).astype(int)) and words[49:52] == (0, 0, 0)
    ccp4 = gemmi.read_ccp4_map(str(tmp_path / "a.ccp4"), setup=True)
    found = ccp4.grid.interpolate_value(gemmi.Position(*(peak * BOHR_IN_ANGSTROM)))
    assert found == pytest.approx(1.0 / BOHR_IN_ANGSTROM**3, rel=0.1)


def test_values_must_fit_the_grid(tmp_path: Path) -> None:
    grid = UniformGrid(np.zeros(3), 0.4, (5, 6, 7))
    with pytest.raises(DataError):
        write_ccp4(tmp_path / "a.ccp4", np.zeros((5, 6, 8)), grid)
    assert not list(tmp_path.iterdir())
