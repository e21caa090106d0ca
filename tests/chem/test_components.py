"""Components: the standard ones against the dictionary, and the dictionary's own cache."""

import pytest

from core.chem.components import Component, standard_components
from core.chem.dictionary import dictionary_components
from core.chem.prepare.naming import AMINO_ACIDS, NUCLEOTIDES
from core.settings import settings


@pytest.fixture(scope="module")
def library() -> dict[str, Component]:
    return dictionary_components([*AMINO_ACIDS, *NUCLEOTIDES, "NAG", "HEM", "XX9X"])


@pytest.mark.parametrize("name", [*AMINO_ACIDS, *NUCLEOTIDES])
def test_standard_components_are_those_of_the_dictionary(name: str, library: dict[str, Component]) -> None:
    """Same atoms, and the same bonds; where one double bond may stand differs between forms (Arg, bases)."""
    own, theirs = standard_components()[name], library[name]
    assert own.elements == theirs.elements
    assert {frozenset(b[:2]) for b in own.bonds} == {frozenset(b[:2]) for b in theirs.bonds}
    assert sum(b[2] for b in own.bonds) == sum(b[2] for b in theirs.bonds)


def test_what_the_dictionary_does_not_have_is_left_out(library: dict[str, Component]) -> None:
    assert "XX9X" not in library and library["HEM"].elements["FE"] == "Fe"
    assert "O1" in library["NAG"].leaving


@pytest.fixture
def empty_data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("RHOSCOPE_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def test_the_second_time_the_dictionary_stays_closed(empty_data_dir, monkeypatch: pytest.MonkeyPatch) -> None:
    first = dictionary_components(["ACT", "XX9X"])
    monkeypatch.setattr("core.chem.dictionary._read", lambda names: pytest.fail(f"read again: {names}"))
    monkeypatch.setattr("core.chem.dictionary._all_names", lambda: pytest.fail("read again"))
    assert dictionary_components(["ACT", "XX9X"]) == first and set(first) == {"ACT"}


def test_names_that_files_make_up_leave_no_trace(empty_data_dir, monkeypatch: pytest.MonkeyPatch) -> None:
    dictionary_components(["ACT"])
    before = sorted(empty_data_dir.rglob("*"))
    monkeypatch.setattr("core.chem.dictionary._read", lambda names: pytest.fail(f"read for {names}"))
    made_up = ["../../x", "A" * 300, "names", "\0", "", "<b>", *(f"q{n}" for n in range(1000))]
    assert dictionary_components(made_up) == {} and sorted(empty_data_dir.rglob("*")) == before


def test_a_damaged_cache_is_read_again(empty_data_dir) -> None:
    first = dictionary_components(["ACT"])
    for path in empty_data_dir.rglob("*.json"):
        path.write_text("{")
    assert dictionary_components(["ACT"]) == first
