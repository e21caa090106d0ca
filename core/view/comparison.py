"""A picture held against another density of the same structure, of DFT made here or of a file: three pictures, and what
is found. The difference is predicted minus the other, e/bohr^3."""

import json
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from core.density.grid import density_on_grid
from core.model.predict import Prediction
from core.reference.orbital_density import OrbitalDensity
from core.reference.record import Record
from core.train.anatomy import ErrorAnatomy
from core.train.findings import Findings, Tell, against_orbitals
from core.train.metrics import Figures
from core.train.on_cube import CubeDensity, against_cube, difference_on
from core.view.ahead import Ahead
from core.view.kept import Kept
from core.view.picture import Picture
from core.view.prediction import Predicted
from core.view.side_by_side import Other, SideBySide, box_around, side_by_side


@dataclass(frozen=True, eq=False)
class HeldAgainst:
    """All that Compare shows of two densities."""

    sides: SideBySide
    findings: Findings

    @property
    def picture(self) -> Picture:
        return self.sides.picture

    @property
    def other(self) -> Other:
        return self.sides.other

    @property
    def figures(self) -> Figures:
        return self.findings.figures

    @property
    def anatomy(self) -> ErrorAnatomy:
        return self.findings.anatomy


_sides: Kept[SideBySide] = Kept(8)
_kept: Kept[HeldAgainst] = Kept(8)
_ahead: Ahead[HeldAgainst] = Ahead()


def sides_of_record(picture: Picture, record: Record) -> SideBySide:
    """The three pictures of a prediction and a calculation; made once for each."""
    other = Other.of_record(record)
    return _sides.make(
        _of_record(picture, record), lambda: _sides_of_orbitals(picture, OrbitalDensity.of(record), other)
    )


def sides_ready(picture: Picture, record: Record) -> SideBySide | None:
    """They, where they are there already."""
    return _sides.get(_of_record(picture, record))


def held_against(picture: Picture, record: Record, progress: Tell = lambda text: None) -> HeldAgainst:
    """Compare with a calculation; made once for each. Raises RhoscopeError."""
    progress("Waiting for another comparison to end")
    return _kept.make(_of_record(picture, record), lambda: _with_record(picture, record, progress))


def held_against_meanwhile(picture: Picture, record: Record, progress: Tell) -> HeldAgainst:
    """The same, made beside who waits for it: it goes on where `progress` raises, and is there sooner when asked for
    again. Raises RhoscopeError."""
    return _ahead.wait(_of_record(picture, record), lambda tell: held_against(picture, record, tell), progress)


def comparison_ready(picture: Picture, record: Record) -> HeldAgainst | None:
    """The comparison where it is there already."""
    return _kept.get(_of_record(picture, record))


def held_against_foreign(
    picture: Picture, foreign: OrbitalDensity | CubeDensity, other: Other, digest: str, progress: Tell
) -> HeldAgainst:
    """Compare with a result of another program; made once per `digest` of its file. Raises RhoscopeError."""
    progress("Waiting for another comparison to end")

    def make() -> HeldAgainst:
        if isinstance(foreign, CubeDensity):
            return _with_cube(picture, foreign, other, progress)
        return _with_orbitals(picture, foreign, other, progress)

    return _kept.make(_key(picture, digest), make)


def _of_record(picture: Picture, record: Record) -> Hashable:
    """Of the same structure and level there may be two: one that came with the program, and one made here."""
    return _key(picture, (record.level, json.dumps(record.provenance, sort_keys=True)))


def _key(picture: Picture, other: Hashable) -> Hashable:
    return picture.molecule.content_hash, picture.molecule.title, other


def _with_record(picture: Picture, record: Record, progress: Tell) -> HeldAgainst:
    progress("Evaluating both densities on a grid")
    sides = sides_of_record(picture, record)
    return HeldAgainst(sides, _findings(picture, OrbitalDensity.of(record), sides.other, progress))


def _with_orbitals(picture: Picture, orbitals: OrbitalDensity, other: Other, progress: Tell) -> HeldAgainst:
    progress("Evaluating both densities on a grid")
    sides = _sides_of_orbitals(picture, orbitals, other)
    return HeldAgainst(sides, _findings(picture, orbitals, other, progress))


def _findings(picture: Picture, orbitals: OrbitalDensity, other: Other, progress: Tell) -> Findings:
    predicted, forces = picture.predicted, other.forces_hartree_per_bohr
    return against_orbitals(_prediction(predicted), orbitals, forces, model=predicted.model, progress=progress)


def _sides_of_orbitals(picture: Picture, orbitals: OrbitalDensity, other: Other) -> SideBySide:
    box = box_around(picture)
    values = density_on_grid(picture.predicted.density, box).astype(np.float64)
    reference = orbitals.at_points(box.points()).reshape(box.shape)
    return side_by_side(picture, other, box, (values, reference, values - reference))


def _with_cube(picture: Picture, theirs: CubeDensity, other: Other, progress: Tell) -> HeldAgainst:
    """What lies outside of the cube is not compared: it is empty in their picture and in that of the difference."""
    predicted = picture.predicted
    findings, difference = against_cube(_prediction(predicted), theirs, model=predicted.model, progress=progress)
    progress("Drawing both densities on one grid")
    box = box_around(picture)
    values = density_on_grid(predicted.density, box).astype(np.float64)
    resampled = difference_on(box, theirs.cube, difference)
    # Not the values of the cube but those of the difference are interpolated: it is smooth where the densities are not.
    reference = np.nan_to_num(values - resampled)
    sides = side_by_side(picture, other, box, (values, reference, np.nan_to_num(resampled)))
    return HeldAgainst(sides, findings)


def _prediction(predicted: Predicted) -> Prediction:
    return predicted.prediction or Prediction(predicted.density, predicted.forces_hartree_per_bohr)
