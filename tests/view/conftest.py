"""What several tests of the view look at."""

import pytest

from core.chem.examples import example
from core.reference.record import Record
from core.reference.results import find_result


@pytest.fixture(scope="module")
def record() -> Record:
    """The calculation of formamide that ships."""
    record = find_result(example("formamide"))
    assert record is not None
    return record
