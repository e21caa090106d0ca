"""Residues in a scene: plain data that JSON keeps, one entry an atom, ribbons only where one can be drawn."""

import json
from dataclasses import asdict

import numpy as np

from core.chem.molecule import Molecule
from core.chem.prepare import prepare
from core.chem.topology import Residue, Topology
from core.view.address import Address
from core.view.link import subject_of
from core.view.scene import Scene
from core.view.scene_residues import residues_of
from tests.molecules import PROTEIN, RNA, ligand, polymer
from tests.pyscf_functions import waters


def test_a_peptide_with_a_ligand_has_a_ribbon_for_the_peptide_alone() -> None:
    text = polymer("GAG", PROTEIN).replace("END\n", "") + ligand("CO", "LIG", hydrogens=True) + "END\n"
    prepared = prepare(text.encode(), "a.pdb")
    found = residues_of(prepared.molecule, prepared.topology)
    assert found is not None
    assert found.names == ("GLY", "ALA", "GLY", "LIG") and found.chains == ("A", "A", "A", "L")
    assert found.kinds == ("protein", "protein", "protein", "ligand") and found.numbers == ("1", "2", "3", "1")
    assert found.stretches == (0, 0, 0, -1) and found.secondary == "cccc"
    assert found.atom_names == prepared.topology.atom_names
    assert found.residue_of_atom == tuple(prepared.topology.residue_of_atom.tolist())
    scene = Scene.of(prepared.molecule, source="", description="")
    assert len(found.residue_of_atom) == len(scene.elements)
    assert json.loads(json.dumps(asdict(found)))["stretches"] == [0, 0, 0, -1]


def test_the_address_of_an_example_leads_to_its_residues() -> None:
    subject = subject_of(Address("example", "helix-18"), lambda text: None)
    assert subject.topology is not None
    found = residues_of(subject.molecule, subject.topology)
    assert found is not None and found.stretches == (0,) * 18 and found.secondary.count("h") >= 12
    assert subject_of(Address("example", "water-2"), lambda text: None).topology is None


def test_a_stretch_of_two_is_drawn_without_a_ribbon() -> None:
    prepared = prepare(polymer("GA").encode(), "a.pdb")
    found = residues_of(prepared.molecule, prepared.topology)
    assert found is not None and found.stretches == (-1, -1)


def test_a_nucleic_acid_has_a_ribbon() -> None:
    prepared = prepare(polymer("ACG", RNA).encode(), "a.pdb")
    found = residues_of(prepared.molecule, prepared.topology)
    assert found is not None and found.stretches == (0, 0, 0) and set(found.kinds) == {"nucleic"}


def test_one_small_molecule_has_no_residues_to_speak_of() -> None:
    molecule = Molecule(np.array([8, 1, 1]), np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]]))
    topology = Topology((Residue("", "MOL", 1),), ("O1", "H1", "H2"), np.zeros(3, dtype=np.int64))
    assert residues_of(molecule, topology) is None
    assert residues_of(molecule, None) is None


def test_waters_are_residues_without_a_ribbon() -> None:
    residues = tuple(Residue("A", "HOH", number, kind="water") for number in (1, 2))
    topology = Topology(residues, ("O", "H1", "H2") * 2, np.repeat([0, 1], 3))
    found = residues_of(waters(2), topology)
    assert found is not None and found.stretches == (-1, -1) and found.kinds == ("water", "water")
