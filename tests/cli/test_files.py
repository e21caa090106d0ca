"""Tables that commands write: what is in their columns."""

import csv
import io

import numpy as np

from core.chem.examples import example
from core.cli.files import forces_csv
from core.model.domain import Flag
from core.model.trust import Trust

WATER = example("water-1")


def rows_of(flags: tuple[Flag, ...]) -> list[dict[str, str]]:
    expected = np.array([12.34, np.nan, 5.0])
    trust = Trust(WATER, expected, expected, expected, flags)
    return list(csv.DictReader(io.StringIO(forces_csv(WATER, np.zeros((3, 3)), trust=trust))))


def test_forces_have_their_expected_error_and_why_they_are_outside() -> None:
    contact, angle = Flag("contact", (0, 2), "H-O", 1.0, ""), Flag("angle", (2,), "HOH", 1.0, "")
    rows = rows_of((contact, contact, angle))
    assert [row["expected_error_mev_per_angstrom"] for row in rows] == ["12.3", "", "5.0"]
    assert [row["outside"] for row in rows] == ["contact", "", "contact; angle"]


def test_a_structure_outside_as_a_whole_is_outside_in_every_atom() -> None:
    rows = rows_of((Flag("charge", (), "", 1.0, ""),))
    assert [row["outside"] for row in rows] == ["charge"] * 3


def test_forces_that_nobody_judged_have_no_such_columns() -> None:
    header = forces_csv(WATER, np.zeros((3, 3))).splitlines()[0]
    assert header.endswith("fz_mev_per_angstrom")
