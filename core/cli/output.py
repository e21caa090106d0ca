"""What a command prints: one JSON document, or lines for a person."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_json(value: Any) -> Any:
    """Plain JSON types from numpy arrays, numbers and paths; NaN and infinity become null (JSON has neither)."""
    if isinstance(value, dict):
        return {str(key): to_json(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return to_json(value.tolist())
    if isinstance(value, list | tuple):
        return [to_json(entry) for entry in value]
    if isinstance(value, np.generic):
        return to_json(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def report(payload: dict[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print `payload` as JSON, or `lines`, on stdout."""
    print(json.dumps(to_json(payload), indent=2) if as_json else printable("\n".join(lines)), flush=True)


def printable(text: str) -> str:
    """Text for a terminal: control characters from a file must not reach it (JSON escapes them already)."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def print_error(message: str, remedy: str, *, as_json: bool) -> None:
    """The error and what to do: JSON on stdout, or two lines on stderr."""
    if as_json:
        print(json.dumps({"error": message, "remedy": remedy}), flush=True)
    else:
        print(printable(f"Error: {message}\n{remedy}"), file=sys.stderr, flush=True)


def progress(text: str) -> None:
    """One line on stderr while something long runs; stdout stays for the result."""
    print(printable(text), file=sys.stderr, flush=True)


def forces_table(
    symbols: Sequence[str], forces_mev_per_angstrom: NDArray[np.float64], names: Sequence[str] = ()
) -> list[str]:
    """A line per atom; forces (n_atoms, 3) in meV/angstrom. names: of the atoms, at the end of their lines."""
    lines = [f"{'atom':>6}  {'':2} {'fx':>12} {'fy':>12} {'fz':>12}  meV/angstrom"]
    for index, (label, force) in enumerate(zip(symbols, forces_mev_per_angstrom.tolist(), strict=True), 1):
        name = f"  {names[index - 1]}" if names else ""
        # What is added makes a nought of a minus nought.
        components = " ".join(f"{round(component, 2) + 0.0:12.2f}" for component in force)
        lines.append(f"{index:>6}  {label:<2} {components}{name}")
    return lines
