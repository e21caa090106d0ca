"""A file, or a SMILES, to a Molecule that can be computed on. Angstrom in, angstrom out.

Reading is one thing (a small module per format), judging another (`core.chem.validate`). Whatever the bytes are, the
result is a Molecule or a StructureError, UnsupportedElementError or ChargeError with its remedy.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.chem.by_content import format_by_content
from core.chem.lacking_hydrogens import no_carbon_has_hydrogens
from core.chem.macromolecule import parse_mmcif, parse_pdb
from core.chem.molecule import Molecule
from core.chem.molfile import molecules_in, parse_molfile
from core.chem.parsed import ParsedStructure
from core.chem.smiles import parse_smiles
from core.chem.validate import atomic_numbers_of, require_atom_count, require_closed_shell, require_sound_positions
from core.chem.xyz import frames_in, parse_xyz
from core.errors import ChargeError, StructureError
from core.settings import settings


def _one(text: str) -> int:
    """Of formats whose models are told elsewhere."""
    return 1


@dataclass(frozen=True)
class Format:
    """count: how many structures a text holds, of which `parse` takes the first."""

    name: str
    suffixes: tuple[str, ...]
    parse: Callable[..., ParsedStructure]
    count: Callable[[str], int] = _one


FORMATS = (
    Format("PDB", ("pdb", "ent"), parse_pdb),
    Format("mmCIF", ("cif", "mmcif"), parse_mmcif),
    Format("XYZ", ("xyz", "extxyz"), parse_xyz, frames_in),
    Format("SDF", ("sdf", "sd", "mol"), parse_molfile, molecules_in),
)
SUFFIXES = tuple(suffix for entry in FORMATS for suffix in entry.suffixes)
_ACCEPTED = "Give a PDB (.pdb), mmCIF (.cif), XYZ (.xyz) or SDF (.sdf, .mol) file."
_TITLE_LENGTH = 200
# Tab, newline, form feed, carriage return and escape are the control characters that text files do hold.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def read_structure(
    source: Path | str | bytes, filename: str | None = None, *, charge: int | None = None, max_atoms: int | None = None
) -> Molecule:
    """Read and check a structure.

    source: a path, or the content of a file as bytes; filename: its name, whose suffix chooses the format (a path
    needs none). charge: total, in e; without it what the file states, or else 0. max_atoms: settings().max_atoms
    without it. The size limit is settings().max_upload_mb and is judged before anything is read.
    Raises StructureError, UnsupportedElementError, ChargeError.
    """
    entry, text, name = format_and_text(source, filename)
    parsed = entry.parse(text, max_atoms=settings().max_atoms if max_atoms is None else max_atoms)
    return _molecule(parsed, charge, Path(name).stem)


def format_and_text(source: Path | str | bytes, filename: str | None = None) -> tuple[Format, str, str]:
    """The format, the text and the name of a file, arguments and errors as of `read_structure`.

    PDB and mmCIF are told apart by their content, since people give one the name of the other (`is_misnamed`).
    """
    if isinstance(source, bytes):
        name = filename or ""
        require_size(len(source))
        content = source
    else:
        path = Path(source)
        name = filename or path.name
        content = file_content(path)
    entry, text = _format(name), _text(content)
    if has_residues(name):
        found = format_by_content(text, entry.name)
        entry = next(other for other in FORMATS if other.name == found)
    return entry, text, name


def is_misnamed(entry: Format, name: str) -> bool:
    """Whether the ending of the name is not one of the format that was found."""
    return _suffix(name) not in entry.suffixes


def from_smiles(smiles: str, *, charge: int | None = None) -> Molecule:
    """A structure in space for one SMILES, the same each time. Raises as `read_structure`."""
    return _molecule(parse_smiles(smiles), charge, smiles)


def require_size(size: int) -> None:
    """Raises StructureError for more bytes than settings().max_upload_mb."""
    limit_bytes = settings().max_upload_mb * 1e6
    if size > limit_bytes:
        raise StructureError(
            f"This file has {size / 1e6:.0f} MB; at most {limit_bytes / 1e6:g} MB are accepted.",
            "Cut out the part you need, or raise the setting RHOSCOPE_MAX_UPLOAD_MB.",
        )


def file_content(path: Path) -> bytes:
    """The bytes of a file, its size judged before they are read. Raises StructureError."""
    try:
        require_size(path.stat().st_size)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StructureError(f"{path} cannot be read: {reason}.", "Check the path and its permissions.") from error


def has_residues(name: str) -> bool:
    """Whether a file of this name has a format of macromolecules, which is prepared, not read as it is."""
    return any(entry.name in ("PDB", "mmCIF") and _suffix(name) in entry.suffixes for entry in FORMATS)


def _suffix(name: str) -> str:
    return Path(name).suffix.lower().lstrip(".")


def _format(name: str) -> Format:
    suffix = _suffix(name)
    for entry in FORMATS:
        if suffix in entry.suffixes:
            return entry
    if suffix in ("gz", "zip", "bz2", "xz", "zst"):
        raise StructureError(f"{Path(name).name[:80]} is compressed.", f"Unpack it first. {_ACCEPTED}")
    what = f"Files ending in .{suffix[:20]} are not known." if suffix else "The name of the file has no ending."
    raise StructureError(what, _ACCEPTED)


def _text(content: bytes) -> str:
    content = content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        raise StructureError("The file is empty.", _ACCEPTED)
    if content[:1024].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise StructureError(
            "This is a web page (HTML), not a structure.",
            "A server may have answered with a page in place of the file: open its address in a browser, and save the "
            "file that it offers.",
        )
    if len(_CONTROL.findall(content[:65536])) > 0 or b"\0" in content:
        raise StructureError("This is a binary file, not text.", f"If it is compressed, unpack it first. {_ACCEPTED}")
    # Ends of lines of any system; not all readers know all of them.
    return content.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _molecule(parsed: ParsedStructure, charge: int | None, fallback_title: str) -> Molecule:
    require_atom_count(len(parsed.symbols), len(parsed.symbols))
    numbers = atomic_numbers_of(parsed.symbols)
    require_sound_positions(parsed.symbols, parsed.positions_angstrom)
    if parsed.residues_without_hydrogens:
        count = parsed.residues_without_hydrogens
        raise StructureError(
            f"Hydrogens are missing: {count} residue{'s have' if count > 1 else ' has'} none or too few.",
            "X-ray structures leave them out, but every electron counts here. Have them added: `--prepare` on the "
            "command line, `core.chem.prepare` in Python.",
        )
    if no_carbon_has_hydrogens(numbers, parsed.positions_angstrom):
        raise StructureError(
            "Hydrogens are missing: no carbon has any, and by their bonds some must.",
            "Every electron counts here: add the hydrogens in the program that made the file, or paste the SMILES, "
            "which gets them.",
        )
    total = charge if charge is not None else (parsed.charge or 0)
    try:
        require_closed_shell(numbers, total)
    except ChargeError as error:
        if not parsed.may_be_cut_off:
            raise
        raise ChargeError(error.message, f"{error.remedy} The file has no END line, so it may be cut off.") from error
    return Molecule(numbers, parsed.positions_angstrom, total, plain_title(parsed.title) or plain_title(fallback_title))


def plain_title(title: str) -> str:
    """One line without control characters. Markup is kept: it is text, and what shows it must escape it."""
    return "".join(c if c.isprintable() else " " for c in title).strip()[:_TITLE_LENGTH]
