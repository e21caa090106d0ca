"""A structure by its id: from the cache, or from the PDB, AlphaFold DB or PubChem. Nothing else can be reached."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.chem.fetch.addresses import addresses
from core.chem.fetch.cache import FetchCache
from core.chem.fetch.checks import require_structure
from core.chem.fetch.download import NotFoundError, download
from core.chem.fetch.identifiers import Identifier, Source, parse_identifier
from core.settings import settings

__all__ = ["Fetched", "Identifier", "Source", "fetch", "parse_identifier"]

_NO_ENTRY = {
    "pdb": "Check the id, for instance 1CRN. Withdrawn and not yet released entries have no file.",
    "alphafold": "Check the UniProt accession, for instance P69905. Not every protein has a model.",
    "pubchem": "Check the number or name. Compounds without a 3D record have none: paste the SMILES in place of it.",
}


@dataclass(frozen=True)
class Fetched:
    """content: the file as it came. filename: id and ending, for `read_structure` and `prepare`.

    url, sha256, fetched_at (ISO 8601, UTC): its origin. from_cache: nothing was sent over the network.
    """

    identifier: Identifier
    content: bytes
    filename: str
    url: str
    sha256: str
    fetched_at: str
    from_cache: bool


def fetch(text: str, source: Source | None = None, *, refresh: bool = False) -> Fetched:
    """text: an id, or `source:id`. refresh: ask the server even where the cache has it.

    Raises FetchError: not an id, no such entry, no answer, an answer that is not the structure, or too large.
    """
    identifier = parse_identifier(text, source)
    chosen = settings()
    cache = FetchCache(chosen.data_dir)
    known = None if refresh else cache.get(identifier)
    if known is not None:
        content, kept = known
        return _fetched(identifier, content, kept.suffix, kept.url, kept.sha256, kept.fetched_at, from_cache=True)
    for address in addresses(identifier, chosen):
        try:
            content = download(
                address.url,
                timeout_seconds=chosen.fetch_timeout_seconds,
                retries=chosen.fetch_retries,
                backoff_seconds=chosen.fetch_backoff_seconds,
                limit_bytes=chosen.max_upload_mb * 1e6,
            )
        except NotFoundError:
            continue
        require_structure(content, address, identifier.label)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = cache.put(identifier, content, address.suffix, address.url, now)
        return _fetched(identifier, content, address.suffix, address.url, kept.sha256, now, from_cache=False)
    raise NotFoundError(f"There is no {identifier.label}.", _NO_ENTRY[identifier.source])


def _fetched(
    identifier: Identifier, content: bytes, suffix: str, url: str, sha256: str, fetched_at: str, *, from_cache: bool
) -> Fetched:
    return Fetched(identifier, content, f"{identifier.value}.{suffix}", url, sha256, fetched_at, from_cache)
