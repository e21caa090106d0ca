"""Assemblies: whole molecules of the right hand, each touching those before it, none clashing."""

import numpy as np
import pytest
from rdkit.Chem import AssignStereochemistryFrom3D, FindMolChiralCenters, GetMolFrags

from core.data.assemble import CLOSENESS, Assembly, assemble, embedded
from core.data.bonds import distances, van_der_waals_radii
from core.data.catalogue import Piece, pieces
from core.data.compose import Composition, compose, leading_piece
from core.data.contact import HYDROGEN_BOND_ANGSTROM
from core.data.fragments import intact
from core.errors import DataError

BY_NAME = {piece.name: piece for piece in pieces()}


@pytest.fixture(scope="module")
def assemblies() -> list[tuple[Composition, Assembly]]:
    found = []
    for number in range(0, 120, 2):
        rng = np.random.default_rng(number)
        composition = compose(leading_piece(1, number), rng)
        found.append((composition, assemble(composition, rng)))
    return found


def test_atoms_belong_to_the_molecules_of_the_composition(assemblies: list[tuple[Composition, Assembly]]) -> None:
    for composition, assembly in assemblies:
        sizes = [len(piece) for piece in composition.pieces] + [3] * composition.waters
        assert np.bincount(assembly.owner).tolist() == sizes
        assert [len(molecule) for molecule in GetMolFrags(assembly.graph)] == sizes
        assert len(assembly.contacts) == len(sizes) - 1
        assert assembly.positions_angstrom.shape == (composition.atoms, 3)
        assert assembly.atomic_numbers.sum() - composition.charge == sum(
            atom.GetAtomicNum() - atom.GetFormalCharge() for atom in assembly.graph.GetAtoms()
        )
        first, second = assembly.bonds.T
        assert (assembly.owner[first] == assembly.owner[second]).all() and (first < second).all()


def test_molecules_touch_and_do_not_clash(assemblies: list[tuple[Composition, Assembly]]) -> None:
    """Of the distances between molecules none is shorter than a hydrogen bond or a close contact, one is a contact."""
    for _, assembly in assemblies:
        assert intact(assembly, assembly.positions_angstrom)
        lengths, radii = distances(assembly.positions_angstrom), van_der_waals_radii(assembly.atomic_numbers)
        relative = lengths / (radii[:, None] + radii)
        for number in range(1, int(assembly.owner.max()) + 1):
            to_earlier = np.ix_(assembly.owner == number, assembly.owner < number)
            assert lengths[to_earlier].min() > HYDROGEN_BOND_ANGSTROM[0] - 1e-6
            assert relative[to_earlier].min() < CLOSENESS[1] + 1e-6
            if assembly.contacts[number - 1] != "hydrogen bond":
                assert relative[to_earlier].min() > CLOSENESS[0] - 1e-6


def test_all_kinds_of_contacts_occur(assemblies: list[tuple[Composition, Assembly]]) -> None:
    assert {word for _, assembly in assemblies for word in assembly.contacts} >= {"random", "hydrogen bond"}
    bases = Composition((BY_NAME["adenine"], BY_NAME["uracil"]), 0)
    assert {assemble(bases, np.random.default_rng(seed)).contacts[0] for seed in range(12)} >= {
        "stacked",
        "hydrogen bond",
    }
    assert {assemble(bases, np.random.default_rng(seed), 1.0).contacts[0] for seed in range(4)} == {"stacked"}


@pytest.mark.parametrize("name", ["For-Ala-NH2", "For-Thr-NH2", "For-Ile-NH2", "For-Cys-NH2", "deoxyribose-core"])
def test_embedding_keeps_the_hand(name: str) -> None:
    expected = FindMolChiralCenters(BY_NAME[name].graph)
    assert expected
    for seed in range(3):
        graph = assemble(Composition((BY_NAME[name],), 1), np.random.default_rng(seed)).graph
        AssignStereochemistryFrom3D(graph)
        assert FindMolChiralCenters(graph) == expected


def test_conformations_differ_by_their_random_numbers_only() -> None:
    piece = BY_NAME["For-Met-NH2"]
    first, again, other = (embedded(piece, np.random.default_rng(seed))[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(distances(first) - distances(other)).max() > 0.5


def test_what_cannot_be_embedded_is_named() -> None:
    """One end of this cage would have to point inwards."""
    inside_out = Piece("cage", "F[C@@]12CC[C@](Cl)(C1)C2", "test")
    with pytest.raises(DataError, match="cage could not be embedded"):
        embedded(inside_out, np.random.default_rng(1))
