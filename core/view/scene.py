"""Scene: all that one picture shows, as plain frozen data, for the viewer and for a file.

Angstrom, meV/angstrom, e/bohr^3. The field itself is not in it, only its address and hash: a scene is small JSON, and
equal scenes have equal hashes, which is how the viewer knows that there is nothing to do.
"""

import hashlib
import json
import re
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.scene_residues import SceneResidues

CURVE_POINTS = 240
# What keys do in a picture, for those who do not see it.
KEYS = "Arrow keys turn it, plus and minus zoom, n and p go from atom to atom, Enter picks one, Home shows everything."


@dataclass(frozen=True)
class FieldReference:
    """Where the packed field lies. label: what the surface is called. largest: of |value|, e/bohr^3."""

    url: str
    digest: str
    label: str
    largest: float


@dataclass(frozen=True)
class CoefficientsReference:
    """Where the packed coefficients of a field lie, for the viewer to refine it by."""

    url: str
    digest: str


@dataclass(frozen=True)
class FormationReference(FieldReference):
    """Where the packed bond formation lies. level: where its two lobes start, e/bohr^3. coefficients: None where it is
    not refined."""

    level: float
    coefficients: CoefficientsReference | None = None


@dataclass(frozen=True)
class PotentialReference:
    """Where the packed potential lies, hartree/e. unit: what the viewer shows it in; per_hartree: so many of it."""

    url: str
    digest: str
    unit: str
    per_hartree: float


@dataclass(frozen=True)
class Curve:
    """Electrons inside the surface of each level. levels: ascending, e/bohr^3."""

    levels: tuple[float, ...]
    enclosed: tuple[float, ...]

    @classmethod
    def sampled(cls, levels: NDArray[np.float64], enclosed: NDArray[np.float64]) -> "Curve":
        """At most CURVE_POINTS points of a longer curve, even in the logarithm of the level."""
        levels, enclosed = np.asarray(levels, dtype=float), np.asarray(enclosed, dtype=float)
        positive = levels > 0
        levels, enclosed = levels[positive], enclosed[positive]
        if levels.size > CURVE_POINTS:
            # Below, all electrons are inside; above, a number may be typed as far as the largest density.
            kept = enclosed < 0.99995 * enclosed.max()
            levels, enclosed = levels[kept], enclosed[kept]
            chosen = np.geomspace(levels[0], levels[-1], CURVE_POINTS)
            levels, enclosed = chosen, np.interp(np.log(chosen), np.log(levels), enclosed)
        return cls(tuple(float(f"{x:.6g}") for x in levels), tuple(float(f"{x:.8g}") for x in enclosed))


def flat_positions(molecule: Molecule) -> tuple[float, ...]:
    """Positions as scenes hold them: flat (3 n_atoms), angstrom."""
    return tuple(np.round(molecule.positions_angstrom, 4).ravel().tolist())


def flat_forces(forces_hartree_per_bohr: NDArray[np.float64]) -> tuple[float, ...]:
    """Forces (n_atoms, 3) as scenes hold them: flat (3 n_atoms), meV/angstrom, to a tenth."""
    scaled = np.asarray(forces_hartree_per_bohr) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    return tuple(np.round(scaled, 1).ravel().tolist())


@dataclass(frozen=True)
class Pane:
    """One of several linked pictures of the same molecule: a field and the forces that go with it.

    label: what stands over it. forces_mev_per_angstrom: flat (3 n_atoms); arrows: what they are called within a
    sentence. level: where the surface starts, e/bohr^3. signed: a difference, drawn at plus and minus its level. Panes
    that agree in `signed` share the level, and the scale and colours of the arrows. against: what a difference is from.
    forces_mev_per_angstrom is None where they are not known. potential: of this density, of a difference that of both
    potentials; formation: likewise of a density, to draw in its place. None where they were not asked for.
    """

    label: str
    field: FieldReference
    forces_mev_per_angstrom: tuple[float, ...] | None
    arrows: str
    level: float
    signed: bool = False
    against: str = "DFT"
    potential: PotentialReference | None = None
    formation: FormationReference | None = None


@dataclass(frozen=True)
class ForcePart:
    """A part of the forces, as of `core.forces.parts`. label: what its arrows are called. within_angstrom: how far near
    is. forces_mev_per_angstrom: flat (3 n_atoms). of_panes: instead of them, those of each of several linked pictures,
    None where they are not known."""

    part: str
    within_angstrom: float
    label: str
    forces_mev_per_angstrom: tuple[float, ...]
    of_panes: tuple[tuple[float, ...] | None, ...] = ()


