"""Page 8 of the workshop: the force on a nucleus as arrows, and as it grows with a sphere of electrons."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.chem.examples import example
from core.gaussian.basis import AuxiliaryBasis
from core.lessons.force_steps import Case, Growing, Way, calculated, case, growing_sphere, moved_off
from core.reference.record import Record
from core.units import ANGSTROM_IN_BOHR, BOHR_IN_ANGSTROM, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view import solid
from core.view.kept import Kept, Waiting
from core.view.plots import MARGIN
from core.view.series_colors import CRIMSON, GREY, PURPLE, TEAL
from core.view.words import significant

STRETCHES = (0.9, 1.0, 1.05, 1.2)
RADIUS_ANGSTROM = 4.0
# As the page opens: stretch, basis of the orbitals, way to the density, nucleus.
OPENS_WITH: tuple[float, str, Way, int] = (1.05, "pcseg-1", "orbitals", 1)
# An arrow of the nuclear force is so long, angstrom.
LONGEST_ANGSTROM = 1.3
# About the nucleus, of the picture; a larger sphere is seen from farther away.
AROUND_ANGSTROM = 1.9
SMALL_SUM_TIMES = 10
COLORS = {"nuclear": GREY, "electronic": TEAL, "sum": CRIMSON}
_EV_PER_ANGSTROM = HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM / 1000.0
_records: Kept[Record] = Kept(32)
_steps: Kept["Steps"] = Kept(64)


@dataclass(frozen=True, eq=False)
class Steps:
    """What the page shows of one nucleus."""

    found: Case
    sphere: Growing
    atom: int

    @property
    def error_mev_per_angstrom(self) -> float:
        """The largest |component| of the total less the analytic force, over all atoms."""
        return float(abs(self.found.total - self.found.analytic).max()) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

    @property
    def own_error_mev_per_angstrom(self) -> float:
        """The same of this nucleus alone."""
        off = self.found.total[self.atom] - self.found.analytic[self.atom]
        return float(abs(off).max()) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

    def within(self, radius_angstrom: float) -> dict[str, NDArray[np.float64]]:
        """(3,) each, eV/angstrom: nuclear, of the electrons within the radius, and their sum."""
        _, pull = self.sphere.at(radius_angstrom * ANGSTROM_IN_BOHR)
        nuclear = self.found.nuclear[self.atom] * _EV_PER_ANGSTROM
        electronic = pull * _EV_PER_ANGSTROM
        return {"nuclear": nuclear, "electronic": electronic, "sum": nuclear + electronic}

    def told(self, radius_angstrom: float) -> tuple[tuple[str, str], ...]:
        """Name and size of each force, in words."""
        forces = self.within(radius_angstrom)
        held, _ = self.sphere.at(radius_angstrom * ANGSTROM_IN_BOHR)
        analytic = self.found.analytic[self.atom] * _EV_PER_ANGSTROM
        rows = (
            ("Nuclei push", forces["nuclear"]),
            (f"{held:.2f} electrons pull", forces["electronic"]),
            ("Left over", forces["sum"]),
            ("Analytic force", analytic),
        )
        return tuple((label, f"{significant(float(np.linalg.norm(force)))} eV/Å") for label, force in rows)


def last_seconds() -> float | None:
    """What the last steps took to compute."""
    return _steps.last_seconds


def steps_of(stretch: float, orbital_basis: str, way: Way, atom: int, waiting: Waiting | None = None) -> Steps:
    """A water with a bond so many times its length; kept for all visitors. waiting: as of `Kept.make`."""
    molecule = moved_off(example("water-1"), stretch)

    def made() -> Steps:
        record = _records.make((stretch, orbital_basis), lambda: calculated(molecule, orbital_basis))
        found = case(record, way, AuxiliaryBasis.load())
        return Steps(found, growing_sphere(found, atom), atom)

    return _steps.make((stretch, orbital_basis, way, atom), made, waiting)


def arrows_figure(steps: Steps, radius_angstrom: float, shown: str) -> go.Figure:
    """The molecule, the sphere, and the forces on the nucleus; shown: all, or one of COLORS."""
    molecule = steps.found.molecule
    at = molecule.positions_angstrom
    forces = steps.within(radius_angstrom)
    per_unit = LONGEST_ANGSTROM / max(float(np.linalg.norm(forces["nuclear"])), 1e-9)
    parts = solid.balls_and_sticks(molecule)
    for name, force in forces.items():
        if shown in ("all", name):
            # What is left over of two large forces would hardly be seen beside them.
            times = SMALL_SUM_TIMES if name == "sum" == shown and _is_small(forces) else 1
            label = f"{name}, {times} times as long" if times > 1 else name
            parts += solid.arrow(times * per_unit * force, label, COLORS[name], at[steps.atom])
    parts.append(solid.ball(at[steps.atom], radius_angstrom, COLORS["electronic"]))
    reach = max(AROUND_ANGSTROM, 1.45 * radius_angstrom)
    return solid.figure(parts, at[steps.atom], reach, key="force-steps", height=330)


def _is_small(forces: dict[str, NDArray[np.float64]]) -> bool:
    return float(np.linalg.norm(forces["sum"])) * SMALL_SUM_TIMES < float(np.linalg.norm(forces["nuclear"]))


def growing_figure(steps: Steps, radius_angstrom: float) -> go.Figure:
    """Nuclei and the electrons within a radius together, along the nuclear force, against the radius."""
    along = steps.found.nuclear[steps.atom] / np.linalg.norm(steps.found.nuclear[steps.atom])
    radii = steps.sphere.radii_bohr * BOHR_IN_ANGSTROM
    inside = radii <= RADIUS_ANGSTROM
    total = (steps.found.nuclear[steps.atom] + steps.sphere.force_hartree_per_bohr) @ along * _EV_PER_ANGSTROM
    figure = go.Figure()
    figure.add_scatter(
        x=radii[inside], y=total[inside], mode="lines", name="nuclei and electrons within",
        line={"color": COLORS["sum"], "width": 2}, hovertemplate="%{x:.2f} Å: %{y:.3f} eV/Å<extra></extra>",
    )  # fmt: skip
    figure.add_hline(
        y=float(steps.found.analytic[steps.atom] @ along) * _EV_PER_ANGSTROM,
        line={"color": PURPLE, "dash": "dash"},
        annotation_text="analytic",
        annotation_position="bottom right",
    )
    figure.add_vline(x=radius_angstrom, line={"color": COLORS["electronic"], "dash": "dot"})
    figure.update_layout(
        margin=MARGIN, height=330, showlegend=False,
        xaxis={"title": "Radius of the sphere, Å", "range": [0.0, RADIUS_ANGSTROM]},
        yaxis={"title": "Force along the nuclear force, eV/Å"},
    )  # fmt: skip
    return figure
