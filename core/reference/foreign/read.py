"""The one way in for files of other programs. It runs without Streamlit, so that another process may call it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.errors import ResultError, RhoscopeError
from core.reference.foreign import checkpoint, cube, fchk, molden
from core.reference.foreign.result import ForeignResult, GaussianOrbitals
from core.reference.foreign.soundness import require_sound_nuclei, sound_orbitals
from core.settings import settings


@dataclass(frozen=True)
class Format:
    name: str
    suffixes: tuple[str, ...]
    looks_so: Callable[[bytes], bool]
    parse: Callable[[bytes, str], ForeignResult]


FORMATS = (
    Format(cube.KIND, ("cube", "cub"), cube.looks_so, cube.parse),
    Format(fchk.KIND, ("fchk", "fch"), fchk.looks_so, fchk.parse),
    Format(molden.KIND, ("molden", "input"), molden.looks_so, molden.parse),
    Format(checkpoint.KIND, ("chk", "h5"), checkpoint.looks_so, checkpoint.parse),
)
SUFFIXES = tuple(suffix for entry in FORMATS for suffix in entry.suffixes)
ACCEPTED = (
    "Give a cube of the density (.cube), a formatted checkpoint (.fchk), a Molden file (.molden) or a PySCF checkpoint "
    "(.chk)."
)
_NAME_LENGTH = 60


def read(content: bytes, filename: str) -> ForeignResult:
    """The result in a file. filename: chooses the format by its ending, and nothing else.

    Raises ResultError, StructureError, UnsupportedElementError or ChargeError, whatever the bytes are; MemoryError
    where there is too little. The size limit is settings().max_upload_mb and is judged first.
    """
    require_size(len(content))
    if not content.strip():
        raise ResultError("The file is empty.", ACCEPTED)
    entry = _format(content, filename)
    try:
        result = entry.parse(content, shown_name(filename))
        require_sound_nuclei(result.atomic_numbers, result.positions_bohr)
        if isinstance(result.density, GaussianOrbitals):
            sound_orbitals(result, result.density)
    except RhoscopeError:
        raise
    except (ValueError, TypeError, LookupError, ArithmeticError, np.linalg.LinAlgError) as error:
        raise ResultError(
            f"This {entry.name} cannot be read.", "It is damaged, or of a kind not known here."
        ) from error
    return result


def require_size(n_bytes: int) -> None:
    """Raises ResultError for more than settings().max_upload_mb."""
    limit_bytes = settings().max_upload_mb * 1e6
    if n_bytes > limit_bytes:
        raise ResultError(
            f"This file has {n_bytes / 1e6:.0f} MB; at most {limit_bytes / 1e6:g} MB are accepted.",
            "Write a cube with fewer points, or raise the setting RHOSCOPE_MAX_UPLOAD_MB.",
        )


def shown_name(filename: str) -> str:
    """The last part of a name, printable and short; still text of somebody else."""
    last = re.split(r"[/\\]", filename)[-1]
    return "".join(c if c.isprintable() else " " for c in last).strip()[-_NAME_LENGTH:] or "file"


def _format(content: bytes, filename: str) -> Format:
    suffix = filename.rpartition(".")[2].lower() if "." in filename else ""
    entry = next((entry for entry in FORMATS if suffix in entry.suffixes), None)
    if entry is None:
        what = f"Files ending in .{suffix[:20]} are not known." if suffix else "The name of the file has no ending."
        raise ResultError(what, ACCEPTED)
    if entry.looks_so(content):
        return entry
    other = next((other for other in FORMATS if other.looks_so(content)), None)
    if other is not None:
        raise ResultError(
            f"The name ends in .{suffix}, but this is a {other.name}.", f"Let its name end in .{other.suffixes[0]}."
        )
    if suffix == "chk":
        raise ResultError(
            "This is no checkpoint of PySCF.", "One of Gaussian is turned into text first: formchk name.chk name.fchk."
        )
    raise ResultError(f"This is no {entry.name}, whatever its name says.", f"It may be cut off or damaged. {ACCEPTED}")
