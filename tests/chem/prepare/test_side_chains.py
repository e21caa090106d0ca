"""Side chains that were built on other atoms: turned to where there is room, bonds and angles as they were."""

import numpy as np
from scipy.spatial import cKDTree

from core.chem.components import standard_components
from core.chem.prepare.side_chains import OVERLAP_ANGSTROM, turned_free
from tests.molecules import atoms_of, name_of, number_of, polymer

LYSINE = standard_components()["LYS"]
BUILT = ("CG", "CD", "CE", "NZ")


def lysine() -> dict[str, np.ndarray]:
    lines = [line for line in atoms_of(polymer("GKG")) if number_of(line) == 2]
    return {name_of(line): np.array([float(line[k : k + 8]) for k in (30, 38, 46)]) for line in lines}


def shape(at: dict[str, np.ndarray]) -> np.ndarray:
    """Distances between atoms that are one or two bonds apart."""
    bonded = {frozenset(bond[:2]) for bond in LYSINE.bonds}
    angles = {one ^ two for one in bonded for two in bonded if len(one & two) == 1}
    pairs = sorted(tuple(sorted(pair)) for pair in bonded | angles if pair <= at.keys())
    return np.array([np.linalg.norm(at[one] - at[two]) for one, two in pairs])


def test_a_side_chain_on_top_of_another_atom_is_turned_away() -> None:
    there = lysine()
    others = cKDTree([there[name] + [0.3, 0.2, 0.1] for name in BUILT[1:]])
    found = turned_free(BUILT, there, LYSINE, others)
    assert others.query(list(found.values()))[0].min() > OVERLAP_ANGSTROM
    np.testing.assert_allclose(shape(there | found), shape(there), atol=1e-9)
    np.testing.assert_allclose(found["CG"], turned_free(BUILT, there, LYSINE, others)["CG"], atol=0)


def test_a_side_chain_on_its_own_backbone_is_turned_away() -> None:
    there = lysine()
    folded = there | {"NZ": there["O"] + [0.5, 0.0, 0.0], "CE": there["O"] + [0.0, 1.5, 0.0]}
    found = turned_free(BUILT, folded, LYSINE, None)
    assert min(np.linalg.norm(found["NZ"] - there[name]) for name in ("N", "CA", "C", "O")) > OVERLAP_ANGSTROM


def test_what_has_room_stays_and_so_does_what_the_file_has() -> None:
    there = lysine()
    for name, position in turned_free(BUILT, there, LYSINE, None).items():
        np.testing.assert_array_equal(position, there[name])
    others = cKDTree([there["NZ"] + [0.3, 0.0, 0.0]])
    found = turned_free(("NZ",), there, LYSINE, others)
    assert found.keys() == {"NZ"}
    np.testing.assert_allclose(shape(there | found), shape(there), atol=1e-9)


def test_atoms_that_are_not_bonded_are_farther_apart_than_a_short_hydrogen_bond() -> None:
    there = lysine()
    others = cKDTree([there["NZ"] + 2.4 * np.array([0.6, 0.8, 0.0])])
    found = turned_free(BUILT, there, LYSINE, others)
    assert others.query(list(found.values()))[0].min() > 2.6