@dataclass(frozen=True)
class Scene:
    """One picture, or several linked ones.

    structure: content hash of the molecule. title, source: text, untrusted. forces_mev_per_angstrom: flat
    (3 n_atoms), or None; arrows: what they are called. level: where the surface starts, e/bohr^3. camera: scenes that
    share it share the camera. potential: to colour the surface by; formation: to draw in place of the density;
    offers_potential, offers_formation: whether it may be asked for. error_colors: #rrggbb of each atom by its expected
    error, to choose instead of the others; error_legend: colours and what they stand for. residues: of the atoms, where
    they are known. force_part: the part of the forces that was asked for; offers_parts: whether one may be. focus:
    atoms that the camera goes to and that stand out, by index; empty for none. free_ions: how many of the last atoms
    are such, and have no force. coefficients: those of the field. panes: side by side, under one camera; then field,
    level and forces are theirs, and curve is that of the first. before_angstrom: where the atoms were before they were
    moved, flat (3 n_atoms), drawn as grey sticks; empty where they were not. moves: a person moves the molecule
    about: no level of another picture is meant for it, and it has one surface.
    """

    structure: str
    title: str
    source: str
    description: str
    elements: tuple[str, ...]
    positions_angstrom: tuple[float, ...]
    electrons: float
    camera: str
    forces_mev_per_angstrom: tuple[float, ...] | None = None
    field: FieldReference | None = None
    curve: Curve | None = None
    level: float = 0.02
    arrows: str = "Force"
    potential: PotentialReference | None = None
    offers_potential: bool = False
    formation: FormationReference | None = None
    offers_formation: bool = False
    error_colors: tuple[str, ...] | None = None
    error_legend: tuple[tuple[str, str], ...] = ()
    residues: SceneResidues | None = None
    force_part: ForcePart | None = None
    offers_parts: bool = False
    focus: tuple[int, ...] = ()
    free_ions: int = 0
    coefficients: CoefficientsReference | None = None
    panes: tuple[Pane, ...] = ()
    before_angstrom: tuple[float, ...] = ()
    moves: bool = False

    @classmethod
    def of(
        cls,
        molecule: Molecule,
        *,
        source: str,
        description: str,
        forces_hartree_per_bohr: NDArray[np.float64] | None = None,
        field: FieldReference | None = None,
        curve: Curve | None = None,
        level: float = 0.02,
        arrows: str = "Force",
        free_ions: int = 0,
        coefficients: CoefficientsReference | None = None,
        panes: tuple[Pane, ...] = (),
    ) -> "Scene":
        """A scene of `molecule`; forces (n_atoms, 3)."""
        forces = None if forces_hartree_per_bohr is None else flat_forces(forces_hartree_per_bohr)
        return cls(
            structure=molecule.content_hash,
            title=molecule.title,
            source=source,
            description=description,
            elements=molecule.symbols,
            positions_angstrom=flat_positions(molecule),
            electrons=float(molecule.electrons),
            camera=molecule.content_hash,
            forces_mev_per_angstrom=forces,
            field=field,
            curve=curve,
            level=level,
            arrows=arrows,
            free_ions=free_ions,
            coefficients=coefficients,
            panes=panes,
        )

    @property
    def file_stem(self) -> str:
        """A name for files made of this scene: letters, digits and dashes of the title, and nothing else."""
        stem = re.sub(r"[^A-Za-z0-9]+", "-", self.title).strip("-")[:40]
        return f"rhoscope-{stem}" if stem else f"rhoscope-{self.structure[:8]}"

    @cached_property
    def identity(self) -> str:
        """Hex SHA-256 of the content."""
        return hashlib.sha256(json.dumps(_plain(self), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict:
        """For the viewer: the fields of this class, with `identity` and `file_stem`."""
        return {**_plain(self), "identity": self.identity, "file_stem": self.file_stem}


def _plain(part: Any) -> Any:
    """As `dataclasses.asdict`, but what cannot change is not copied: large scenes are sent at every run of a page."""
    if is_dataclass(part):
        return {field.name: _plain(getattr(part, field.name)) for field in fields(part)}
    if isinstance(part, tuple) and part and is_dataclass(part[0]):
        return tuple(map(_plain, part))
    return part
