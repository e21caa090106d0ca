"""Links: what they name, and what a stranger may have written into them."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chem.examples import ENTRIES
from core.view.address import (
    KINDS,
    LONGEST,
    LONGEST_SETTING,
    MOST_SETTINGS,
    RETURNED,
    STRUCTURE_DIGITS,
    Address,
    Link,
    link_of,
)
from core.view.assets import ASSETS


@pytest.mark.parametrize(
    "address",
    [
        Address("example", "water-6"),
        Address("id", "1CRN"),
        Address("id", "pubchem:aspirin"),
        Address("smiles", "C[N+](C)(C)C", charge=1),
        Address("smiles", "O=CO", charge=-1),
        Address("structure", "0f" * (STRUCTURE_DIGITS // 2)),
    ],
)
def test_a_link_names_what_it_was_made_from(address: Address) -> None:
    assert link_of(address.parameters()) == Link(address)


def test_all_of_a_link() -> None:
    query = {"id": "1CRN", "model": "0123abcd", "atoms": "error", "functional": "PBE", "basis": "pcseg-1",
             "level": "0.02", "view": "1_2_3"}  # fmt: skip
    found = link_of(query)
    passed_on = {"atoms": "error", "level": "0.02", "view": "1_2_3"}
    assert found == Link(Address("id", "1CRN"), "0123abcd", "PBE", "pcseg-1", passed_on)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"page": "1"},
        {"example": "../../etc/passwd"},
        {"example": ""},
        {"example": "water-6", "id": "1CRN"},
        {"smiles": "C" * (LONGEST + 1)},
        {"structure": "../../etc/passwd"},
        {"structure": "0F" * (STRUCTURE_DIGITS // 2)},
        {"structure": "0" * (STRUCTURE_DIGITS - 1)},
        {"id": "   "},
    ],
)
def test_nothing_sensible_is_nothing(parameters: dict[str, str]) -> None:
    found = link_of(parameters)
    assert found.address is None and not found.start
    # Nothing is dropped without a word.
    named = [f"{kind}={parameters[kind]}"[:60] for kind in KINDS if parameters.get(kind, "").strip()]
    assert list(found.left_out) == named


@pytest.mark.parametrize(
    ("name", "text"),
    [("charge", "1.5"), ("charge", "ten"), ("charge", "99999"), ("charge", "--1"), ("model", "XYZ"),
     ("model", "0123abcde"), ("functional", "LDA"), ("basis", "pcseg-1; rm"),
     ("functional", "<img src=x onerror=alert(1)>")],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out_with_a_word(name: str, text: str) -> None:
    found = link_of({"smiles": "O", name: text})
    assert found == Link(Address("smiles", "O"), left_out=(f"{name}={text}",))


def test_what_is_passed_on_is_limited() -> None:
    many = {f"n{k}": "x" for k in range(3 * MOST_SETTINGS)}
    assert len(link_of({"id": "1CRN", **many}).start) == MOST_SETTINGS
    long = link_of({"id": "1CRN", "view": "1" * LONGEST_SETTING})
    assert not long.start and len(long.left_out[0]) <= 60


@given(st.dictionaries(st.sampled_from([*KINDS, "level", "charge", "model", "basis", "view"]), st.text(max_size=40)))
def test_whatever_is_written_there_it_is_an_address_or_nothing(parameters: dict[str, str]) -> None:
    found = link_of(parameters)
    address = found.address
    if address is None:
        return
    assert address.kind in KINDS and 0 < len(address.value) <= LONGEST
    assert address.kind != "example" or address.value in {entry.key for entry in ENTRIES}
    assert link_of(address.parameters()).address == address


def test_the_viewer_has_the_same_names_and_limits() -> None:
    """assets/viewer is not told them: what stands there twice must agree."""
    viewer = ASSETS / "viewer"
    naming = re.search(r"NAMING = (\[.+\]);", (viewer / "wayback.js").read_text())
    assert naming and json.loads(naming[1]) == [*KINDS, "charge"]
    assert f'RETURNED = "{RETURNED}"' in (viewer / "wayback.js").read_text()
    limits = (viewer / "address.js").read_text()
    assert f"MOST = {MOST_SETTINGS};" in limits and f"LONGEST = {LONGEST_SETTING};" in limits
