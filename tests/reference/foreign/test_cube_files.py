"""Cubes of densities: values and places as PySCF has them, whatever the axes; and what is no cube of a density."""

from dataclasses import replace

import numpy as np
import pytest
from pyscf.tools import cubegen

from core.errors import ResultError
from core.reference.foreign import CubeGrid, read
from core.reference.foreign.cube import require_density
from core.units import BOHR_IN_ANGSTROM
from tests.reference.foreign.files import FORMAMIDE, WATER, calculation, cube_file, density_at, orbital_cube_file


def grid_of(content: bytes) -> CubeGrid:
    found = read(content, "density.cube").density
    assert isinstance(found, CubeGrid)
    return found


def cube_text(method, steps: np.ndarray, shape: tuple[int, int, int], *, angstrom: bool = False) -> bytes:
    """A cube with any axes through the middle of the molecule, twelve digits."""
    mol = method.mol
    origin = mol.atom_coords().mean(0) - (np.array(shape) - 1) / 2 @ steps
    points = origin + np.indices(shape).reshape(3, -1).T @ steps
    unit = BOHR_IN_ANGSTROM if angstrom else 1.0
    lines = ["density", "of a test", f"{mol.natm} " + " ".join(f"{x * unit:.12f}" for x in origin)]
    lines += [f"{-n if angstrom else n} " + " ".join(f"{x * unit:.12f}" for x in step)
              for n, step in zip(shape, steps, strict=True)]  # fmt: skip
    lines += [f"{z} {z:.1f} " + " ".join(f"{x * unit:.12f}" for x in place)
              for z, place in zip(mol.atom_charges(), mol.atom_coords(), strict=True)]  # fmt: skip
    values = density_at(method, points).reshape(-1, shape[2])
    return ("\n".join(lines + [" ".join(f"{v:.12E}" for v in row) for row in values]) + "\n").encode()


SKEW = np.array([[0.5, 0.1, 0.0], [-0.05, 0.45, 0.1], [0.0, 0.02, 0.55]])


@pytest.mark.parametrize("atoms", [WATER, FORMAMIDE])
def test_values_and_places_are_those_that_pyscf_wrote(atoms: str) -> None:
    method = calculation(atoms, "cc-pvdz")
    grid = grid_of(cube_file(method))
    assert grid.shape == (30, 30, 30)
    assert grid.axes() is not None
    # Six digits are in the file, of the values, and of the steps after the point.
    points = cubegen.Cube(method.mol, 30, 30, 30, margin=4.0).get_coords()
    assert grid.points() == pytest.approx(points, abs=3e-5)
    assert grid.density.reshape(-1) == pytest.approx(density_at(method, points), rel=6e-6, abs=1e-12)
    found = read(cube_file(method), "density.cube")
    assert found.atomic_numbers.tolist() == method.mol.atom_charges().tolist()
    assert found.positions_bohr == pytest.approx(method.mol.atom_coords(), abs=2e-6)
    assert found.charge is None


@pytest.mark.parametrize("angstrom", [False, True])
def test_axes_that_are_not_at_right_angles(angstrom: bool) -> None:
    method = calculation(WATER, "cc-pvdz")
    grid = grid_of(cube_text(method, SKEW, (20, 24, 22), angstrom=angstrom))
    assert grid.axes() is None
    assert grid.steps_bohr == pytest.approx(SKEW, abs=1e-11)
    assert grid.density.reshape(-1) == pytest.approx(density_at(method, grid.points()), rel=1e-9, abs=1e-14)
    assert grid.voxel_bohr3 == pytest.approx(np.dot(SKEW[0], np.cross(SKEW[1], SKEW[2])))
    assert grid.density.sum() * grid.voxel_bohr3 == pytest.approx(10.0, abs=1.5)


def replaced(content: bytes, line: int, text: str) -> bytes:
    lines = content.decode().split("\n")
    lines[line] = text
    return "\n".join(lines).encode()


def test_what_is_no_density_is_refused() -> None:
    method = calculation(WATER, "sto-3g")
    content = cube_file(method, 12)
    with pytest.raises(ResultError, match="orbitals, not a density|below zero"):
        read(orbital_cube_file(method), "orbital.cube")
    heading = content.decode().split("\n")[2].split()
    with pytest.raises(ResultError, match="orbitals, not a density"):
        read(replaced(content, 2, " ".join(["-3", *heading[1:4]])), "x.cube")
    with pytest.raises(ResultError, match="2 values at each point"):
        read(replaced(content, 2, " ".join([*heading[:4], "2"])), "x.cube")
    # One value at a point is what a density has.
    assert grid_of(replaced(content, 2, " ".join([*heading[:4], "1"]))).shape == (12, 12, 12)
    lines = content.decode().split("\n")
    turned = lines[:9] + [" ".join(f"{-float(v):.5E}" for v in line.split()) for line in lines[9:]]
    with pytest.raises(ResultError, match="below zero"):
        read("\n".join(turned).encode(), "x.cube")


def test_a_large_density_may_have_as_much_noise_as_a_small_one() -> None:
    """0.03 of 1,118 electrons are below zero in the cube that the program itself writes of a peptide of 18 residues."""
    density = np.full((10, 10, 10), 1.1181)
    density[0, 0, 0] = -0.03
    grid = grid_of(cube_file(calculation(WATER, "sto-3g"), 12))
    require_density(replace(grid, density=density / grid.voxel_bohr3))
    density[0, 0, 0] = -1.2
    with pytest.raises(ResultError, match="below zero by 1.2 electrons"):
        require_density(replace(grid, density=density / grid.voxel_bohr3))


def test_pseudopotentials_are_seen_in_the_charges() -> None:
    content = cube_file(calculation(WATER, "sto-3g"), 12)
    oxygen = content.decode().split("\n")[6].split()
    assert oxygen[0] == "8"
    with pytest.raises(ResultError, match="no core electrons"):
        read(replaced(content, 6, " ".join(["8", "6.0", *oxygen[2:]])), "x.cube")
    # Many programs write nothing there.
    assert read(replaced(content, 6, " ".join(["8", "0.0", *oxygen[2:]])), "x.cube").atomic_numbers[0] == 8


@pytest.mark.parametrize(
    ("line", "text", "match"),
    [
        (3, "4 0.3 0 0", "no cube|too coarse"),
        (3, "12 0.3 0.0 0.0\n", "no cube|cut off|not a number|numbers where"),
        (3, "12 3.0 0.0 0.0", "make no grid"),
        (4, "12 0.3 0.0 0.0", "make no grid"),
        (3, "99999999 0.3 0.0 0.0", "too short"),
        (2, "99999 0.0 0.0 0.0", "fewer lines"),
        (2, "0 0.0 0.0 0.0", "0 atoms"),
        (6, "8 8.0 nan 0.0 0.0", "not finite"),
        (6, "9999 8.0 0.0 0.0 0.0", "atomic number 9999"),
        (6, "8 8.0 0.0 0.0", "numbers where"),
        (20, "1.0 2.0 hello", "not a number"),
        (20, "1.0 2.0 nan", "numbers where|not finite"),
    ],
)
def test_lines_that_lie(line: int, text: str, match: str) -> None:
    with pytest.raises(ResultError, match=match):
        read(replaced(cube_file(calculation(WATER, "sto-3g"), 12), line, text), "x.cube")


def test_a_cube_that_is_cut_off() -> None:
    content = cube_file(calculation(WATER, "sto-3g"), 12)
    for length in (10, 300, 700, len(content) // 2, len(content) - 30):
        with pytest.raises(ResultError):
            read(content[:length], "x.cube")
