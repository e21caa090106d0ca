"""Auxiliary basis: even-tempered Gaussians per element, with the free atom they are added to.

rho(r) = sum_A [ rho_A^free(|r-R_A|) + sum_{l,k,m} c_{A,l,k,m} g_{lk}(|r-R_A|) Y_lm ].
Primitives are normalised as PySCF's: g_lk(r) = N r^l exp(-a_k r^2) with integral of (g Y)^2 = 1, real Y_lm.
Order of coefficients: atom, then l ascending, then exponent in the stored order, then m = -l..l
(so l=1 runs y, z, x; PySCF's own order x, y, z appears only in `core.reference`). Exponents in bohr^-2.
"""

import hashlib
import json
import math
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.chem.elements import symbol
from core.errors import BasisError, UnsupportedElementError

ASSETS = Path(__file__).resolve().parents[2] / "assets"
DEFAULT_BASIS = "rho-1"
FREE_IONS = "free-ions"


def primitive_norm(l: int, exponent: NDArray[np.float64]) -> NDArray[np.float64]:
    """N such that the integral of (N r^l exp(-a r^2) Y_lm)^2 is 1. Same shape as `exponent`."""
    a = np.asarray(exponent, dtype=np.float64)
    return np.sqrt(2.0 * (2.0 * a) ** (l + 1.5) / math.gamma(l + 1.5))


@dataclass(frozen=True)
class ElementBasis:
    """Functions of one element.

    exponents[l] are the learned primitives of angular momentum l; free_* the spherical free atom as
    normalised s primitives. free_coefficients integrate to free_electrons. charge: of a free ion, which has no learned
    primitives; atoms have none.
    """

    atomic_number: int
    exponents: tuple[tuple[float, ...], ...]
    free_exponents: tuple[float, ...]
    free_coefficients: tuple[float, ...]
    charge: int = 0

    @property
    def free_electrons(self) -> int:
        return self.atomic_number - self.charge

    def free_density(self, radii_bohr: NDArray[np.float64]) -> NDArray[np.float64]:
        """rho(r) of the free atom or ion at `radii_bohr` (n,), e/bohr^3."""
        a = np.array(self.free_exponents)
        amplitudes = np.array(self.free_coefficients) * primitive_norm(0, a) / np.sqrt(4.0 * np.pi)
        return np.exp(-np.outer(np.square(radii_bohr), a)) @ amplitudes

    @property
    def l_max(self) -> int:
        return len(self.exponents) - 1

    @cached_property
    def n_functions(self) -> int:
        return sum((2 * l + 1) * len(shell) for l, shell in enumerate(self.exponents))

    @cached_property
    def l_slices(self) -> tuple[slice, ...]:
        """Where each l stands among the functions of this element; reshape to (n_exponents, 2l+1)."""
        slices, start = [], 0
        for l, shell in enumerate(self.exponents):
            stop = start + (2 * l + 1) * len(shell)
            slices.append(slice(start, stop))
            start = stop
        return tuple(slices)


@dataclass(frozen=True)
class AuxiliaryBasis:
    """A named, versioned set of ElementBasis, keyed by atomic number."""

    name: str
    elements: dict[int, ElementBasis]

    def element(self, atomic_number: int) -> ElementBasis:
        """Raises UnsupportedElementError, naming the element and those that are there."""
        try:
            return self.elements[int(atomic_number)]
        except KeyError:
            known = ", ".join(symbol(z) for z in sorted(self.elements))
            raise UnsupportedElementError(
                f"{symbol(atomic_number)} is not in the auxiliary basis {self.name}.",
                f"Supported elements: {known}. Remove or replace the others.",
            ) from None

    @property
    def l_max(self) -> int:
        return max(element.l_max for element in self.elements.values())

    @cached_property
    def with_free_ions(self) -> "AuxiliaryBasis":
        """And the ions of assets/basis/free-ions.json. Raises BasisError where one of them is here already."""
        if both := free_ions().keys() & self.elements.keys():
            raise BasisError(
                f"{symbol(min(both))} is in {self.name} and among the free ions.", "Take it out of free-ions.json."
            )
        return AuxiliaryBasis(f"{self.name} and free ions", {**free_ions(), **self.elements})

    @cached_property
    def without_free_atoms(self) -> "AuxiliaryBasis":
        """The learned functions alone."""
        bare = {z: replace(element, free_exponents=(), free_coefficients=()) for z, element in self.elements.items()}
        return AuxiliaryBasis(f"{self.name} without free atoms", bare)

    def atom_offsets(self, atomic_numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n_atoms + 1,) start of each atom's coefficients; the last entry is their total number."""
        sizes = [self.element(z).n_functions for z in np.asarray(atomic_numbers).tolist()]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def n_functions(self, atomic_numbers: NDArray[np.int64]) -> int:
        return int(self.atom_offsets(atomic_numbers)[-1])

    @cached_property
    def content_hash(self) -> str:
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict:
        return {
            "format": "rhoscope-auxiliary-basis-1",
            "name": self.name,
            "elements": {
                symbol(z): {
                    "atomic_number": z,
                    "exponents_per_bohr2": [list(shell) for shell in element.exponents],
                    "free_exponents_per_bohr2": list(element.free_exponents),
                    "free_coefficients": list(element.free_coefficients),
                    **({"charge": element.charge} if element.charge else {}),
                }
                for z, element in sorted(self.elements.items())
            },
        }

    @classmethod
    def from_json(cls, payload: dict) -> "AuxiliaryBasis":
        if payload.get("format") != "rhoscope-auxiliary-basis-1":
            raise BasisError("This is not an auxiliary basis file.", "Use one of assets/basis/*.json.")
        elements = {
            int(entry["atomic_number"]): ElementBasis(
                int(entry["atomic_number"]),
                tuple(tuple(map(float, shell)) for shell in entry["exponents_per_bohr2"]),
                tuple(map(float, entry["free_exponents_per_bohr2"])),
                tuple(map(float, entry["free_coefficients"])),
                int(entry.get("charge", 0)),
            )
            for entry in payload["elements"].values()
        }
        return cls(str(payload["name"]), elements)

    @classmethod
    def load(cls, name: str = DEFAULT_BASIS) -> "AuxiliaryBasis":
        """Read assets/basis/<name>.json. Raises BasisError where there is none."""
        path = ASSETS / "basis" / f"{name}.json"
        if not name.replace("-", "").replace("_", "").isalnum() or not path.is_file():
            raise BasisError(f"There is no auxiliary basis called {name!r}.", "See assets/basis for those shipped.")
        return cls.from_json(json.loads(path.read_text()))


@cache
def free_ions() -> dict[int, ElementBasis]:
    """By atomic number: ions with a closed shell, as they are alone (`python -m core basis ions` made them)."""
    return AuxiliaryBasis.load(FREE_IONS).elements
