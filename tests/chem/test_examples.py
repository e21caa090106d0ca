"""The shipped structures: whole waters, hydrogen bonds of the right length, the default first."""

import numpy as np
import pytest
from rdkit.Chem import AddHs, GetFormalCharge, MolFromSmiles
from scipy.spatial.distance import cdist

from core.chem.examples import ENTRIES, example_path, examples
from core.data.bonds import bonds_of_geometry
from core.errors import StructureError


def test_the_default_is_a_cluster_of_six_to_eight_waters() -> None:
    key, label, molecule = examples()[0]
    assert 6 * 3 <= len(molecule) <= 8 * 3 and label and key


WATERS = [entry for entry in ENTRIES if entry.molecules]
OTHERS = [entry for entry in ENTRIES if entry.smiles]


@pytest.mark.parametrize("entry", OTHERS, ids=lambda entry: entry.key)
def test_molecules_are_those_of_their_smiles(entry) -> None:
    molecule = {key: found for key, _, found in examples()}[entry.key]
    wanted = AddHs(MolFromSmiles(entry.smiles))
    assert sorted(molecule.symbols) == sorted(atom.GetSymbol() for atom in wanted.GetAtoms())
    assert molecule.charge == GetFormalCharge(wanted) and molecule.title == entry.label
    bonds = bonds_of_geometry(molecule.atomic_numbers, molecule.positions_angstrom)
    assert len(bonds) == wanted.GetNumBonds()


@pytest.mark.parametrize("entry", WATERS, ids=lambda entry: entry.key)
def test_geometry(entry) -> None:
    molecule = {key: found for key, _, found in examples()}[entry.key]
    assert molecule.symbols == ("O", "H", "H") * entry.molecules
    assert molecule.charge == 0 and molecule.title == entry.label
    waters = molecule.positions_angstrom.reshape(-1, 3, 3)
    bonds = np.linalg.norm(waters[:, 1:] - waters[:, :1], axis=-1)
    assert 0.85 < bonds.min() and bonds.max() < 1.1
    if entry.molecules > 1:
        oxygen = cdist(waters[:, 0], waters[:, 0]) + 99 * np.eye(entry.molecules)
        assert 2.4 < oxygen.min() and oxygen.min(axis=1).max() < 3.4


def test_unknown_example() -> None:
    with pytest.raises(StructureError, match="water-8"):
        example_path("../../etc/passwd")
