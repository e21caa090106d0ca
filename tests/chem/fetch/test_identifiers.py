"""Only ids are ids: what looks like a path, an address or a command never reaches a server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chem.fetch.addresses import addresses
from core.chem.fetch.identifiers import Identifier, Source, parse_identifier
from core.errors import FetchError
from core.settings import Settings


@pytest.mark.parametrize(
    ("text", "source", "value"),
    [("1CRN", "pdb", "1crn"), (" 4hhb ", "pdb", "4hhb"), ("pdb:1crn", "pdb", "1crn"), ("PDB_00001CRN", "pdb", "1crn"),
     ("pdb_0000abcd", "pdb", "pdb_0000abcd"), ("pdb_12345678", "pdb", "pdb_12345678"),
     ("P69905", "alphafold", "P69905"), ("af-p69905-f1", "alphafold", "P69905"),
     ("AF-A0A024R1R8-F1-model_v4", "alphafold", "A0A024R1R8"),
     ("afdb:Q8N158", "alphafold", "Q8N158"), ("pubchem:2244", "pubchem", "2244"), ("CID:2244", "pubchem", "2244"),
     ("pubchem:CID 2244", "pubchem", "2244"), ("pubchem:Aspirin", "pubchem", "aspirin"),
     ("pubchem:(R)-carvone", "pubchem", "(r)-carvone"), ("pubchem:2,4-D", "pubchem", "2,4-d")],
)  # fmt: skip
def test_ids(text: str, source: Source, value: str) -> None:
    assert parse_identifier(text) == Identifier(source, value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "CRN1", "0abc", "1crnx", "1cr", "aspirin", "../../etc/passwd", "http://example.org/1crn", "1crn/../x",
     "pdb:http://x", "file:///etc/passwd", "1crn?x=1", "1crn#a", "1crn%2e", "pubchem:../x", "pubchem:a/b",
     "pubchem:a?b", "pubchem:a%2Fb", "pubchem:", "pubchem:0", "pubchem:12345678901", "pubchem:" + "a" * 81, "pdb_1234",
     "pdb_123456789", "ftp:1crn", "1CRN\n2ABC", "\u0661crn", "afdb:1CRN", "P6990"],
)  # fmt: skip
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(FetchError, match="is not an id"):
        parse_identifier(text)


@given(st.text(max_size=60), st.sampled_from(["", "pdb:", "afdb:", "pubchem:"]))
def test_whatever_is_typed_the_host_and_the_path_stay(text: str, prefix: str) -> None:
    chosen = Settings()
    try:
        found = parse_identifier(prefix + text)
    except FetchError:
        return
    for address in addresses(found, chosen):
        base = {"pdb": chosen.pdb_url, "alphafold": chosen.alphafold_url, "pubchem": chosen.pubchem_url}[found.source]
        assert address.url.startswith(base + "/")
        rest = address.url.removeprefix(base + "/")
        assert ".." not in rest and "//" not in rest and "#" not in rest and "@" not in rest and rest.isascii()
