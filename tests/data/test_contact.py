"""Contacts: nothing slides through anything, hydrogen bonds and stacks have their geometry."""

import numpy as np
import pytest
from rdkit.Chem import AddHs, Mol, MolFromSmiles

from core.data.assemble import atomic_numbers, embedded
from core.data.catalogue import WATER, Piece, pieces
from core.data.contact import (
    HYDROGEN_BOND_ANGSTROM,
    STACK_OFFSET_ANGSTROM,
    acceptors,
    at_random,
    donors,
    hydrogen_bonded,
    lone_pair,
    plane_normal,
    slide,
    stacked,
    touching,
)
from core.data.rotation import random_direction, unit

Embedded = tuple[Mol, np.ndarray]
BY_NAME = {piece.name: piece for piece in (*pieces(), WATER)}


def pair(fixed: str, moving: str, seed: int) -> tuple[Embedded, Embedded, np.ndarray, np.random.Generator]:
    """Two embedded pieces, their distances of contact and random numbers to place them with."""
    rng = np.random.default_rng(seed)
    first, second = embedded(BY_NAME[fixed], rng), embedded(BY_NAME[moving], rng)
    return first, second, touching(atomic_numbers(first[0]), atomic_numbers(second[0]), 0.9), rng


def between(moving: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    return np.linalg.norm(moving[:, None] - fixed[None], axis=-1)


def test_sliding_stops_at_the_last_contact() -> None:
    """Against small steps from far away: the first touch on the way in is where `slide` puts it."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        fixed, moving, direction = rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), random_direction(rng)
        shortest = rng.uniform(2.0, 3.0, (4, 5))
        placed = slide(fixed, moving, shortest, direction)
        shifts = placed - moving
        assert np.allclose(shifts, (shifts[0] @ direction) * direction)
        assert np.isclose((between(placed, fixed) - shortest).min(), 0.0, atol=1e-9)
        for way in np.arange(0.01, 8.0, 0.05):
            assert (between(placed + way * direction, fixed) > shortest).all()


def test_what_passes_by_without_touching_is_let_through() -> None:
    placed = slide(np.zeros((1, 3)), np.array([[0.0, 5.0, 3.0]]), np.ones((1, 1)), np.array([0.0, 0.0, 1.0]))
    assert np.allclose(placed, [[0.0, 5.0, 0.0]])


def test_contact_is_a_sum_of_radii() -> None:
    found = touching(np.array([6, 1]), np.array([8]), 0.5)
    assert found.shape == (1, 2)
    assert found[0] == pytest.approx([0.5 * (1.7 + 1.55), 0.5 * (1.2 + 1.55)], abs=0.1)


@pytest.mark.parametrize(("name", "giving", "taking"), [
    ("water", 2, 1), ("methane", 0, 0), ("n-methylacetamide", 1, 1), ("acetate", 0, 2), ("methylammonium", 3, 0),
    ("methylamine", 2, 1), ("imidazole", 1, 1), ("imidazolium", 2, 0), ("guanidinium", 6, 0), ("indole", 1, 0),
    ("methanethiol", 1, 1), ("dimethyl-phosphate", 0, 4), ("9-methyladenine", 2, 3), ("1-methylcytosine", 2, 2),
])  # fmt: skip
def test_who_gives_and_who_takes_hydrogen_bonds(name: str, giving: int, taking: int) -> None:
    graph = BY_NAME[name].graph
    assert (len(donors(graph)), len(acceptors(graph))) == (giving, taking)
    for heavy, hydrogen in donors(graph):
        assert graph.GetBondBetweenAtoms(heavy, hydrogen) and graph.GetAtomWithIdx(hydrogen).GetAtomicNum() == 1


@pytest.mark.parametrize(("smiles", "atom", "degrees"), [("C=O", 1, 120), ("O", 0, 127), ("N", 0, 110)])
def test_a_lone_pair_points_away_from_the_bonds(smiles: str, atom: int, degrees: float) -> None:
    rng = np.random.default_rng(1)
    graph, positions = embedded(Piece("test", smiles, "test"), rng)
    for _ in range(5):
        direction = lone_pair(graph, positions, atom, rng)
        assert np.linalg.norm(direction) == pytest.approx(1.0)
        for other in graph.GetAtomWithIdx(atom).GetNeighbors():
            bond = unit(positions[other.GetIdx()] - positions[atom])
            assert np.rad2deg(np.arccos(bond @ direction)) == pytest.approx(degrees, abs=8)


def test_a_lone_pair_of_a_ring_is_in_its_plane() -> None:
    rng = np.random.default_rng(1)
    graph, positions = embedded(BY_NAME["imidazole"], rng)
    [atom] = acceptors(graph)
    assert abs(lone_pair(graph, positions, atom, rng) @ plane_normal(graph, positions)) < 0.02


@pytest.mark.parametrize(("fixed", "moving", "longer"), [
    ("water", "water", 0.0), ("n-methylacetamide", "water", 0.0), ("acetate", "methylammonium", 0.0),
    ("imidazole", "methanol", 0.0), ("methanethiol", "water", 0.5),
])  # fmt: skip
def test_hydrogen_bonds_are_short_and_straight(fixed: str, moving: str, longer: float) -> None:
    """The bond made is the shortest D-H...A between the two; atoms beside it may hold them a little farther apart."""
    lengths, angles = [], []
    for seed in range(40):
        first, second, shortest, rng = pair(fixed, moving, seed)
        placed = hydrogen_bonded(first, second, shortest, rng)
        assert placed is not None
        found = []
        for (giving, given), (taking, taken) in (
            ((first[0], first[1]), (second[0], placed)),
            ((second[0], placed), (first[0], first[1])),
        ):
            for heavy, hydrogen in donors(giving):
                for acceptor in acceptors(taking):
                    to_heavy, to_acceptor = given[heavy] - given[hydrogen], taken[acceptor] - given[hydrogen]
                    cosine = unit(to_heavy) @ unit(to_acceptor)
                    angle = np.rad2deg(np.arccos(np.clip(cosine, -1.0, 1.0)))
                    found.append((float(np.linalg.norm(to_acceptor)), float(angle)))
        length, angle = min(found)
        lengths.append(length)
        angles.append(angle)
        assert between(placed, first[1]).min() > HYDROGEN_BOND_ANGSTROM[0] - 1e-9
    assert min(lengths) >= HYDROGEN_BOND_ANGSTROM[0]
    assert np.median(lengths) < HYDROGEN_BOND_ANGSTROM[1] + longer + 0.1
    assert np.median(angles) > 140 and np.quantile(angles, 0.1) > 110


def test_without_donor_or_acceptor_there_is_no_hydrogen_bond() -> None:
    for fixed, moving in (("methane", "water"), ("benzene", "ethane"), ("methylammonium", "guanidinium")):
        first, second, shortest, rng = pair(fixed, moving, 1)
        assert hydrogen_bonded(first, second, shortest, rng) is None


@pytest.mark.parametrize(("fixed", "moving"), [("benzene", "benzene"), ("adenine", "1-methylthymine"),
                                               ("indole", "imidazolium")])  # fmt: skip
def test_stacked_rings_are_parallel_near_and_one_above_the_other(fixed: str, moving: str) -> None:
    for seed in range(8):
        first, second, shortest, rng = pair(fixed, moving, seed)
        placed = stacked(first, second, shortest, rng)
        normal = plane_normal(*first)
        assert abs(normal @ plane_normal(second[0], placed)) > 0.999
        rings = [[atom.GetIdx() for atom in graph.GetAtoms() if atom.IsInRing()] for graph in (first[0], second[0])]
        apart = placed[rings[1]].mean(0) - first[1][rings[0]].mean(0)
        above = abs(apart @ normal)
        assert 2.8 < above < 4.3
        assert apart @ apart - above**2 <= STACK_OFFSET_ANGSTROM**2 + 1e-9
        assert (between(placed, first[1]) > shortest - 1e-9).all()


def test_random_contacts_touch_from_all_sides() -> None:
    sides = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        fixed, moving = np.zeros((1, 3)), np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
        placed = at_random(fixed, moving, np.full((2, 1), 2.0), rng)
        assert between(placed, fixed).min() == pytest.approx(2.0)
        assert np.linalg.norm(placed[1] - placed[0]) == pytest.approx(1.0)
        sides.append(unit(placed.mean(0)))
    assert np.abs(np.mean(sides, axis=0)).max() < 4 / np.sqrt(3 * 200)


def test_a_graph_with_hydrogens_is_what_counts() -> None:
    assert donors(AddHs(MolFromSmiles("O"))) == [(0, 1), (0, 2)] and donors(MolFromSmiles("O")) == []
