"""Tables as comma-separated text that spreadsheets open without running anything in it."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

# With the insertion code, if it has one.
_NUMBER_OF_RESIDUE = re.compile(r"-\d+[A-Za-z]?", re.ASCII)


def csv_text(header: Iterable[str], rows: Iterable[Sequence[object]], *, decimals: int | None = None) -> str:
    """A header and rows of as many entries. decimals: of floating-point numbers, None leaves them as they are. None is
    left empty; text, which may come from files, cannot act as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(
            [
                f"{entry:.{decimals}f}" if isinstance(entry, float) and decimals is not None else _inert(entry)
                for entry in row
            ]
        )
    return text.getvalue()


def csv_of(columns: Mapping[str, Sequence[object]]) -> str:
    """A table by its columns, all as long as each other; numbers with six decimals."""
    return csv_text(columns, zip(*columns.values(), strict=True), decimals=6)


def _inert(entry: object) -> object:
    """Text that a spreadsheet will not run as a formula. Numbers of residues before the first stay as they are."""
    if not isinstance(entry, str) or not entry.startswith(("=", "+", "-", "@")) or _NUMBER_OF_RESIDUE.fullmatch(entry):
        return entry
    return f"'{entry}"
