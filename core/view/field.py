"""Packing of a scalar field on a uniform grid into one binary blob for the browser. Angstrom in the header.

Layout (`rhoscope-field-1`): uint32 length of the header, JSON header padded with spaces to an even end, then the
values as little-endian uint16, z fastest. code = round(65535 (asinh(v/knee) - low) / (high - low)): logarithmic for
|v| well above `knee`, linear below, signed. Relative step of a code: (high - low) / 65535, about 3e-4 for a density.
The header names the unit of v; where it says `missing`, code 0 stands for a point without a value.
"""

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.density.grid import UniformGrid
from core.errors import DataError
from core.units import BOHR_IN_ANGSTROM

FORMAT = "rhoscope-field-1"
# A grid of 400 points in each direction.
LARGEST_BYTES = 130_000_000
# The surface of a signed field starts where it holds this share of the whole absolute value on the grid.
STARTING_SHARE = 0.5
# By how much the range of codes is widened where code 0 is taken, so that no value gets it.
_ROOM = 1.0001


@dataclass(frozen=True)
class Quantity:
    """What a field is of. knee: |v| above which codes are logarithmic, in `unit`. signed: drawn at plus and minus a
    level; otherwise negative values are noise and are raised to zero. missing: NaN is a point without a value."""

    unit: str
    knee: float
    signed: bool = False
    missing: bool = False


DENSITY = Quantity("e/bohr^3", 1e-5)
DIFFERENCE = Quantity("e/bohr^3", 1e-6, signed=True)
POTENTIAL = Quantity("hartree/e", 1e-2, signed=True, missing=True)


@dataclass(frozen=True)
class PackedField:
    """compressed: gzip of the blob. digest: SHA-256 of the blob, hex. largest: the largest |value|, in the unit."""

    compressed: bytes
    digest: str
    signed: bool
    largest: float


def pack_field(values: NDArray[np.floating], grid: UniformGrid, quantity: Quantity = DENSITY) -> PackedField:
    """Pack `values` (nx, ny, nz) in the unit of `quantity`, given at the points of `grid`.

    Raises DataError where shapes disagree, or a value is not finite that must be.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.shape != tuple(grid.shape):
        raise DataError(f"Values of shape {values.shape} for a grid of {tuple(grid.shape)}.", "Use the same grid.")
    missing = np.isnan(values) & quantity.missing
    if not np.isfinite(values[~missing]).all() or missing.all():
        raise DataError("The field is not finite everywhere.", "Check the structure for atoms on one another.")
    knee, signed = quantity.knee, quantity.signed
    scaled = np.arcsinh((values if signed else np.maximum(values, 0.0)) / knee)
    low, high = float(np.nanmin(scaled)), float(np.nanmax(scaled))
    largest = float(knee * np.sinh(max(abs(low), abs(high))))
    if signed:
        high = max(-low, high, 1e-9) * (_ROOM if quantity.missing else 1.0)
        low = -high
    high = max(high, low + 1e-9)
    codes = np.rint((np.where(missing, low, scaled) - low) * (65535.0 / (high - low))).astype("<u2")
    header = json.dumps(
        {
            "format": FORMAT,
            "shape": list(map(int, grid.shape)),
            "origin_angstrom": [float(x) * BOHR_IN_ANGSTROM for x in grid.origin_bohr],
            "step_angstrom": float(grid.step_bohr) * BOHR_IN_ANGSTROM,
            "unit": quantity.unit,
            "knee": knee,
            "low": low,
            "high": high,
            "signed": signed,
            "missing": quantity.missing,
        }
    ).encode()
    header += b" " * (len(header) % 2)
    blob = len(header).to_bytes(4, "little") + header + codes.tobytes()
    return PackedField(gzip.compress(blob, 2, mtime=0), hashlib.sha256(blob).hexdigest(), signed, largest)


def unpack_field(compressed: bytes) -> tuple[dict, NDArray[np.float64]]:
    """Header and values (nx, ny, nz) in its unit, NaN where missing: the inverse of `pack_field`, to half a code.

    Raises DataError for anything that `pack_field` did not write, and for a blob beyond LARGEST_BYTES.
    """
    try:
        header, codes = _header_and_codes(_decompressed(compressed))
        scaled = header["low"] + codes * ((header["high"] - header["low"]) / 65535.0)
        values = header["knee"] * np.sinh(scaled)
        return header, np.where(codes == 0, np.nan, values) if header["missing"] else values
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, zlib.error) as error:
        raise DataError(f"This is not a packed field: {type(error).__name__}.", "Make it again.") from error


def _decompressed(compressed: bytes) -> bytes:
    """At most LARGEST_BYTES of it are ever made. Raises DataError, zlib.error."""
    inflater = zlib.decompressobj(wbits=31)
    blob = inflater.decompress(compressed, LARGEST_BYTES)
    if not inflater.eof:
        raise DataError("This packed field is cut off, or too large.", "Make it again.")
    return blob


def _header_and_codes(blob: bytes) -> tuple[dict, NDArray[np.float64]]:
    start = 4 + int.from_bytes(blob[:4], "little")
    header = json.loads(blob[4:start])
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise DataError("This is not a packed field of this version.", "Make it again.")
    shape = [int(length) for length in header["shape"]]
    if len(shape) != 3 or min(shape) < 1:
        raise DataError("This packed field has no grid.", "Make it again.")
    return header, np.frombuffer(blob, dtype="<u2", offset=start).reshape(shape).astype(np.float64)


def starting_level(values: NDArray[np.floating]) -> float:
    """The |value| above which lies STARTING_SHARE of the sum of all, to two digits."""
    sizes = np.sort(np.abs(values, dtype=np.float64).ravel())[::-1]
    sums = np.cumsum(sizes)
    return float(f"{sizes[int(np.searchsorted(sums, STARTING_SHARE * sums[-1]))]:.2g}")
