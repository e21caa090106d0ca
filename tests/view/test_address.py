"""Links: what they name, and what a stranger may have written into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chem.examples import ENTRIES
from core.view.address import KINDS, LONGEST, Address, address_of


@pytest.mark.parametrize(
    "address",
    [
        Address("example", "water-6"),
        Address("id", "1CRN", level=0.002),
        Address("id", "pubchem:aspirin"),
        Address("smiles", "C[N+](C)(C)C", level=0.02, charge=1),
        Address("smiles", "O=CO", charge=-1),
    ],
)
def test_a_link_names_what_it_was_made_from(address: Address) -> None:
    assert address_of(address.parameters()) == address


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"page": "1"},
        {"example": "../../etc/passwd"},
        {"example": ""},
        {"example": "water-6", "id": "1CRN"},
        {"smiles": "C" * (LONGEST + 1)},
        {"id": "   "},
    ],
)
def test_nothing_sensible_is_nothing(parameters: dict[str, str]) -> None:
    assert address_of(parameters) is None


@pytest.mark.parametrize("level", ["nan", "inf", "-1", "0", "1e9", "1e-9", "<script>", ""])
def test_a_level_of_no_use_is_left_out(level: str) -> None:
    assert address_of({"id": "1CRN", "level": level}) == Address("id", "1CRN")


@pytest.mark.parametrize("charge", ["1.5", "ten", "99999", "", "--1"])
def test_a_charge_of_no_use_is_left_out(charge: str) -> None:
    assert address_of({"smiles": "O", "charge": charge}) == Address("smiles", "O")


@given(st.dictionaries(st.sampled_from([*KINDS, "level", "charge"]), st.text(max_size=40)))
def test_whatever_is_written_there_it_is_an_address_or_nothing(parameters: dict[str, str]) -> None:
    found = address_of(parameters)
    if found is None:
        return
    assert found.kind in KINDS and 0 < len(found.value) <= LONGEST
    assert found.kind != "example" or found.value in {entry.key for entry in ENTRIES}
    again = address_of(found.parameters())
    assert again is not None and (again.kind, again.value, again.charge) == (found.kind, found.value, found.charge)
