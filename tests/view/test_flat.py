"""Small drawings of molecules: all atoms, within the frame, as far apart as they are in the plane of the drawing."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from core.chem.bonding import bonded_pairs
from core.chem.examples import example
from core.chem.molecule import Molecule
from core.lessons.doubt import DOUBTS
from core.view.element_colors import element_color
from core.view.flat import HEIGHT, WIDTH, drawing

SVG = "{http://www.w3.org/2000/svg}"


def circles(molecule: Molecule) -> list[dict[str, str]]:
    tree = ElementTree.fromstring(drawing(molecule))  # noqa: S314 - our own
    assert len(list(tree.iter(f"{SVG}line"))) == len(bonded_pairs(molecule))
    return [circle.attrib for circle in tree.iter(f"{SVG}circle")]


@pytest.mark.parametrize("key", [doubt.key for doubt in DOUBTS])
def test_all_atoms_are_within_the_frame(key: str) -> None:
    [doubt] = [doubt for doubt in DOUBTS if doubt.key == key]
    molecule = doubt.as_drawn
    drawn = circles(molecule)
    assert sorted(each["fill"] for each in drawn) == sorted(map(element_color, molecule.symbols))
    for each in drawn:
        x, y, r = (float(each[name]) for name in ("cx", "cy", "r"))
        assert r <= x <= WIDTH - r and r <= y <= HEIGHT - r and r > 1.0


def test_a_flat_molecule_is_drawn_as_it_is() -> None:
    """Adenine lies in a plane: distances in the drawing are those between its atoms, times one number."""
    molecule = example("adenine")
    drawn = circles(molecule)
    nitrogens = [
        np.array([float(each["cx"]), float(each["cy"])]) for each in drawn if each["fill"] == element_color("N")
    ]
    real = molecule.positions_angstrom[molecule.atomic_numbers == 7]

    def distances(points: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(points[:, None] - points, axis=-1)
        return np.sort(lengths[np.triu_indices(len(points), 1)])

    ratios = distances(np.array(nitrogens)) / distances(real)
    assert ratios == pytest.approx(ratios.mean(), rel=0.02)


def test_of_two_on_top_of_each_other_the_nearer_one_is_drawn_last() -> None:
    """Three atoms in the plane of the drawing, and one on either side of it."""
    positions = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 3.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.0, -1.0]])
    molecule = Molecule(np.array([6, 6, 6, 8, 7]), positions)
    drawn = circles(molecule)
    # The triangle of carbons says from which side it is seen: where it goes round counter-clockwise, as it does from
    # above, oxygen is in front.
    carbons = np.array([[float(c["cx"]), -float(c["cy"])] for c in drawn if c["fill"] == element_color("C")])
    right_angle = min(carbons.tolist(), key=lambda corner: np.linalg.norm(carbons - corner, axis=1).sum())
    legs = sorted((carbons - right_angle).tolist(), key=lambda leg: -np.linalg.norm(leg))
    from_above = np.cross([*legs[0], 0.0], [*legs[1], 0.0])[2] > 0
    front, behind = ("O", "N") if from_above else ("N", "O")
    assert drawn[-1]["fill"] == element_color(front) and drawn[0]["fill"] == element_color(behind)
