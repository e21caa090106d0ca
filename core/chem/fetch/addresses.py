"""Where each id is found: the addresses to try in turn, and the format that each gives."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from core.chem.fetch.identifiers import Identifier
from core.settings import Settings

# AlphaFold DB keeps one version of each model; the newest first.
ALPHAFOLD_VERSIONS = (6, 5, 4)


@dataclass(frozen=True)
class Address:
    """url: what to get. suffix: format of the answer. entry: what the file calls itself, empty where it does not."""

    url: str
    suffix: Literal["cif", "pdb", "sdf"]
    entry: str = ""


def addresses(identifier: Identifier, chosen: Settings) -> tuple[Address, ...]:
    """In the order in which they are tried; the next only where one has no such entry."""
    value = identifier.value
    if identifier.source == "pdb":
        base = chosen.pdb_url.rstrip("/")
        cif = Address(f"{base}/{value}.cif", "cif", value)
        # The old format has no place for extended ids.
        return (cif,) if value.startswith("pdb_") else (cif, Address(f"{base}/{value}.pdb", "pdb"))
    if identifier.source == "alphafold":
        base = chosen.alphafold_url.rstrip("/")
        entry = f"AF-{value}-F1"
        return tuple(Address(f"{base}/{entry}-model_v{v}.cif", "cif", entry) for v in ALPHAFOLD_VERSIONS)
    namespace = "cid" if re.fullmatch("[0-9]+", value) else "name"
    base = chosen.pubchem_url.rstrip("/")
    return (Address(f"{base}/compound/{namespace}/{quote(value, safe='')}/SDF?record_type=3d", "sdf"),)
