"""A result between two processes: it comes out as it went in, and an answer that lies is refused."""

import json

import numpy as np
import pytest

from core.errors import ResultError, RhoscopeError
from core.reference.foreign import CubeGrid, GaussianOrbitals, read
from core.reference.foreign.parts import from_parts, to_parts
from tests.reference.foreign.test_bad_files import files


@pytest.mark.parametrize("name", ["water.cube", "water.fchk", "water.molden", "water.chk"])
def test_it_comes_out_as_it_went_in(name: str) -> None:
    before = read(files()[name], name)
    said, arrays = to_parts(before)
    after = from_parts(json.loads(json.dumps(said)), {key: array.copy() for key, array in arrays.items()})
    for part in ("name", "kind", "says", "charge", "energy_hartree", "notes"):
        assert getattr(after, part) == getattr(before, part)
    for part in ("atomic_numbers", "positions_bohr"):
        assert np.array_equal(getattr(after, part), getattr(before, part))
    assert (after.gradient_hartree_per_bohr is None) == (before.gradient_hartree_per_bohr is None)
    here, there = after.density, before.density
    if isinstance(there, GaussianOrbitals):
        assert isinstance(here, GaussianOrbitals)
        assert here.shells == there.shells
        assert np.array_equal(here.coefficients, there.coefficients)
        assert np.array_equal(here.occupations, there.occupations)
    else:
        assert isinstance(here, CubeGrid)
        assert np.array_equal(here.density, there.density) and np.array_equal(here.steps_bohr, there.steps_bohr)


def test_answers_that_lie_are_refused() -> None:
    said, arrays = to_parts(read(files()["water.fchk"], "water.fchk"))
    cube_said, cube_arrays = to_parts(read(files()["water.cube"], "water.cube"))
    for wrong in (
        (said | {"charge": "x"}, arrays),
        (said | {"charge": 4}, arrays),
        (said | {"energy_hartree": float("nan")}, arrays),
        (said | {"shells": [[0, 0, False, 10**9]]}, arrays),
        (said | {"shells": [[99, *shell[1:]] for shell in said["shells"]]}, arrays),
        (said | {"shells": []}, arrays),
        (said | {"shells": None}, arrays),
        (said, {key: array for key, array in arrays.items() if key != "coefficients"}),
        (said, arrays | {"coefficients": arrays["coefficients"][:-1]}),
        (said, arrays | {"coefficients": np.nan * arrays["coefficients"]}),
        (said, arrays | {"occupations": 2 * arrays["occupations"]}),
        (said, arrays | {"positions_bohr": 0 * arrays["positions_bohr"]}),
        (said, arrays | {"atomic_numbers": np.array([10, 1, 1])}),
        (said | {"shells": said["shells"] * 1000}, arrays),
        (said, arrays | {"coefficients": np.zeros((7, 9000)), "occupations": np.zeros(9000)}),
        (cube_said, cube_arrays | {"steps_bohr": np.zeros((3, 3))}),
        (cube_said, cube_arrays | {"density": -cube_arrays["density"]}),
        (cube_said, cube_arrays | {"density": cube_arrays["density"].ravel()}),
        ({}, {}),
    ):
        with pytest.raises(RhoscopeError):
            from_parts(*wrong)


def test_words_are_one_short_line() -> None:
    said, arrays = to_parts(read(files()["water.molden"], "water.molden"))
    found = from_parts(said | {"name": "a/b\n" + "x" * 500, "says": "one\ntwo", "notes": ["y" * 9999]}, arrays)
    assert len(found.name) <= 60 and "\n" not in found.name and found.says == "one two" and len(found.notes[0]) == 500
    with pytest.raises(ResultError):
        from_parts(said | {"notes": ["x"] * 1000}, arrays)
