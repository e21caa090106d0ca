"""Bond formation of both densities of Compare, that of the calculation against PySCF's density less free atoms."""

from dataclasses import replace

import numpy as np
import pytest
from pyscf.dft import numint

from core.density.bond_formation import bond_formation
from core.density.density import Density
from core.gaussian.evaluate import density_at_points
from core.reference.calculation import build_mol
from core.reference.record import Record
from core.view.assets import field_store
from core.view.compared_formations import ComparedFormations, formations_of, with_formations
from core.view.comparison import sides_of_record
from core.view.field import unpack_field
from core.view.picture import picture_of
from core.view.side_by_side import SideBySide


@pytest.fixture(scope="module")
def sides(record: Record) -> SideBySide:
    return sides_of_record(picture_of(record.molecule), record)


@pytest.fixture(scope="module")
def formations(sides: SideBySide) -> ComparedFormations:
    return formations_of(sides)


def test_both_are_less_free_atoms(record: Record, sides: SideBySide, formations: ComparedFormations) -> None:
    ours, theirs = (unpack_field(packed.compressed)[1].reshape(-1) for packed in formations.packed)
    points = sides.box.points()
    some = np.random.default_rng(3).permutation(len(points))[:2000]
    # And those next to nuclei, where the densities are largest.
    some = np.concatenate([some, np.argsort(sides.values[1].reshape(-1))[-20:]])
    predicted = sides.picture.predicted.density
    expected = density_at_points(bond_formation(predicted), points[some])
    mol, orbitals = build_mol(record.molecule), record.occupied_orbitals.astype(float)
    dft = numint.eval_rho(mol, numint.eval_ao(mol, points[some]), 2 * orbitals @ orbitals.T)
    free = density_at_points(Density.free_atoms(record.molecule, predicted.basis), points[some])
    # Half a code, and beside the nuclei float32 of tens of e/bohr^3.
    assert np.abs(ours[some] - expected).max() < 2e-4 * np.abs(expected).max()
    np.testing.assert_allclose(theirs[some], dft - free, rtol=1e-3, atol=2e-5)
    assert np.abs(theirs).max() > 0.1


def test_they_differ_by_the_difference_of_the_densities(sides: SideBySide, formations: ComparedFormations) -> None:
    ours, theirs = (unpack_field(packed.compressed)[1] for packed in formations.packed)
    largest = np.abs(ours).max()
    np.testing.assert_allclose(ours - theirs, sides.values[2], rtol=0, atol=3e-4 * largest)


def test_they_are_made_once_and_published(sides: SideBySide, formations: ComparedFormations) -> None:
    assert formations_of(sides) is formations
    scene = with_formations(sides.scene, formations)
    predicted, reference, difference = scene.panes
    assert scene.offers_formation and difference.formation is None and difference == sides.scene.panes[2]
    for pane, packed in zip((predicted, reference), formations.packed, strict=True):
        assert pane.formation is not None and pane.formation.level == formations.level > 0.001
        assert field_store().get(pane.formation.digest) == packed.compressed


def test_beyond_the_grid_of_a_cube_there_is_none(sides: SideBySide, formations: ComparedFormations) -> None:
    ours, reference, difference = (values.copy() for values in sides.values)
    for values in (reference, difference):
        values[:10] = 0.0
    fields = (sides.fields[0], sides.fields[2], sides.fields[1])
    cut = formations_of(replace(sides, values=(ours, reference, difference), fields=fields))
    found, whole = (unpack_field(made.packed[1].compressed)[1] for made in (cut, formations))
    assert not np.round(found[:10], 5).any()
    np.testing.assert_allclose(found[10:], whole[10:], rtol=1e-3, atol=1e-6)
