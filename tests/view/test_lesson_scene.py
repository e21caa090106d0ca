"""At which level the pictures of the workshop begin to draw a difference."""

import numpy as np
import pytest

from core.chem.examples import example
from core.density.density import Density
from core.gaussian.basis import AuxiliaryBasis
from core.view.lesson_scene import DIFFERENCE_LEVEL, Shown, two_and_their_difference

MOLECULE = example("water-1")
BASIS = AuxiliaryBasis.load()


def off_by(size: float) -> Density:
    noise = np.random.default_rng(4).normal(size=BASIS.n_functions(MOLECULE.atomic_numbers))
    return Density(MOLECULE, BASIS, size * noise)


@pytest.mark.parametrize(("size", "drawn"), [(1e-9, "usual"), (1e-5, "share"), (3e-3, "usual")])
def test_a_small_difference_is_drawn_and_rounding_is_not(size: float, drawn: str) -> None:
    made = two_and_their_difference(
        Shown("one", off_by(size)), Shown("other", off_by(0.0)), against="the other", source="a test"
    )
    difference = made.scene.panes[2]
    assert difference.signed and made.largest == pytest.approx(difference.field.largest, rel=1e-3)
    if drawn == "usual":
        # Either nothing is to be seen, as it is rounding, or much.
        assert difference.level == DIFFERENCE_LEVEL
    else:
        assert difference.level == pytest.approx(0.3 * made.largest, rel=0.02) and difference.level < DIFFERENCE_LEVEL
