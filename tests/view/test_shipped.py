"""When the calculation that came with the program is shown: at once, until a visitor makes one here."""

import pytest

from core.chem.examples import example
from core.jobs.status import key_of
from core.reference.level import CHEAP_LEVEL, DEFAULT_LEVEL
from core.reference.results import find_result
from core.view import shipped

DIMER = example("water-2")
JOB = key_of(DIMER, DEFAULT_LEVEL)


class Store:
    def __init__(self, record: object = None) -> None:
        self.record = record

    def get(self, molecule: object, level: object) -> object:
        return self.record


class Client:
    def __init__(self, record: object = None, asked: bool = False) -> None:
        self.store, self._asked = Store(record), asked

    def asked(self, job: str, visitor: object) -> bool:
        assert job == JOB or job == key_of(DIMER, CHEAP_LEVEL)
        return self._asked


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    choices: dict[str, bool] = {}
    monkeypatch.setattr(shipped, "_taken", lambda: choices)
    monkeypatch.setattr(shipped, "visitor", lambda: "somebody")
    return choices


def known(client: Client, level: object = DEFAULT_LEVEL) -> tuple[object, bool]:
    return shipped.known_record(client, DIMER, level)  # type: ignore[arg-type]


def test_it_is_shown_at_once_and_only_at_its_level(taken: dict[str, bool]) -> None:
    record, came_with_it = known(Client())
    assert came_with_it and record is not None
    assert known(Client(), CHEAP_LEVEL) == (None, False)


def test_one_made_here_comes_first(taken: dict[str, bool]) -> None:
    own = find_result(DIMER)
    assert known(Client(own)) == (own, False)


def test_it_is_left_out_for_who_makes_it_here(taken: dict[str, bool]) -> None:
    taken[JOB] = False
    assert known(Client()) == (None, False)
    taken[JOB] = True
    assert known(Client())[1]


def test_who_comes_back_while_his_own_runs_sees_that(taken: dict[str, bool]) -> None:
    assert known(Client(asked=True)) == (None, False)
    taken[JOB] = True
    assert known(Client(asked=True))[1]
