"""Tables of products against what defines them: they turn with their factors, and there is one for each degree."""

import numpy as np
import pytest
from e3nn import o3

from core.density.rotation import harmonic_rotations
from core.errors import LessonError
from core.lessons.couplings import allowed_degrees, coupling, natural, off_symmetry, product_of_vectors, unchanged


@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0, 2), (1, 1), (1, 2), (2, 2), (1, 3)])
def test_the_tables_are_the_only_ones_that_no_rotation_changes(l1, l2):
    for l3 in range(l1 + l2 + 2):
        found = unchanged(l1, l2, l3)
        assert len(found) == (l3 in allowed_degrees(l1, l2))
        if len(found):
            table = coupling(l1, l2, l3)
            np.testing.assert_allclose(abs(np.vdot(found[0], table)), 1.0, atol=1e-6)
            assert off_symmetry(l1, l2, l3) < 1e-6
            np.testing.assert_allclose(table, o3.wigner_3j(l1, l2, l3).numpy(), atol=1e-6)


def test_natural_parity_is_kept_by_a_mirror():
    mirror = harmonic_rotations(4, np.diag([1.0, 1.0, -1.0]))
    for l1, l2, l3 in [(1, 1, 0), (1, 1, 1), (1, 1, 2), (2, 1, 2), (2, 2, 4), (3, 2, 2)]:
        table = coupling(l1, l2, l3)
        turned = np.einsum("ai,bj,ck,ijk->abc", mirror[l1], mirror[l2], mirror[l3], table)
        np.testing.assert_allclose(turned, table if natural(l1, l2, l3) else -table, atol=1e-6)


def test_two_vectors_make_dot_cross_and_traceless():
    rng = np.random.default_rng(3)
    for _ in range(5):
        a, b = rng.normal(size=(2, 3))
        made = product_of_vectors(a, b)
        assert made.dot == pytest.approx(a @ b, rel=1e-6)
        np.testing.assert_allclose(made.cross, np.cross(a, b), atol=1e-6)
        outer = np.outer(a, b)
        np.testing.assert_allclose(made.traceless, (outer + outer.T) / 2 - np.eye(3) * (a @ b) / 3, atol=1e-6)
        whole = made.dot / 3 * np.eye(3) + made.traceless
        whole += 0.5 * np.einsum(
            "ijk,k->ij", np.array([np.cross(np.eye(3)[i], np.eye(3)) for i in range(3)]), made.cross
        )
        np.testing.assert_allclose(whole, outer, atol=1e-6)


def test_what_is_not_there_is_said():
    with pytest.raises(LessonError, match="not in the product"):
        coupling(1, 1, 3)
    with pytest.raises(LessonError, match="up to l = 4"):
        allowed_degrees(5, 1)
