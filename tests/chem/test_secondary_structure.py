"""Helices and strands: against another program's and the depositors', and on what has none."""

from pathlib import Path

import gemmi
import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.chem.polymer import stretches
from core.chem.secondary_structure import secondary_structure
from core.chem.topology import Residue, Topology

# PDB 1A7G, chain E: N, CA, C and O of 82 residues, 291 to 372.
BACKBONE = Path(__file__).parent / "1a7g-backbone.pdb"
FIRST = 291
# What mdtraj 1.11.1 makes of it, `compute_dssp(simplified=False)`.
DSSP = " EEEEEEEEE HHHHHHHHHHGGG GGG S B   EE TT   TTTTEEEEEE S HHHHHHHHHHS   TTSEEEEEEEE "
LETTERS = {"H": "h", "G": "h", "I": "h", "E": "s"}
# The records of the entry.
HELICES = ((302, 314), (316, 318), (347, 356))
STRANDS = ((364, 371), (292, 300), (338, 344))


def read(path: Path) -> tuple[Molecule, Topology]:
    residues, names, of, positions, numbers = [], [], [], [], []
    for chain in gemmi.read_structure(str(path))[0]:
        for one in chain:
            residues.append(Residue(chain.name, one.name, one.seqid.num or 0, kind="protein"))
            for atom in one:
                names.append(atom.name)
                of.append(len(residues) - 1)
                positions.append(atom.pos.tolist())
                numbers.append({"N": 7, "CA": 6, "C": 6, "O": 8}[atom.name])
    return Molecule(np.array(numbers), np.array(positions)), Topology(tuple(residues), tuple(names), np.array(of))


@pytest.fixture(scope="module")
def protein() -> tuple[Molecule, Topology]:
    return read(BACKBONE)


def part(protein: tuple[Molecule, Topology], residues: list[int]) -> tuple[Molecule, Topology]:
    """Some residues of it, in this order."""
    molecule, topology = protein
    atoms = np.concatenate([topology.atoms_of_residue[residue] for residue in residues])
    of = np.repeat(np.arange(len(residues)), [len(topology.atoms_of_residue[residue]) for residue in residues])
    chosen = Topology(tuple(topology.residues[r] for r in residues), tuple(topology.atom_names[a] for a in atoms), of)
    return Molecule(molecule.atomic_numbers[atoms], molecule.positions_angstrom[atoms]), chosen


def test_every_residue_is_as_another_program_has_it(protein: tuple[Molecule, Topology]) -> None:
    assert secondary_structure(*protein) == "".join(LETTERS.get(letter, "c") for letter in DSSP)


def test_helices_and_strands_are_where_the_depositors_saw_them(protein: tuple[Molecule, Topology]) -> None:
    found = secondary_structure(*protein)
    for letter, records in (("h", HELICES), ("s", STRANDS)):
        for start, end in records:
            here = found[start - FIRST : end - FIRST + 1]
            assert here.count(letter) >= 0.8 * len(here), (letter, start, end, here)


def test_turning_and_moving_it_changes_nothing(protein: tuple[Molecule, Topology]) -> None:
    molecule, topology = protein
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    rotation *= np.linalg.det(rotation)
    moved = Molecule(molecule.atomic_numbers, molecule.positions_angstrom @ rotation.T + 17.0)
    assert secondary_structure(moved, topology) == secondary_structure(molecule, topology)


def test_a_strand_without_its_partners_is_none(protein: tuple[Molecule, Topology]) -> None:
    strand = part(protein, list(range(364 - FIRST, 372 - FIRST)))
    assert secondary_structure(*strand) == "c" * 8


def test_a_helix_alone_is_one_and_ends_where_the_chain_is_broken(protein: tuple[Molecule, Topology]) -> None:
    whole = list(range(347 - FIRST, 357 - FIRST))
    assert secondary_structure(*part(protein, whole)).count("h") >= 7
    assert secondary_structure(*part(protein, whole[:3] + whole[4:])) == "cccchhhhc"


def test_stretches_end_where_the_bond_to_the_next_residue_is_missing(protein: tuple[Molecule, Topology]) -> None:
    assert stretches(*protein).tolist() == [0] * 82
    assert stretches(*part(protein, [0, 1, 2, 4, 5])).tolist() == [0, 0, 0, 1, 1]
    assert stretches(*part(protein, [1, 0])).tolist() == [0, 1], "the order of the chain counts"


def test_what_is_no_protein_is_coil_and_of_no_stretch(protein: tuple[Molecule, Topology]) -> None:
    molecule, topology = protein
    ligand = Topology(tuple(Residue("E", "LIG", k) for k in range(82)), topology.atom_names, topology.residue_of_atom)
    assert secondary_structure(molecule, ligand) == "c" * 82
    assert set(stretches(molecule, ligand).tolist()) == {-1}
