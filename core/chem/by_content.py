"""Which of the two formats of macromolecules a text is in, whatever the ending of its name says: PDB or mmCIF."""

import re

# A block of CIF is named before anything else stands in it; a table of atoms is one of mmCIF or of a crystal.
_FIRST_LINE = re.compile(r"^[ \t]*[^#\s].*", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*_atom_site[._]", re.MULTILINE | re.IGNORECASE)
_PDB = re.compile(r"^(?:HEADER    |(?:ATOM  |HETATM).{24}(?: *-?\d+\.\d+){3})", re.MULTILINE | re.ASCII)


def format_by_content(text: str, stated: str) -> str:
    """stated: "PDB" or "mmCIF", as the name of the file has it; it stands where the text does not show the other."""
    first = _FIRST_LINE.search(text)
    if (first and first[0].strip().lower().startswith("data_")) or _TABLE.search(text):
        return "mmCIF"
    return "PDB" if _PDB.search(text) else stated
