"""Bonds from distances: every piece as embedded passes; a proton moved, a bond broken or made, a clash do not."""

import numpy as np
import pytest
from rdkit.Chem import MolFromSmiles

from core.data.assemble import atomic_numbers, embedded
from core.data.bonds import (
    bonds_of_geometry,
    bonds_of_graph,
    clashing,
    covalent_radii,
    distances,
    van_der_waals_radii,
)
from core.data.catalogue import Piece, cut_ends, pieces

ION_PAIR = np.array([7, 1, 8])  # the N, the proton and the O of a salt bridge, on a line


def chain(*distances_angstrom: float) -> np.ndarray:
    return np.array([[x, 0.0, 0.0] for x in np.cumsum([0.0, *distances_angstrom])])


@pytest.mark.parametrize("piece", (*pieces(), *cut_ends()), ids=lambda piece: piece.name)
def test_an_embedded_piece_has_the_bonds_of_its_graph(piece: Piece) -> None:
    graph, positions = embedded(piece, np.random.default_rng(1))
    assert bonds_of_geometry(atomic_numbers(graph), positions) == bonds_of_graph(graph)


def test_bonds_of_a_graph_are_pairs_with_the_lower_index_first() -> None:
    assert bonds_of_graph(MolFromSmiles("OC=O")) == {(0, 1), (1, 2)}
    assert bonds_of_graph(MolFromSmiles("C1CC1")) == {(0, 1), (1, 2), (0, 2)}


@pytest.mark.parametrize(("first", "second", "bonds"), [
    (1.03, 1.70, {(0, 1)}),  # a hydrogen bond
    (1.12, 1.50, {(0, 1)}),  # stretched
    (1.30, 1.28, set()),  # shared: nobody's
    (1.60, 1.00, {(1, 2)}),  # transferred
    (1.03, 1.12, {(0, 1), (1, 2)}),
])  # fmt: skip
def test_whose_a_proton_is(first: float, second: float, bonds: set[tuple[int, int]]) -> None:
    assert bonds_of_geometry(ION_PAIR, chain(first, second)) == bonds


@pytest.mark.parametrize(("numbers", "bonded", "broken"), [
    ((6, 6), 1.54, 2.0), ((6, 7), 1.47, 1.9), ((6, 8), 1.43, 1.9), ((16, 16), 2.05, 2.7), ((15, 8), 1.65, 2.3),
    ((6, 16), 1.82, 2.4), ((6, 1), 1.09, 1.4), ((8, 1), 0.97, 1.25), ((16, 1), 1.35, 1.7),
])  # fmt: skip
def test_a_bond_ends_between_its_length_and_a_broken_one(
    numbers: tuple[int, int], bonded: float, broken: float
) -> None:
    assert bonds_of_geometry(np.array(numbers), chain(1.08 * bonded)) == {(0, 1)}
    assert bonds_of_geometry(np.array(numbers), chain(broken)) == set()


def test_a_clash_is_between_molecules_only() -> None:
    numbers = np.array([8, 1, 8])
    for distance, clash in ((1.30, True), (1.70, False)):
        assert clashing(numbers, chain(0.97, distance), np.array([0, 0, 1])) is clash
        assert not clashing(numbers, chain(0.97, distance), np.array([0, 0, 0]))


def test_radii_are_in_angstrom() -> None:
    numbers = np.array([1, 6, 7, 8, 15, 16])
    assert np.allclose(covalent_radii(numbers), [0.31, 0.76, 0.71, 0.66, 1.07, 1.05], atol=0.08)  # Cordero 2008
    assert np.allclose(van_der_waals_radii(numbers), [1.1, 1.7, 1.55, 1.52, 1.8, 1.8], atol=0.15)  # Bondi, Alvarez
    assert distances(chain(1.0, 2.0))[0, 2] == 3.0
