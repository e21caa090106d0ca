"""The shipped structures: whole waters, hydrogen bonds of the right length, a sound helix, the default first."""

import numpy as np
import pytest
from rdkit.Chem import AddHs, GetFormalCharge, MolFromSequence, MolFromSmiles
from scipy.spatial.distance import cdist

from core.chem.examples import ENTRIES, example, example_path, example_subject, examples
from core.chem.secondary_structure import secondary_structure
from core.data.bonds import bonds_of_geometry
from core.errors import StructureError
from core.model.choose import name_for
from core.model.predict import load_model, predict
from core.model.trust import assess


def test_the_default_is_a_cluster_of_six_to_eight_waters() -> None:
    key, label, molecule = examples()[0]
    assert 6 * 3 <= len(molecule) <= 8 * 3 and label and key


WATERS = [entry for entry in ENTRIES if entry.molecules]
OTHERS = [entry for entry in ENTRIES if entry.smiles]
PEPTIDES = [entry for entry in ENTRIES if entry.sequence]


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


@pytest.mark.parametrize("entry", PEPTIDES, ids=lambda entry: entry.key)
def test_a_peptide_has_the_atoms_bonds_and_turns_of_its_sequence(entry) -> None:
    subject = example_subject(entry.key)
    molecule, topology = subject.molecule, subject.topology
    assert topology is not None and example(entry.key) is molecule and molecule.title.startswith(entry.label)
    assert [residue.kind for residue in topology.residues] == ["protein"] * len(entry.sequence)
    # Ends and side chains pass protons on, whose number stays.
    wanted = AddHs(MolFromSequence(entry.sequence))
    assert sorted(molecule.symbols) == sorted(atom.GetSymbol() for atom in wanted.GetAtoms())
    assert set(molecule.symbols) == set("HCNOS") and molecule.charge == 0 and molecule.electrons % 2 == 0
    assert len(bonds_of_geometry(molecule.atomic_numbers, molecule.positions_angstrom)) == wanted.GetNumBonds()
    # All but the ends, where a helix has nothing to hold on to.
    assert secondary_structure(molecule, topology).count("h") >= len(entry.sequence) - 6


@pytest.mark.parametrize("entry", PEPTIDES, ids=lambda entry: entry.key)
def test_a_peptide_says_that_it_is_a_model(entry) -> None:
    assert "NOT AN EXPERIMENTAL STRUCTURE" in example_path(entry.key).read_text()
    source = example_subject(entry.key).source
    assert source is not None and "not an experimental structure" in source.origin and not source.identifier


@pytest.mark.parametrize("entry", PEPTIDES, ids=lambda entry: entry.key)
def test_nothing_of_a_peptide_is_outside_the_domain(entry) -> None:
    molecule = example(entry.key)
    model = load_model(name_for(molecule))
    assert assess(predict(molecule, model), model).reasons() == []


def test_unknown_example() -> None:
    with pytest.raises(StructureError, match="water-8"):
        example_path("../../etc/passwd")
