"""Trust on the screen: colours, columns and words of what `core.model.trust` says."""

from dataclasses import replace

import numpy as np
import pytest

from core.model.domain import Flag
from core.model.trust import Trust
from core.view.scene import Scene
from core.view.trust_colors import LARGEST, OUTSIDE, SMALLEST, UNKNOWN, atom_colors, error_color, legend, with_errors
from tests.pyscf_functions import waters


def luminance(color: str) -> float:
    red, green, blue = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def trust(flags: tuple[Flag, ...] = ()) -> Trust:
    expected = np.array([30.0, 5.0, np.nan])
    return Trust(waters(1), expected, 2 * expected, 1.3 * expected, flags)


def test_larger_errors_are_darker_and_colours_end_where_the_scale_does() -> None:
    brightness = [luminance(error_color(error)) for error in np.geomspace(SMALLEST, LARGEST, 30)]
    assert all(a > b for a, b in zip(brightness[:-1], brightness[1:], strict=True))
    assert error_color(0.0) == error_color(SMALLEST) and error_color(1e6) == error_color(LARGEST)


def test_what_is_outside_has_a_colour_of_its_own() -> None:
    plain, flagged = trust(), trust((Flag("angle", (1,), "H-O-H", 1.0, "bent"),))
    assert atom_colors(plain)[2] == UNKNOWN
    assert atom_colors(flagged) == (atom_colors(plain)[0], OUTSIDE, UNKNOWN)
    assert OUTSIDE not in {color for color, _ in legend()[:-1]} and legend()[-1][0] == OUTSIDE
    assert set(atom_colors(trust((Flag("charge", (), "", 1.0, "charged"),)))) == {OUTSIDE}


def test_a_scene_with_errors_differs_in_their_colours_alone() -> None:
    scene = Scene.of(waters(1), source="", description="")
    other = with_errors(scene, trust())
    assert other.identity != scene.identity and (other.camera, other.structure) == (scene.camera, scene.structure)
    before, after = scene.to_json(), other.to_json()
    assert {key for key in before if before[key] != after[key]} == {"identity", "error_colors", "error_legend"}
    assert after["error_colors"] == atom_colors(trust())


@pytest.mark.parametrize(("atoms", "words"), [((), "3 of 3 atoms"), ((0,), "1 of 3 atoms")])
def test_the_verdict_counts_atoms(atoms: tuple[int, ...], words: str) -> None:
    assert words in trust((Flag("bonds", atoms, "", 1.0, "odd"),)).verdict


def test_the_verdict_names_the_worst_atoms_first() -> None:
    expected = np.arange(60.0)
    expected[7] = np.nan
    flags = (Flag("unlike", (3, 7, 12), "", 1.0, "odd"),)
    verdict = Trust(waters(20), expected, 2 * expected, 1.3 * expected, flags).verdict
    assert "the forces on H8, O13, O4, nor" in verdict


def test_a_summary_leaves_out_what_is_not_known() -> None:
    found = trust().summary
    assert found is not None
    assert (found.median_mev_per_angstrom, found.worst_mev_per_angstrom, found.worst_atom) == (17.5, 30.0, "O1")
    assert found.unknown == ("H",)


def test_atoms_are_called_by_the_names_that_are_given() -> None:
    flags = (Flag("angle", (1, 0, 2), "H-O-H", 1.0, "The angle H-O-H of 60 degrees at atom {1} is bent."),)
    plain = trust(flags)
    named = replace(plain, names=("HOH A 7 O", "HOH A 7 H1", "HOH A 7 H2"))
    assert flags[0].text == "The angle H-O-H of 60 degrees at atom 1 is bent."
    assert plain.reasons() == [flags[0].text]
    assert named.reasons() == ["The angle H-O-H of 60 degrees at atom HOH A 7 O is bent."]
    assert plain.summary is not None and plain.summary.worst_atom == "O1"
    assert named.summary is not None and named.summary.worst_atom == "HOH A 7 O"
