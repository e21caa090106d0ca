"""The bond formation of a picture: made once, on the grid of its density, and in the page that is taken away."""

import numpy as np
import pytest

from core.chem.examples import example
from core.density.bond_formation import bond_formation
from core.gaussian.evaluate import density_at_points
from core.units import BOHR_IN_ANGSTROM
from core.view.assets import field_store
from core.view.bond_formation import formation_of, has_formation, with_formation
from core.view.field import unpack_field
from core.view.picture import picture_of


def test_it_is_made_once_and_lies_on_the_grid_of_the_density() -> None:
    picture = picture_of(example("water-1"))
    assert has_formation(picture)
    formation = formation_of(picture)
    assert formation_of(picture) is formation
    scene = with_formation(picture.scene, formation)
    assert scene.identity != picture.scene.identity and scene.structure == picture.scene.structure
    assert scene.formation is not None and scene.field == picture.scene.field
    compressed = field_store().get(scene.formation.digest)
    assert compressed is not None
    header, values = unpack_field(compressed)
    whole, _ = unpack_field(picture.packed.compressed)
    assert header["signed"] and not whole["signed"]
    assert [header[key] for key in ("shape", "origin_angstrom", "step_angstrom")] == [
        whole[key] for key in ("shape", "origin_angstrom", "step_angstrom")
    ]
    # What is packed is what the density itself says at these points.
    indices = np.random.default_rng(0).integers(0, header["shape"], (200, 3))
    points = (np.array(header["origin_angstrom"]) + header["step_angstrom"] * indices) / BOHR_IN_ANGSTROM
    expected = density_at_points(bond_formation(picture.density), points)
    np.testing.assert_allclose(values[tuple(indices.T)], expected, rtol=1e-3, atol=3e-6)
    assert 0 < scene.formation.level < scene.formation.largest == pytest.approx(abs(values).max(), rel=1e-3)
    assert abs(values)[abs(values) >= scene.formation.level].sum() == pytest.approx(0.5 * abs(values).sum(), rel=0.05)
