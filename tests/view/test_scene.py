"""Scene: plain data that JSON keeps, equal where the picture is equal."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.scene import CURVE_POINTS, Curve, FieldReference, Pane, Scene

WATER = Molecule(
    np.array([8, 1, 1]), np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]]), 0, "<b>water</b>"
)
FIELD = FieldReference("fields/abc", "abc", "Isosurface", 300.0)


PANE = Pane("Difference", FIELD, (0.0,) * 9, "error of the force", 0.001, signed=True)


def scene(**changes: object) -> Scene:
    forces = np.arange(9.0).reshape(3, 3) / 1000
    options = {
        "source": "test",
        "description": "three atoms",
        "forces_hartree_per_bohr": forces,
        "field": FIELD,
        "curve": Curve((0.01, 0.1), (9.5, 6.0)),
    }
    return Scene.of(WATER, **(options | changes))  # type: ignore[arg-type]


def test_json_keeps_everything() -> None:
    payload = scene().to_json()
    assert json.loads(json.dumps(payload)) == json.loads(json.dumps(scene().to_json()))
    assert payload["elements"] == ("O", "H", "H")
    assert payload["electrons"] == 10.0
    assert payload["positions_angstrom"][2] == pytest.approx(0.1173)
    assert payload["field"]["url"] == "fields/abc"
    assert payload["panes"] == ()


def test_json_is_what_the_dataclasses_say() -> None:
    whole = scene(panes=(PANE, PANE))
    own = {name: value for name, value in whole.to_json().items() if name not in ("identity", "file_stem")}
    assert own == asdict(whole) | {"panes": tuple(map(asdict, whole.panes))}


def test_json_keeps_the_panes() -> None:
    [pane] = json.loads(json.dumps(scene(panes=(PANE,)).to_json()))["panes"]
    assert pane["signed"] and pane["field"]["url"] == "fields/abc" and pane["label"] == "Difference"


def test_forces_are_in_mev_per_angstrom_atom_by_atom() -> None:
    forces = scene().forces_mev_per_angstrom
    assert forces is not None
    assert forces[4] == pytest.approx(0.004 * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM, abs=0.05)


def test_scenes_are_hashable_and_equal_by_content() -> None:
    assert hash(scene()) == hash(scene())
    assert scene().identity == scene().identity
    assert len({scene(), scene(), scene(level=0.1)}) == 2


@pytest.mark.parametrize(
    "change", [{"level": 0.5}, {"field": None}, {"source": "other"}, {"curve": None}, {"panes": (PANE,)}]
)
def test_any_change_changes_the_identity(change: dict) -> None:
    assert scene(**change).identity != scene().identity


def test_a_scene_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        scene().level = 1.0  # type: ignore[misc]


def test_file_names_hold_nothing_of_a_hostile_title() -> None:
    hostile = Molecule(WATER.atomic_numbers, WATER.positions_angstrom, 0, "../../etc/passwd <img src=x>\n")
    stem = Scene.of(hostile, source="", description="").file_stem
    assert stem == "rhoscope-etc-passwd-img-src-x"
    untitled = Molecule(WATER.atomic_numbers, WATER.positions_angstrom, 0, "//")
    assert Scene.of(untitled, source="", description="").file_stem == f"rhoscope-{untitled.content_hash[:8]}"


def test_a_long_curve_is_thinned_without_moving_it() -> None:
    levels = np.geomspace(1e-7, 300.0, 20_000)
    # Electrons of exp(-2r)/pi, the hydrogen atom, outside none: enclosed within the radius where the level lies.
    radius = np.maximum(0.0, -0.5 * np.log(np.pi * levels))
    enclosed = 1 - np.exp(-2 * radius) * (1 + 2 * radius + 2 * radius**2)
    curve = Curve.sampled(levels, enclosed)
    assert len(curve.levels) == CURVE_POINTS
    assert list(curve.levels) == sorted(curve.levels)
    for level in (0.04, 0.01, 0.001, 0.0005):
        read = np.interp(np.log(level), np.log(curve.levels), curve.enclosed)
        assert read == pytest.approx(np.interp(level, levels, enclosed), abs=2e-4)
