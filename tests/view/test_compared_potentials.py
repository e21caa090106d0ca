"""Potentials of a prediction and of a calculation on the surfaces of Compare, against PySCF's integrals."""

from dataclasses import replace

import numpy as np
import pytest
from pyscf import gto
from scipy.interpolate import RegularGridInterpolator

from core.density.grid import UniformGrid
from core.density.potential_map import potential_grid
from core.errors import ResultError
from core.reference.calculation import build_mol
from core.reference.record import Record
from core.units import HARTREE_IN_KCAL_PER_MOL
from core.view.assets import field_store
from core.view.compared_potentials import (
    ComparedPotentials,
    has_potentials,
    potentials_of,
    potentials_ready,
    with_potentials,
)
from core.view.comparison import HeldAgainst, held_against
from core.view.field import PackedField, unpack_field
from core.view.picture import picture_of
from tests.pyscf_functions import pyscf_potential


@pytest.fixture(scope="module")
def held(record: Record) -> HeldAgainst:
    return held_against(picture_of(record.molecule), record)


@pytest.fixture(scope="module")
def potentials(held: HeldAgainst) -> ComparedPotentials:
    return potentials_of(held)


def orbital_potential(mol: gto.Mole, orbitals: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Of nuclei and doubly occupied orbitals, hartree/e."""
    electrons = np.einsum("gij,ia,ja->g", mol.intor("int1e_grids", grids=points), orbitals, orbitals, optimize=True)
    distances = np.linalg.norm(points[:, None] - mol.atom_coords(), axis=-1)
    return (mol.atom_charges() / distances).sum(1) - 2.0 * electrons


def sampled(packed: PackedField, grid: UniformGrid, points: np.ndarray) -> np.ndarray:
    """kcal/(mol e) between the points of the grid, as the viewer has it."""
    axes = [grid.origin_bohr[k] + grid.step_bohr * np.arange(n) for k, n in enumerate(grid.shape)]
    return HARTREE_IN_KCAL_PER_MOL * RegularGridInterpolator(axes, unpack_field(packed.compressed)[1])(points)


def test_they_are_those_of_the_prediction_and_of_the_orbitals(
    held: HeldAgainst, record: Record, potentials: ComparedPotentials
) -> None:
    # Near the molecular surface, where it is coloured.
    box = held.sides.box
    there = np.abs(np.log(np.maximum(held.sides.values[1], 1e-12) / 0.002)).reshape(-1) < 0.1
    points = box.points()[there]
    points = points[np.random.default_rng(2).permutation(len(points))[:300]]
    grid = potential_grid(record.molecule)
    ours, theirs, difference = (sampled(packed, grid, points) for packed in potentials.packed)
    exact = HARTREE_IN_KCAL_PER_MOL * orbital_potential(
        build_mol(record.molecule), record.occupied_orbitals.astype(float), points
    )
    # What the grid and its interpolation cost: 0.2 kcal/(mol e) of 40.
    assert abs(theirs - exact).mean() < 0.2
    np.testing.assert_allclose(difference, ours - theirs, rtol=0, atol=0.02)
    # In the difference that cancels. What is left is how far the fit is from its orbitals, 0.02, and the packing.
    predicted = held.picture.predicted.density
    distances = np.linalg.norm(points[:, None] - record.molecule.positions_bohr, axis=-1)
    nuclei = (record.molecule.atomic_numbers / distances).sum(1)
    wanted = HARTREE_IN_KCAL_PER_MOL * (nuclei - pyscf_potential(predicted, points)) - exact
    assert abs(wanted).mean() > 0.1
    assert abs(difference - wanted).mean() < 0.03


def test_they_are_made_once_and_published(held: HeldAgainst, potentials: ComparedPotentials) -> None:
    assert potentials_of(held) is potentials and potentials_ready(held) is potentials
    scene = with_potentials(held.sides.scene, potentials)
    assert scene.identity != held.sides.scene.identity and scene.offers_potential
    for pane, packed in zip(scene.panes, potentials.packed, strict=True):
        assert pane.potential is not None and pane.potential.per_hartree == HARTREE_IN_KCAL_PER_MOL
        assert field_store().get(pane.potential.digest) == packed.compressed


def test_a_cube_has_none(held: HeldAgainst) -> None:
    sides = replace(held.sides, fields=held.sides.fields[:2])
    of_cube = replace(held, sides=sides, findings=replace(held.findings, fitted=None))
    assert has_potentials(held) and not has_potentials(of_cube)
    with pytest.raises(ResultError, match="cube"):
        potentials_of(of_cube)
