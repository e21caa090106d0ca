"""Page 5 draws what was computed: a sphere as large as messages reach, and grey atoms where nothing changes."""

import numpy as np
import pytest

from core.units import BOHR_IN_ANGSTROM
from core.view.reach import ROW, UNCHANGED, answer_of, degrees_figure, row_figure, space_figure

ATOM = 12


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("quantity", ["coefficients", "features"])
def test_the_sphere_and_the_colours(quantity, layer):
    heard = answer_of(ATOM, 0.1, far_field=False)
    _, unchanged, changed, sphere = space_figure(heard, quantity, ATOM, layer).data
    surface = np.stack([sphere.x, sphere.y, sphere.z], axis=-1).reshape(-1, 3)
    distances = np.linalg.norm(surface - ROW.positions_angstrom[ATOM], axis=1)
    np.testing.assert_allclose(distances, heard.reach_bohr[layer - 1] * BOHR_IN_ANGSTROM, rtol=1e-5)
    assert 0.0 < sphere.opacity < 0.5
    # Every atom is there once, and who is grey is outside the sphere.
    assert unchanged.marker.color == UNCHANGED and len(unchanged.x) + len(changed.x) == len(ROW)
    away = np.stack([unchanged.x, unchanged.y, unchanged.z], axis=-1).astype(float) - ROW.positions_angstrom[ATOM]
    assert (np.linalg.norm(away, axis=1) > 4.7).all()


def test_each_layer_is_a_row_of_all_atoms():
    heard = answer_of(ATOM, 0.1, far_field=False)
    traces = row_figure(heard, "coefficients", ATOM, 1).data
    assert len(traces) == 2 * 3
    for layer, pair in enumerate(zip(traces[::2], traces[1::2], strict=True)):
        unchanged, changed = (np.asarray(trace.customdata) for trace in pair)
        np.testing.assert_array_equal(np.sort(np.concatenate([unchanged, changed])), np.arange(len(ROW)))
        np.testing.assert_array_equal(unchanged, np.flatnonzero(heard.changed[layer] == 0))


@pytest.mark.parametrize("layer", [1, 3])
def test_degrees_are_of_the_atoms_that_answer_from_the_moved_one_outwards(layer):
    heard = answer_of(ATOM, 0.1, far_field=False)
    [trace] = degrees_figure(heard, layer).data
    atoms = [int(name[1:]) - 1 for name in trace.y]
    assert atoms[0] == ATOM and sorted(atoms) == np.flatnonzero(heard.changed[layer - 1]).tolist()
    assert (np.diff(heard.distances_bohr[atoms]) >= 0.0).all()
    np.testing.assert_array_equal(np.asarray(trace.customdata, dtype=float), heard.by_degree[layer - 1][atoms])
    # Functions of l = 4 are on oxygen only.
    has = ~np.isnan(np.asarray(trace.customdata, dtype=float)[:, 4])
    np.testing.assert_array_equal(has, [ROW.symbols[atom] == "O" for atom in atoms])
