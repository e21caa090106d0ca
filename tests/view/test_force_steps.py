"""Page 8: what is drawn and said of the steps from a density to the force on a nucleus."""

import numpy as np
import pytest

from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.force_steps import RADIUS_ANGSTROM, SMALL_SUM_TIMES, Steps, arrows_figure, growing_figure, steps_of


@pytest.fixture(scope="module")
def steps() -> Steps:
    return steps_of(1.05, "STO-3G", "orbitals", 1)


@pytest.mark.parametrize("radius", [0.5, 2.0, RADIUS_ANGSTROM])
def test_the_sphere_lies_within_the_picture(steps: Steps, radius: float) -> None:
    figure = arrows_figure(steps, radius, "all")
    sphere = figure.data[-1]
    at = steps.found.molecule.positions_angstrom[steps.atom]
    for axis, middle, values in zip("xyz", at, (sphere.x, sphere.y, sphere.z), strict=True):
        low, high = figure.layout.scene[f"{axis}axis"].range
        assert low < values.min() and values.max() < high
        assert (values.max() - values.min()) / 2 == pytest.approx(radius, rel=0.01)
        assert (low + high) / 2 == pytest.approx(middle)


def test_the_error_of_a_nucleus_is_no_larger_than_the_worst(steps: Steps) -> None:
    off = abs(steps.found.total - steps.found.analytic).max(axis=1) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert steps.own_error_mev_per_angstrom == pytest.approx(off[1]) and off[1] < off[0]
    assert steps.error_mev_per_angstrom == pytest.approx(off.max())


def test_a_small_sum_alone_is_drawn_longer_and_says_so(steps: Steps) -> None:
    def length(shown: str) -> tuple[str, float]:
        parts = [
            part for part in arrows_figure(steps, RADIUS_ANGSTROM, shown).data if (part.name or "").startswith("sum")
        ]
        shaft, tip = parts
        start = np.array([shaft.x[0], shaft.y[0], shaft.z[0]])
        end = np.array([tip.x[0] + tip.u[0], tip.y[0] + tip.v[0], tip.z[0] + tip.w[0]])
        return shaft.name, float(np.linalg.norm(end - start))

    (plain, short), (told, long) = length("all"), length("sum")
    assert plain == "sum" and str(SMALL_SUM_TIMES) in told
    assert long == pytest.approx(SMALL_SUM_TIMES * short)


def test_the_curve_ends_at_the_sum_of_all(steps: Steps) -> None:
    curve = growing_figure(steps, 1.0).data[0]
    forces = steps.within(RADIUS_ANGSTROM)
    along = forces["nuclear"] / np.linalg.norm(forces["nuclear"])
    assert curve.y[-1] == pytest.approx(float(forces["sum"] @ along), abs=0.05)
    assert curve.y[0] == pytest.approx(float(np.linalg.norm(forces["nuclear"])), rel=0.02)
