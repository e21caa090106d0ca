"""Free ions in the picture: drawn where they were asked for, without a force, and named."""

import numpy as np
import pytest

from core.chem.examples import example
from core.chem.prepare.ions import FreeIon
from core.chem.topology import Residue, Topology
from core.view.export import cube_text
from core.view.picture import Ions, picture_of
from core.view.residues import table_of
from core.view.trust import trust_of
from core.view.trust_colors import UNKNOWN, with_errors

WATER = example("water-3")
SODIUM = FreeIon(Residue("", "NA", 1, kind="ion"), 11, np.array([0.0, 0.0, 7.0]), 1)
IRON = FreeIon(Residue("", "FE", 2, kind="ion"), 26, np.array([0.0, 0.0, -7.0]), 3)


def test_an_ion_is_in_the_surface_and_not_in_the_forces() -> None:
    alone, both = picture_of(WATER), picture_of(WATER, ions=Ions((SODIUM, IRON), add=True))
    assert both.added == (SODIUM,) and both.ions == (SODIUM, IRON)
    assert both.scene.elements == (*WATER.symbols, "Na") and both.scene.free_ions == 1
    forces = both.scene.forces_mev_per_angstrom
    assert forces == (*alone.scene.forces_mev_per_angstrom, 0.0, 0.0, 0.0)
    assert both.curve.total_electrons == pytest.approx(alone.curve.total_electrons + 10.0, abs=1e-6)
    assert both.molecule.content_hash == WATER.content_hash and both.scene.structure != alone.scene.structure
    np.testing.assert_array_equal(both.predicted.density.coefficients, alone.predicted.density.coefficients)
    assert cube_text(both.density).splitlines()[2].split()[0] == "10"


def test_ions_that_are_only_named_change_the_trust_and_nothing_else() -> None:
    near = FreeIon(SODIUM.residue, 11, WATER.positions_angstrom[0] + [0.0, 0.0, 2.4], 1)
    named = picture_of(WATER, ions=Ions((near,)))
    assert named.added == () and named.scene == picture_of(WATER).scene
    assert trust_of(picture_of(WATER)).trusted and not trust_of(named).trusted


def test_the_colour_of_an_ion_is_that_of_what_is_not_known() -> None:
    picture = picture_of(WATER, ions=Ions((SODIUM,), add=True))
    scene = with_errors(picture.scene, trust_of(picture))
    assert len(scene.error_colors) == len(WATER) + 1 and scene.error_colors[-1] == UNKNOWN


def test_where_an_ion_is_decides_on_the_trust_and_on_the_table_of_residues() -> None:
    """What is kept of one position is not taken for another, nor for a structure without ions."""
    topology = Topology((Residue("A", "HOH", 1, kind="water"),), tuple("OHH" * 3), np.zeros(9, dtype=np.int64))
    outside = []
    for distance in (30.0, 2.4, None):
        position = WATER.positions_angstrom[0] + [0.0, 0.0, distance or 0.0]
        beside = () if distance is None else (FreeIon(SODIUM.residue, 11, position, 1),)
        picture = picture_of(WATER, ions=Ions(beside))
        outside.append((trust_of(picture).trusted, int(table_of(picture, topology).outside[0] > 0)))
    assert outside == [(True, 0), (False, 1), (True, 0)]
