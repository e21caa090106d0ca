"""A result as JSON and arrays, and back: how it passes from a process that read a stranger's file to one that believes
nothing. Whoever takes it judges it again as the file was judged."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError

from core.errors import ResultError, RhoscopeError
from core.reference.foreign.cube import require_density, require_sound_axes
from core.reference.foreign.read import shown_name
from core.reference.foreign.result import CubeGrid, ForeignResult, GaussianOrbitals, Shell
from core.reference.foreign.shells import MOST_FUNCTIONS, checked
from core.reference.foreign.soundness import require_sound_nuclei, sound_orbitals
from core.reference.foreign.text import require_sensible, words

Arrays = dict[str, NDArray[Any]]
_SENTENCE_LENGTH = 500


class _Words(BaseModel):
    """What of a result is no array. shells: atom, l, whether Cartesian, number of primitives."""

    name: str
    kind: str
    says: str
    charge: int | None = Field(ge=-10_000, le=10_000)
    energy_hartree: float | None = Field(allow_inf_nan=False)
    notes: tuple[str, ...] = Field(max_length=20)
    shells: tuple[tuple[int, int, bool, int], ...] | None = Field(max_length=MOST_FUNCTIONS)


def to_parts(result: ForeignResult) -> tuple[dict[str, Any], Arrays]:
    """JSON types, and arrays by name."""
    arrays: Arrays = {"atomic_numbers": result.atomic_numbers, "positions_bohr": result.positions_bohr}
    if result.gradient_hartree_per_bohr is not None:
        arrays["gradient_hartree_per_bohr"] = result.gradient_hartree_per_bohr
    shells = None
    if isinstance(result.density, GaussianOrbitals):
        of = result.density
        shells = tuple((s.atom, s.l, s.cartesian, len(s.exponents)) for s in of.shells)
        arrays["exponents"] = np.array([a for s in of.shells for a in s.exponents])
        arrays["contraction"] = np.array([c for s in of.shells for c in s.coefficients])
        arrays["coefficients"], arrays["occupations"] = of.coefficients, of.occupations
    else:
        cube = result.density
        arrays |= {"origin_bohr": cube.origin_bohr, "steps_bohr": cube.steps_bohr, "density": cube.density}
    said = _Words(
        name=result.name,
        kind=result.kind,
        says=result.says,
        charge=result.charge,
        energy_hartree=result.energy_hartree,
        notes=result.notes,
        shells=shells,
    )
    return said.model_dump(mode="json"), arrays


def from_parts(said: dict[str, Any], arrays: Arrays) -> ForeignResult:
    """The result, sound as one that `read` gives. Raises RhoscopeError, whatever the parts are."""
    try:
        result = _joined(_Words.model_validate(said), arrays)
        require_sound_nuclei(result.atomic_numbers, result.positions_bohr)
        if isinstance(result.density, GaussianOrbitals):
            sound_orbitals(result, result.density)
    except RhoscopeError:
        raise
    except (ValidationError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise ResultError(
            "The reader of the file gave an answer that makes no sense.", "Try another format."
        ) from error
    return result


def _joined(said: _Words, arrays: Arrays) -> ForeignResult:
    numbers = np.asarray(arrays["atomic_numbers"]).astype(np.int64).reshape(-1)
    places = _reals(arrays, "positions_bohr", (numbers.size, 3))
    with_gradient = "gradient_hartree_per_bohr" in arrays
    return ForeignResult(
        name=shown_name(said.name),
        kind=words(said.kind),
        says=words(said.says),
        atomic_numbers=numbers,
        positions_bohr=places,
        charge=said.charge,
        density=_cube(arrays) if said.shells is None else _orbitals(said.shells, arrays, numbers.size),
        energy_hartree=said.energy_hartree,
        gradient_hartree_per_bohr=_reals(arrays, "gradient_hartree_per_bohr", places.shape) if with_gradient else None,
        notes=tuple(" ".join(note.split())[:_SENTENCE_LENGTH] for note in said.notes),
    )


def _reals(arrays: Arrays, name: str, shape: tuple[int, ...] | None = None) -> NDArray[np.float64]:
    found = np.array(arrays[name], dtype=np.float64)
    if shape is not None and found.shape != shape:
        raise ValueError(f"{name} of shape {found.shape}")
    require_sensible(found, name)
    return found


def _orbitals(shells: tuple[tuple[int, int, bool, int], ...], arrays: Arrays, n_atoms: int) -> GaussianOrbitals:
    ends = np.cumsum([count for *_, count in shells])
    exponents, contraction = (_reals(arrays, name, (int(ends[-1]),)) for name in ("exponents", "contraction"))
    made = []
    for (atom, l, cartesian, count), end in zip(shells, ends.tolist(), strict=True):
        own = (tuple(part[end - count : end].tolist()) for part in (exponents, contraction))
        made.append(checked(Shell(atom, l, cartesian, *own), n_atoms))
    n_functions = sum(shell.n_functions for shell in made)
    coefficients, occupations = _reals(arrays, "coefficients"), _reals(arrays, "occupations")
    if n_functions > MOST_FUNCTIONS or coefficients.shape != (n_functions, occupations.size):
        raise ValueError(f"coefficients of shape {coefficients.shape} for {n_functions} functions")
    return GaussianOrbitals(tuple(made), coefficients, occupations)


def _cube(arrays: Arrays) -> CubeGrid:
    density = _reals(arrays, "density")
    grid = CubeGrid(_reals(arrays, "origin_bohr", (3,)), _reals(arrays, "steps_bohr", (3, 3)), density)
    require_sound_axes(grid.shape, grid.steps_bohr)
    require_density(grid)
    return grid
