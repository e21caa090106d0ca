"""Packing of a Density as coefficients into one binary blob for the browser, which evaluates it where a person looks.

Layout (`rhoscope-coefficients-1`), little-endian: uint32 length of the header, JSON header padded with spaces so that
what follows starts at a multiple of 8; float64 positions, bohr, three for each atom; float32 coefficients; uint8 reach.
Atoms stand element by element, `elements` of the header in the same order: {"count", "exponents"} with exponents[l] in
bohr^-2. Coefficients run over atom, l, exponent, m = -l..l, and have every factor in them,

    rho(r) = sum over all of  c exp(-a |r - R|^2) s_lm(r - R)      [e/bohr^3],

s_lm being the unnormalised real solid harmonics of `core.gaussian.harmonics`. The free atom is there as further s
functions. Reach runs over atom, l, exponent: the distance, in steps of `reach_step_bohr` rounded up, beyond which the
shell stays below `threshold` e/bohr^3; 0 where it does so everywhere.
"""

import gzip
import hashlib
import json
import math
from dataclasses import dataclass

import numpy as np

from core.density.blocks import Shells, element_blocks
from core.density.density import Density
from core.gaussian.basis import primitive_norm
from core.gaussian.extent import extents
from core.gaussian.harmonics import harmonic_norms

FORMAT = "rhoscope-coefficients-1"
# Of some fifty atoms that reach a point, what is left out adds up: below 1e-3 of the faintest level that people draw.
THRESHOLD = 3e-8
REACH_STEP_BOHR = 0.1


@dataclass(frozen=True)
class PackedCoefficients:
    """compressed: gzip of the blob. digest: SHA-256 of the blob, hex."""

    compressed: bytes
    digest: str


def pack_coefficients(density: Density) -> PackedCoefficients:
    """Pack `density`, free atoms and free ions included."""
    elements, positions, coefficients, reach = [], [], [], []
    for block in element_blocks(density):
        n = len(block.atoms)
        exponents: list[list[float]] = [[] for _ in range(block.l_max + 1)]
        for shells in block.shells:
            exponents[shells.l] = shells.exponents.tolist()
        elements.append({"count": n, "exponents": exponents})
        positions.append(density.molecule.positions_bohr[block.atoms.numpy()])
        scaled = [_with_factors(shells) for shells in block.shells]
        coefficients.append(np.concatenate([values.reshape(n, -1) for values in scaled], axis=1).ravel())
        reach.append(np.concatenate([_reach(shells) for shells in block.shells], axis=1).ravel())
    header = json.dumps(
        {"format": FORMAT, "threshold": THRESHOLD, "reach_step_bohr": REACH_STEP_BOHR, "elements": elements}
    ).encode()
    header += b" " * (-(4 + len(header)) % 8)
    blob = (
        len(header).to_bytes(4, "little")
        + header
        + np.concatenate(positions).astype("<f8").tobytes()
        + np.concatenate(coefficients).astype("<f4").tobytes()
        + np.concatenate(reach).tobytes()
    )
    return PackedCoefficients(gzip.compress(blob, 6, mtime=0), hashlib.sha256(blob).hexdigest())


def _with_factors(shells: Shells) -> np.ndarray:
    """(n, K, 2l+1) coefficients with the norms of the primitives and of the harmonics in them."""
    norms = primitive_norm(shells.l, shells.exponents)[:, None] * harmonic_norms(shells.l)
    return shells.coefficients.numpy() * norms


def _reach(shells: Shells) -> np.ndarray:
    """(n, K) uint8, steps of REACH_STEP_BOHR."""
    largest = np.linalg.norm(shells.coefficients.numpy(), axis=-1) * primitive_norm(shells.l, shells.exponents)
    amplitudes = largest * math.sqrt((2 * shells.l + 1) / (4.0 * math.pi))
    reach = extents(shells.l, shells.exponents, amplitudes, THRESHOLD)
    return np.minimum(np.ceil(reach / REACH_STEP_BOHR), 255).astype(np.uint8)
