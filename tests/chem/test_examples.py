"""The shipped structures: whole waters, hydrogen bonds of the right length, the default first."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from core.chem.examples import ENTRIES, example_path, examples
from core.errors import StructureError


def test_the_default_is_a_cluster_of_six_to_eight_waters() -> None:
    key, label, molecule = examples()[0]
    assert 6 * 3 <= len(molecule) <= 8 * 3 and label and key


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
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
