"""Bonds, angles and contacts against molecules whose graph is known."""

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import AllChem

from core.chem.molecule import Molecule
from core.model.surroundings import Surroundings


def embedded(smiles: str) -> tuple[Chem.Mol, Molecule]:
    graph = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(graph, randomSeed=7)
    AllChem.MMFFOptimizeMolecule(graph)
    numbers = np.array([atom.GetAtomicNum() for atom in graph.GetAtoms()])
    return graph, Molecule(numbers, graph.GetConformer().GetPositions(), Chem.GetFormalCharge(graph))


@pytest.mark.parametrize("smiles", ["CCO", "NC=O", "CSC", "c1ccccc1", "C[NH3+]", "CP(=O)(O)O", "OCC(O)C=O"])
def test_bonds_paths_and_angles_are_those_of_the_graph(smiles: str) -> None:
    graph, molecule = embedded(smiles)
    found = Surroundings.of(molecule)
    steps = Chem.GetDistanceMatrix(graph)
    assert {tuple(pair) for pair in found.bonds.tolist()} == {
        tuple(map(int, pair)) for pair in np.argwhere(np.triu(steps == 1))
    }
    assert found.through_space.tolist() == [steps[i, j] > 3 for i, j in found.contacts.tolist()]
    degree = (steps == 1).sum(axis=1)
    assert len(found.angles) == (degree * (degree - 1) // 2).sum()
    assert all(steps[i, centre] == steps[centre, k] == 1 for i, centre, k in found.angles.tolist())
    assert len(set(found.components.tolist())) == 1


def test_pairs_are_all_those_within_reach_and_no_others() -> None:
    _, molecule = embedded("OCC(O)C=O")
    found = Surroundings.of(molecule)
    distances = np.linalg.norm(molecule.positions_angstrom[:, None] - molecule.positions_angstrom, axis=-1)
    expected = {tuple(map(int, pair)) for pair in np.argwhere(np.triu((distances < 4.0) & (distances > 0)))}
    pairs = found.bonds.tolist() + found.contacts.tolist()
    assert {tuple(pair) for pair in pairs} == expected and len(pairs) == len(expected)
    for (i, j), d in zip(found.contacts.tolist(), found.contact_distances.tolist(), strict=True):
        assert d == pytest.approx(distances[i, j])


def test_the_angle_of_water_and_its_names() -> None:
    half = np.radians(104.5) / 2
    positions = 0.96 * np.array([[0, 0, 0], [np.cos(half), np.sin(half), 0], [np.cos(half), -np.sin(half), 0]])
    found = Surroundings.of(Molecule(np.array([8, 1, 1]), positions))
    assert found.degrees.tolist() == pytest.approx([104.5])
    assert found.angle_names() == ["H-O-H"] and found.pair_names(found.bonds) == ["H-O", "H-O"]
    assert found.environments == ("O: H2", "H: O1", "H: O1")
    assert not found.through_space.any() and len(found.contacts) == 1


def test_separate_molecules_are_separate_pieces() -> None:
    _, one = embedded("CCO")
    two = Molecule(
        np.tile(one.atomic_numbers, 2), np.concatenate([one.positions_angstrom, one.positions_angstrom + [5.0, 0, 0]])
    )
    found = Surroundings.of(two)
    assert len(set(found.components.tolist())) == 2
    across = found.contacts[:, 0] // len(one) != found.contacts[:, 1] // len(one)
    assert across.any() and found.through_space[across].all()


@pytest.mark.parametrize("positions", [[[0, 0, 0]], [[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [50, 0, 0]]])
def test_degenerate_structures_are_described_too(positions: list) -> None:
    found = Surroundings.of(Molecule(np.full(len(positions), 8), np.array(positions, dtype=float)))
    assert len(found.environments) == len(positions)
    assert np.isfinite(found.degrees).all()
