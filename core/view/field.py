"""Packing of a scalar field on a uniform grid into one binary blob for the browser. e/bohr^3; angstrom in the header.

Layout (`rhoscope-field-1`): uint32 length of the header, JSON header padded with spaces to an even end, then the
values as little-endian uint16, z fastest. code = round(65535 (asinh(v/knee) - low) / (high - low)): logarithmic for
|v| well above `knee`, linear below, signed. Relative step of a code: (high - low) / 65535, about 3e-4 for a density.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.density.grid import UniformGrid
from core.errors import DataError
from core.units import BOHR_IN_ANGSTROM

FORMAT = "rhoscope-field-1"
DENSITY_KNEE = 1e-5
DIFFERENCE_KNEE = 1e-6


@dataclass(frozen=True)
class PackedField:
    """compressed: gzip of the blob. digest: SHA-256 of the blob, hex. largest: the largest |value|, e/bohr^3."""

    compressed: bytes
    digest: str
    signed: bool
    largest: float


def pack_field(values: NDArray[np.floating], grid: UniformGrid, *, signed: bool = False) -> PackedField:
    """Pack `values` (nx, ny, nz) in e/bohr^3, given at the points of `grid`.

    signed: a difference of densities, drawn at plus and minus a level; otherwise negative values are noise and are
    raised to zero. Raises DataError where shapes disagree or a value is not finite.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.shape != tuple(grid.shape):
        raise DataError(f"Values of shape {values.shape} for a grid of {tuple(grid.shape)}.", "Use the same grid.")
    if not np.isfinite(values).all():
        raise DataError("The density is not finite everywhere.", "Check the structure for atoms on one another.")
    knee = DIFFERENCE_KNEE if signed else DENSITY_KNEE
    scaled = np.arcsinh((values if signed else np.maximum(values, 0.0)) / knee)
    low, high = float(scaled.min()), float(scaled.max())
    if signed:
        low, high = -max(-low, high, 1e-9), max(-low, high, 1e-9)
    high = max(high, low + 1e-9)
    codes = np.rint((scaled - low) * (65535.0 / (high - low))).astype("<u2")
    header = json.dumps(
        {
            "format": FORMAT,
            "shape": list(map(int, grid.shape)),
            "origin_angstrom": [float(x) * BOHR_IN_ANGSTROM for x in grid.origin_bohr],
            "step_angstrom": float(grid.step_bohr) * BOHR_IN_ANGSTROM,
            "unit": "e/bohr^3",
            "knee": knee,
            "low": low,
            "high": high,
            "signed": signed,
        }
    ).encode()
    header += b" " * (len(header) % 2)
    blob = len(header).to_bytes(4, "little") + header + codes.tobytes()
    largest = float(knee * np.sinh(max(abs(low), abs(high))))
    return PackedField(gzip.compress(blob, 2, mtime=0), hashlib.sha256(blob).hexdigest(), signed, largest)


def unpack_field(compressed: bytes) -> tuple[dict, NDArray[np.float64]]:
    """Header and values (nx, ny, nz) in e/bohr^3: the inverse of `pack_field`, to half a code."""
    blob = gzip.decompress(compressed)
    start = 4 + int.from_bytes(blob[:4], "little")
    header = json.loads(blob[4:start])
    if header.get("format") != FORMAT:
        raise DataError("This is not a packed field of this version.", "Make it again.")
    codes = np.frombuffer(blob, dtype="<u2", offset=start).reshape(header["shape"]).astype(np.float64)
    scaled = header["low"] + codes * ((header["high"] - header["low"]) / 65535.0)
    return header, header["knee"] * np.sinh(scaled)
