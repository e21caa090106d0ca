"""Page 4 of the workshop: the density up to a degree beside the whole, and what is off at each degree."""

import numpy as np

from core.chem.molecule import Molecule
from core.density.density import Density
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.lessons.degrees import Ladder, ladder, up_to
from core.lessons.model import lesson_model
from core.model.predict import predict_density
from core.view.kept import Kept, Waiting
from core.view.lesson_scene import Shown, two_and_their_difference
from core.view.scene import Scene
from core.view.words import significant

DIFFERENCE_LEVEL = 0.005
HIGHEST = 4
_densities: Kept[Density] = Kept(16)
_ladders: Kept[Ladder] = Kept(16)
_scenes: Kept[Scene] = Kept(64)


def density_of(molecule: Molecule) -> Density:
    """Predicted by the shipped model for it; kept for all visitors."""
    return _densities.make(molecule.content_hash, lambda: predict_density(molecule, lesson_model(molecule)))


def last_seconds() -> float | None:
    """What the last ladder took to compute."""
    return _ladders.last_seconds


def ladder_of(molecule: Molecule, waiting: Waiting | None = None) -> Ladder:
    """waiting: as of `Kept.make`."""
    return _ladders.make(molecule.content_hash, lambda: ladder(density_of(molecule)), waiting)


def mean_force_of(molecule: Molecule) -> float:
    """Mean size of a component of the force of the whole density, meV/angstrom."""
    whole = scene_up_to(molecule, 0).panes[1].forces_mev_per_angstrom
    assert whole is not None  # noqa: S101 - scenes of this page have forces
    return float(np.abs(whole).mean())


def scene_up_to(molecule: Molecule, l: int) -> Scene:
    """The density up to degree l, the whole, and their difference, with the forces of each."""
    density = density_of(molecule)

    def made() -> Scene:
        part = up_to(density, l)
        return two_and_their_difference(
            Shown(f"Up to l = {l}", part, hellmann_feynman_forces(part)),
            Shown("All degrees", density, hellmann_feynman_forces(density)),
            against="all degrees",
            source=f"A predicted density up to degree {l}",
            difference_level=DIFFERENCE_LEVEL,
        ).scene

    return _scenes.make((molecule.content_hash, l), made)


def degrees_of(found: Ladder) -> dict[str, list[str]]:
    """The table of the page."""
    return {
        "Up to l": [str(rung.l) for rung in found.rungs],
        "Misplaced, electrons": [significant(rung.misplaced_electrons) for rung in found.rungs],
        "Force off, meV/Å": [significant(rung.force_mev_per_angstrom) for rung in found.rungs],
    }
