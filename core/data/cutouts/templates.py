"""Standard residues as PDBFixer carries them, and turning parts of them. Angstrom and degrees."""

from functools import cache

import numpy as np

from core.data.cutouts.solute import Array, pdb_file
from core.data.rotation import unit

Atoms = dict[str, Array]


@cache
def templates() -> dict[str, Atoms]:
    """Heavy atoms by the name of the residue."""
    from openmm import unit as openmm_unit
    from pdbfixer import PDBFixer

    known = PDBFixer(pdbfile=pdb_file([("A", "GLY", {"N": np.zeros(3)})])).templates
    found = {}
    for name, template in known.items():
        places = np.array(template.positions.value_in_unit(openmm_unit.angstrom))
        found[name] = {
            atom.name: place
            for atom, place in zip(template.topology.atoms(), places, strict=True)
            if atom.element.symbol != "H"
        }
    return found


def frame(origin: Array, along: Array, plane: Array) -> Array:
    """(3, 3) rows: unit vectors from `origin` towards `along`, towards `plane` in their plane, and normal to both."""
    first = unit(along - origin)
    third = unit(np.cross(first, plane - origin))
    return np.stack([first, np.cross(third, first), third])


def about(axis: Array, degrees: float) -> Array:
    """(3, 3) rotation about a unit vector."""
    cross = np.cross(np.eye(3), axis)
    angle = np.deg2rad(degrees)
    return np.cos(angle) * np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * np.outer(axis, axis)


def torsion(points: list[Array]) -> float:
    """Degrees, of four positions."""
    first, axis, last = points[0] - points[1], unit(points[2] - points[1]), points[3] - points[2]
    flat, end = first - first @ axis * axis, last - last @ axis * axis
    return float(np.rad2deg(np.arctan2(np.cross(axis, flat) @ end, flat @ end)))


def turned(atoms: Atoms, moving: tuple[str, ...], start: str, end: str, degrees: float) -> Atoms:
    """The atoms with those that are `moving` turned about the bond from `start` to `end`."""
    pivot, turn = atoms[start], about(unit(atoms[end] - atoms[start]), degrees)
    return atoms | {name: pivot + turn @ (atoms[name] - pivot) for name in moving}
