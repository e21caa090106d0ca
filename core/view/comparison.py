"""A picture held against the DFT calculation of the same structure: figures of merit, densities, what to plot.

The difference is predicted minus DFT, e/bohr^3. Distances are to the nearest nucleus, in angstrom.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.density.grid import UniformGrid, density_on_grid
from core.density.levels import enclosed_curve
from core.model.predict import Prediction
from core.reference.calculation import build_mol
from core.reference.fit import fit
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.train.anatomy import ErrorAnatomy, error_anatomy
from core.train.force_rungs import ForceRungs, force_rungs
from core.train.metrics import Comparison, compare_with_reference
from core.train.potential_error import PotentialErrors, potential_errors
from core.view.assets import field_store
from core.view.field import DENSITY, DIFFERENCE, PackedField, pack_field
from core.view.kept import Kept
from core.view.picture import DEFAULT_SHARE, Picture
from core.view.scene import Curve, FieldReference, Pane, Scene, flat_forces

GRID_POINTS = 80
# The surface of the difference starts where it holds this share of the whole absolute difference on the grid.
STARTING_SHARE = 0.5
BLOCK = 8000
Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class HeldAgainstDFT:
    """All that Compare shows. electrons_misplaced: half of the integral of |rho - rho_KS|, e. fields: of the panes."""

    picture: Picture
    record: Record
    figures: Comparison
    anatomy: ErrorAnatomy
    rungs: ForceRungs
    potential: PotentialErrors
    electrons_misplaced: float
    fields: tuple[PackedField, ...]
    scene: Scene

    def publish(self) -> Scene:
        """The scene, with its fields sure to be on the server still."""
        for packed in self.fields:
            field_store().put(packed.digest, packed.compressed)
        return self.scene


_kept: Kept[HeldAgainstDFT] = Kept(8)


def held_against(picture: Picture, record: Record, progress: Progress = lambda text: None) -> HeldAgainstDFT:
    """Compare; made once per structure. Raises RhoscopeError."""
    progress("Waiting for another comparison to end")
    key = (picture.molecule.content_hash, picture.molecule.title, record.level)
    return _kept.make(key, lambda: _compare(picture, record, progress))


def comparison_ready(picture: Picture, record: Record) -> HeldAgainstDFT | None:
    """The comparison where it is there already."""
    return _kept.get((picture.molecule.content_hash, picture.molecule.title, record.level))


def density_of_orbitals(record: Record, points_bohr: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) Kohn-Sham density of `record` at points (n, 3), e/bohr^3: twice the sum of the squared orbitals."""
    from pyscf.dft import numint

    mol = build_mol(record.molecule, record.level)
    orbitals = record.occupied_orbitals.astype(np.float64)
    density = np.empty(len(points_bohr))
    for start in range(0, density.size, BLOCK):
        part = slice(start, start + BLOCK)
        density[part] = 2.0 * ((numint.eval_ao(mol, points_bohr[part]) @ orbitals) ** 2).sum(1)
    return density


def _compare(picture: Picture, record: Record, progress: Progress) -> HeldAgainstDFT:
    predicted = picture.predicted
    density = predicted.density
    progress("Fitting the DFT density in the same functions")
    fitted = fit(record, density.basis)
    progress("Integrating the errors")
    grid = ReferenceGrid.of(record)
    prediction = predicted.prediction or Prediction(density, predicted.forces_hartree_per_bohr)
    figures = compare_with_reference(prediction, record, model=predicted.model, fitted=fitted, grid=grid)
    anatomy = error_anatomy(record, density, fitted, grid)
    progress("Comparing the forces step by step")
    rungs = force_rungs(record, fitted, predicted.forces_hartree_per_bohr)
    progress("Comparing the potentials")
    potential = potential_errors(record, density, fitted)
    progress("Evaluating both densities on a grid")
    box = UniformGrid.around(picture.molecule, points_longest=GRID_POINTS)
    values = density_on_grid(density, box).astype(np.float64)
    reference = density_of_orbitals(record, box.points()).reshape(box.shape)
    fields = (
        pack_field(values, box, DENSITY),
        pack_field(reference, box, DENSITY),
        pack_field(values - reference, box, DIFFERENCE),
    )
    scene = _linked_scene(picture, record, fields, _starting_level(values - reference))
    misplaced = 0.5 * figures.eps_ks / 100.0 * record.molecule.electrons
    return HeldAgainstDFT(picture, record, figures, anatomy, rungs, potential, misplaced, fields, scene)


def _linked_scene(picture: Picture, record: Record, fields: tuple[PackedField, ...], difference_level: float) -> Scene:
    """Three panes: what is predicted, what DFT gives, the first minus the second; `fields` in that order."""
    predicted, molecule = picture.predicted, picture.molecule
    # Free ions that the picture adds are in no DFT calculation, nor are their electrons.
    curve = enclosed_curve(predicted.density) if picture.added else picture.curve
    level = float(f"{curve.level_for(DEFAULT_SHARE):.2g}")
    forces, reference = predicted.forces_hartree_per_bohr, record.forces_hartree_per_bohr
    ours = (
        ("Predicted", forces, "predicted force") if predicted.prediction else ("Free atoms", forces, "free-atom force")
    )
    told = (
        (*ours, level),
        ("DFT", reference, "DFT force", level),
        ("Difference", forces - reference, "error of the force", difference_level),
    )
    panes = tuple(
        Pane(
            label,
            FieldReference(field_store().put(packed.digest, packed.compressed), packed.digest, label, packed.largest),
            flat_forces(of_pane),
            arrows,
            at,
            packed.signed,
        )
        for (label, of_pane, arrows, at), packed in zip(told, fields, strict=True)
    )
    return Scene.of(
        molecule,
        source=f"Electron density ({predicted.origin}) against {record.level.label}",
        description=(
            f"Molecule of {len(molecule)} atoms with a surface of its density and the force on every atom as an arrow. "
            "Arrow keys turn it, plus and minus zoom, Home shows everything."
        ),
        curve=Curve.sampled(curve.levels, curve.enclosed_electrons),
        level=level,
        panes=panes,
    )


def _starting_level(difference: NDArray[np.float64]) -> float:
    """The |difference| above which lies STARTING_SHARE of its sum over the grid, to two digits."""
    sizes = np.sort(np.abs(difference).ravel())[::-1]
    sums = np.cumsum(sizes)
    return float(f"{sizes[int(np.searchsorted(sums, STARTING_SHARE * sums[-1]))]:.2g}")
