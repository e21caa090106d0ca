"""The potential of a picture: made once, published with its unit, and in the page that is taken away."""

import numpy as np

from core.chem.examples import example
from core.density.potential_map import potential_grid
from core.units import HARTREE_IN_KCAL_PER_MOL
from core.view.assets import field_store
from core.view.field import unpack_field
from core.view.picture import picture_of
from core.view.potential import potential_of, with_potential


def test_it_is_made_once_and_published_with_its_unit() -> None:
    picture = picture_of(example("water-1"))
    potential = potential_of(picture)
    assert potential_of(picture) is potential
    scene = with_potential(picture.scene, potential)
    assert scene.identity != picture.scene.identity and scene.structure == picture.scene.structure
    assert scene.potential is not None
    assert (scene.potential.unit, scene.potential.per_hartree) == ("kcal/(mol·e)", HARTREE_IN_KCAL_PER_MOL)
    compressed = field_store().get(scene.potential.digest)
    assert compressed is not None
    header, values = unpack_field(compressed)
    assert tuple(header["shape"]) == potential_grid(picture.molecule).shape
    # The oxygen's side is negative, the hydrogens' positive; the dipole points at the hydrogens.
    assert -0.12 < np.nanmin(values) < -0.05
