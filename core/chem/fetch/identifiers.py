"""What may be fetched: ids of the PDB, AlphaFold DB and PubChem that match their pattern, and nothing else.

An id never becomes part of an address before it has matched; names of compounds are quoted besides.
"""

import re
from dataclasses import dataclass
from typing import Literal

from core.errors import FetchError

Source = Literal["pdb", "alphafold", "pubchem"]

SOURCES: tuple[Source, ...] = ("pdb", "alphafold", "pubchem")
_PREFIXES: dict[str, Source] = {
    "pdb": "pdb", "rcsb": "pdb", "alphafold": "alphafold", "afdb": "alphafold", "uniprot": "alphafold",
    "pubchem": "pubchem", "cid": "pubchem",
}  # fmt: skip
_CLASSIC = re.compile(r"[1-9][a-z0-9]{3}", re.ASCII)
_EXTENDED = re.compile(r"pdb_[0-9a-z]{8}", re.ASCII)
# https://www.uniprot.org/help/accession_numbers
_ACCESSION = re.compile(r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}", re.ASCII)
_MODEL = re.compile(r"AF-(.+)-F1(?:-MODEL_V[0-9]+)?", re.ASCII)
_CID = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9(][A-Za-z0-9 ,'()+-]{0,79}", re.ASCII)
_EXAMPLES = "Examples: 1CRN, pdb_00001crn, P69905, AF-P69905-F1, pubchem:2244, pubchem:aspirin."


@dataclass(frozen=True)
class Identifier:
    """source, and the id in its usual form: `1crn`, `pdb_00001crn`, `P69905`, `2244` or `aspirin`."""

    source: Source
    value: str

    @property
    def label(self) -> str:
        return {"pdb": "PDB", "alphafold": "AlphaFold DB", "pubchem": "PubChem"}[self.source] + f" {self.value}"


def parse_identifier(text: str, source: Source | None = None) -> Identifier:
    """From what a person types: an id, or `source:id`. Without a source, PDB ids and UniProt accessions are told apart.

    Raises FetchError for whatever is not an id.
    """
    words = text.strip()
    prefix, colon, rest = words.partition(":")
    if source is None and colon and prefix.strip().lower() in _PREFIXES:
        source, words = _PREFIXES[prefix.strip().lower()], rest.strip()
    for candidate in (source,) if source else ("pdb", "alphafold"):
        value = _PARSERS[candidate](words)
        if value is not None:
            return Identifier(candidate, value)
    where = f" of {Identifier(source, '').label.strip()}" if source else ""
    raise FetchError(f"{words[:40]!r} is not an id{where}.", _EXAMPLES)


def _pdb(text: str) -> str | None:
    """The classic id where there is one: pdb_00001crn and 1CRN are the same entry."""
    lower = text.lower()
    if _CLASSIC.fullmatch(lower):
        return lower
    if _EXTENDED.fullmatch(lower):
        classic = lower.removeprefix("pdb_0000")
        return classic if _CLASSIC.fullmatch(classic) else lower
    return None


def _alphafold(text: str) -> str | None:
    upper = text.upper()
    model = _MODEL.fullmatch(upper)
    accession = model[1] if model else upper
    return accession if _ACCESSION.fullmatch(accession) else None


def _pubchem(text: str) -> str | None:
    number = re.sub(r"^cid[ :]*", "", text, flags=re.IGNORECASE)
    if _CID.fullmatch(number):
        return number
    return text.lower() if _NAME.fullmatch(text) and not text.isdecimal() else None


_PARSERS = {"pdb": _pdb, "alphafold": _alphafold, "pubchem": _pubchem}
