"""Hydrogen bonds by geometry: counts that are known, who accepts, a plain loop over all triples, and their speed."""

import time

import numpy as np
import pytest

from core.chem.bonding import bonded_pairs
from core.chem.examples import example
from core.chem.hydrogen_bonds import Criteria, accepts, hydrogen_bonds
from core.chem.molecule import Molecule
from core.chem.read import from_smiles
from tests.pyscf_functions import waters

# Cyclic clusters have a bond a molecule, the cube of eight waters one an edge.
COUNTS = {"water-1": 0, "water-2": 1, "water-3": 3, "water-5": 5, "water-8": 12}


@pytest.mark.parametrize(("key", "count"), COUNTS.items())
def test_clusters_have_the_bonds_that_are_known(key: str, count: int) -> None:
    assert len(hydrogen_bonds(example(key))) == count


def by_loops(molecule: Molecule, criteria: Criteria) -> set[tuple[int, int, int]]:
    """(donor, hydrogen, acceptor) of waters in the order O, H, H, by the definition."""
    positions = molecule.positions_angstrom
    found = set()
    for hydrogen in np.flatnonzero(molecule.atomic_numbers == 1).tolist():
        donor = hydrogen - hydrogen % 3
        for acceptor in range(0, len(molecule), 3):
            if acceptor == donor:
                continue
            to_donor, to_acceptor = positions[donor] - positions[hydrogen], positions[acceptor] - positions[hydrogen]
            lengths = np.linalg.norm(to_donor), np.linalg.norm(to_acceptor)
            angle = np.degrees(np.arccos(to_donor @ to_acceptor / (lengths[0] * lengths[1])))
            if lengths[1] < criteria.longest_angstrom and angle > criteria.smallest_angle_degrees:
                found.add((donor, hydrogen, acceptor))
    return found


@pytest.mark.parametrize("criteria", [Criteria(), Criteria(2.2, 140.0)])
def test_they_are_those_of_a_loop_over_all_triples(criteria: Criteria) -> None:
    molecule = waters(64, seed=2)
    bonds = hydrogen_bonds(molecule, criteria)
    triples = set(zip(bonds.donors.tolist(), bonds.hydrogens.tolist(), bonds.acceptors.tolist(), strict=True))
    assert triples == by_loops(molecule, criteria) and len(bonds) > 10
    positions = molecule.positions_angstrom
    lengths = np.linalg.norm(positions[bonds.donors] - positions[bonds.acceptors], axis=1)
    np.testing.assert_allclose(bonds.donor_acceptor_angstrom, lengths)


@pytest.mark.parametrize(
    ("smiles", "accepting"),
    [
        ("CC(=O)N", {8: 1, 7: 0}),  # an amide's nitrogen has no lone pair to give
        ("CN(C)C", {7: 1}),
        ("C[NH3+]", {7: 0}),
        ("c1ccncc1", {7: 1}),
        ("c1cnc[nH]1", {7: 1}),  # imidazole: one of the two
        ("NC(=[NH2+])N", {7: 0}),
        ("CSC", {16: 1}),
        ("CS(=O)(=O)C", {16: 0, 8: 2}),
        ("CC(=O)[O-]", {8: 2}),
        ("COP(=O)([O-])OC", {8: 4}),
    ],
)
def test_who_accepts(smiles: str, accepting: dict[int, int]) -> None:
    molecule = from_smiles(smiles)
    found = accepts(molecule, bonded_pairs(molecule))
    assert {z: int(found[molecule.atomic_numbers == z].sum()) for z in accepting} == accepting
    assert not found[np.isin(molecule.atomic_numbers, (1, 6, 15))].any()


def test_bonds_are_those_of_the_graph() -> None:
    from rdkit import Chem

    smiles = "C[C@H](N)C(=O)NCCSCc1c[nH]c(=O)[nH]1"
    graph = Chem.AddHs(Chem.MolFromSmiles(smiles))
    molecule = from_smiles(smiles)
    assert len(molecule) == graph.GetNumAtoms()
    expected = {tuple(sorted((b.GetBeginAtomIdx(), b.GetEndAtomIdx()))) for b in graph.GetBonds()}
    assert set(map(tuple, bonded_pairs(molecule).tolist())) == expected


def test_a_proton_between_two_oxygens_has_one_donor() -> None:
    """The Zundel ion off its middle: O-H 1.10, H...O 1.15 angstrom, both below the length of a bond."""
    positions = np.array(
        [
            [0, 0, 0],
            [1.10, 0, 0],
            [2.25, 0, 0],
            [-0.4, 0.8, 0.3],
            [-0.4, -0.8, 0.3],
            [2.65, 0.8, 0.3],
            [2.65, -0.8, 0.3],
        ]
    )
    bonds = hydrogen_bonds(Molecule(np.array([8, 1, 8, 1, 1, 1, 1]), positions, 1))
    assert (bonds.donors.tolist(), bonds.hydrogens.tolist(), bonds.acceptors.tolist()) == ([0], [1], [2])
    assert bonds.angles_degrees[0] == pytest.approx(180.0)


def test_sulfur_accepts_from_farther_away() -> None:
    """Water above the sulfur of hydrogen sulfide, H...S 2.7 angstrom; the same to an oxygen is too far."""
    water = [[0, 0, 3.66], [0, 0, 2.70], [0.9, 0, 3.9]]
    for number, length, count in ((16, 1.34, 1), (8, 0.96, 0)):
        positions = np.array([[0, 0, 0], [0, length, -0.1], [length, 0, -0.1], *water])
        assert len(hydrogen_bonds(Molecule(np.array([number, 1, 1, 8, 1, 1]), positions))) == count


def test_twenty_thousand_atoms_take_a_second() -> None:
    molecule = waters(6667)
    started = time.process_time()
    assert len(hydrogen_bonds(molecule)) > 5000
    assert time.process_time() - started < 3.0


def test_without_hydrogens_or_acceptors_there_are_none() -> None:
    assert len(hydrogen_bonds(from_smiles("CC"))) == 0
    assert len(hydrogen_bonds(Molecule(np.array([8]), np.zeros((1, 3)), -2))) == 0
