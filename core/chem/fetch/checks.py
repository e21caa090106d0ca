"""Whether an answer is the structure that was asked for: not a web page, not half a file, not another entry."""

import re

from core.chem.fetch.addresses import Address
from core.errors import FetchError

_LATER = "Try again later, or get the file with a browser and open it from disk."


def require_structure(content: bytes, address: Address, label: str) -> None:
    """Raises FetchError for an answer that is empty, a web page, of another kind, of another entry, or cut off."""
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise FetchError(f"The answer for {label} is empty.", _LATER)
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise FetchError(
            f"The server answered with a web page in place of {label}.",
            "A login or proxy page may stand in between. Get the file with a browser and open it from disk.",
        )
    marks, end = _MARKS[address.suffix]
    if not all(re.search(mark, content, re.MULTILINE) for mark in marks):
        raise FetchError(f"The answer for {label} is not a {_NAMES[address.suffix]} file.", _LATER)
    if address.entry and not _is_entry(start, address.entry):
        raise FetchError(f"The answer for {label} is another entry.", _LATER)
    if not re.search(end, content.rstrip()[-200:]):
        raise FetchError(f"The file of {label} is cut off.", _LATER)


def _is_entry(start: bytes, entry: str) -> bool:
    """mmCIF begins with the name of its entry: data_1CRN, or data_pdb_00001crn since extended ids."""
    found = re.match(rb"data_([\w-]+)", start)
    if found is None:
        return False
    name, wanted = found[1].decode("ascii", "replace"), entry.lower()
    return name.removeprefix("pdb_0000") == wanted or name == wanted


_NAMES = {"cif": "mmCIF", "pdb": "PDB", "sdf": "SDF"}
# What must stand in the file, and how it must end.
_MARKS: dict[str, tuple[tuple[bytes, ...], bytes]] = {
    "cif": ((rb"^data_", rb"^_atom_site\.Cartn_x"), rb"(^|\n)#\s*$"),
    "pdb": ((rb"^(ATOM  |HETATM)",), rb"(^|\n)END\s*$"),
    "sdf": ((rb"V[23]000", rb"^M  END"), rb"(^|\n)\$\$\$\$\s*$"),
}
