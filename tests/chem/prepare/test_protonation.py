"""Protonation and charge of the prepared structure, against RDKit's hydrogen counts and textbook charges."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem
from scipy.spatial.distance import pdist

from core.chem.prepare import Options, Prepared, prepare
from core.errors import PreparationError
from tests.molecules import DNA, PROTEIN, RNA, atom, atoms_of, capped, polymer, without

ROOT = Path(__file__).resolve().parents[3]
ALL = "GAVLIMFWPSTCYNQDEKRH"
# Charge of ACE-X-NME at pH 2, 7 and 12.5 (arginine, pKa 12.5 to 13.8, is only looked at below).
STATES = {"D": (0, -1, -1), "E": (0, -1, -1), "H": (1, 0, 0), "K": (1, 1, 0), "C": (0, 0, -1), "Y": (0, 0, -1),
          "S": (0, 0, 0), "N": (0, 0, 0), "W": (0, 0, 0), "M": (0, 0, 0)}  # fmt: skip
POLAR = {"D": "OD1 OD2", "E": "OE1 OE2", "H": "ND1 NE2", "K": "NZ", "C": "SG", "Y": "OH", "S": "OG", "N": "ND2",
         "W": "NE1", "M": "SD"}  # fmt: skip
PROTONS = {"D": (1, 0, 0), "E": (1, 0, 0), "H": (2, 1, 1), "K": (3, 3, 2), "C": (1, 1, 0), "Y": (1, 1, 0),
           "S": (1, 1, 1), "N": (2, 2, 2), "W": (1, 1, 1), "M": (0, 0, 0)}  # fmt: skip


def prepared(text: str, **options: object) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


def neutral_hydrogens(sequence: str, flavour: int = PROTEIN) -> int:
    """Of the uncharged chain, by RDKit."""
    molecule = Chem.AddHs(Chem.MolFromSequence(sequence, flavor=flavour))
    return sum(atom.GetAtomicNum() == 1 for atom in molecule.GetAtoms())


def hydrogens_on(structure: Prepared, residue: int, names: str) -> int:
    """Hydrogens within 1.5 angstrom of the named atoms of a residue."""
    topology, positions = structure.topology, structure.molecule.positions_angstrom
    heavy = [a for a in topology.atoms_of_residue[residue] if topology.atom_names[a] in names.split()]
    hydrogens = positions[structure.molecule.atomic_numbers == 1]
    return sum(int((np.linalg.norm(hydrogens - positions[a], axis=1) < 1.5).sum()) for a in heavy)


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize("code", STATES)
def test_isolated_residue(code: str, protonation: str) -> None:
    for ph, charge, protons in zip((2.0, 7.0, 12.5), STATES[code], PROTONS[code], strict=True):
        structure = prepared(capped(code), ph=ph, protonation=protonation)
        assert structure.molecule.charge == charge, ph
        assert hydrogens_on(structure, 1, POLAR[code]) == protons, ph
        # ACE and NME replace the two glycines of the chain they were cut from: C2H3O and CH4N.
        neutral = neutral_hydrogens(code) - 2 + 3 + 4
        assert int((structure.molecule.atomic_numbers == 1).sum()) == neutral + charge


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize("ph", [1.0, 7.0, 12.0])
def test_hydrogens_of_all_amino_acids_follow_the_charge(ph: float, protonation: str) -> None:
    structure = prepared(polymer(ALL), ph=ph, protonation=protonation)
    count = int((structure.molecule.atomic_numbers == 1).sum())
    assert count == neutral_hydrogens(ALL) + structure.molecule.charge
    assert structure.molecule.charge == {1.0: 4, 7.0: 0}.get(ph, structure.molecule.charge)
    assert structure.residue_charges.sum() == structure.molecule.charge
    assert not structure.report.of("missing_atoms")


def test_arginine_stays_charged_at_ph_12() -> None:
    assert prepared(capped("R"), ph=12.0).molecule.charge == 1


@pytest.mark.parametrize(("sequence", "flavour"), [("ACGU", RNA), ("ACGT", DNA)])
def test_nucleic_acid_has_one_charge_for_each_phosphate(sequence: str, flavour: int) -> None:
    structure = prepared(polymer(sequence, flavour))
    assert structure.molecule.charge == -(len(sequence) - 1)
    count = int((structure.molecule.atomic_numbers == 1).sum())
    assert count == neutral_hydrogens(sequence, flavour) - (len(sequence) - 1)


def test_heavy_atoms_do_not_move_and_the_order_is_that_of_the_file() -> None:
    text = polymer(ALL)
    structure = prepared(text)
    heavy = structure.molecule.positions_angstrom[structure.molecule.atomic_numbers > 1]
    own = np.array([[float(line[s : s + 8]) for s in (30, 38, 46)] for line in atoms_of(text)])
    np.testing.assert_array_equal(heavy, own)


def test_flips_turn_side_chains_only_where_they_are_reported() -> None:
    plain, turned = prepared(polymer(ALL)), prepared(polymer(ALL), flips=True)
    moved = np.abs(plain.molecule.positions_angstrom - turned.molecule.positions_angstrom).max(axis=1) > 0.01
    heavy = plain.molecule.atomic_numbers > 1
    places = {plain.topology.residues[plain.topology.residue_of_atom[i]].label for i in np.flatnonzero(moved & heavy)}
    assert places == {entry.residue for entry in turned.report.of("flips")} != set()
    assert {place[:3] for place in places} <= {"ASN", "GLN", "HIS"}
    [entry] = plain.report.of("flips")
    assert "Left as in the file" in entry.sentence and all(place in entry.sentence for place in places)
    assert turned.molecule.charge == plain.molecule.charge


def test_another_process_gives_the_same_bytes(tmp_path) -> None:
    path = tmp_path / "all.pdb"
    path.write_text(without(polymer(ALL), "TRP", "CZ2", "CH2", "CZ3", "NE1"))
    texts = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.cif"
        command = [sys.executable, "-m", "core", "prepare", str(path), "--out", str(out)]
        environment = os.environ | {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        texts.append(out.read_bytes())
    assert texts[0] == texts[1]


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
def test_bonds_to_hydrogen_have_nuclear_lengths(protonation: str) -> None:
    structure = prepared(polymer(ALL), protonation=protonation)
    numbers, positions = structure.molecule.atomic_numbers, structure.molecule.positions_angstrom
    heavy = positions[numbers > 1]
    for hydrogen in positions[numbers == 1]:
        distances = np.linalg.norm(heavy - hydrogen, axis=1)
        nearest = numbers[numbers > 1][distances.argmin()]
        assert distances.min() == pytest.approx({6: 1.09, 7: 1.02, 8: 0.97, 16: 1.34}[int(nearest)], abs=1e-6)
    assert pdist(positions[numbers == 1]).min() > 1.2


def test_the_same_input_gives_the_same_bytes() -> None:
    one, two = prepared(polymer("GDHW"), ph=5.0), prepared(polymer("GDHW"), ph=5.0)
    assert one.molecule.positions_angstrom.tobytes() == two.molecule.positions_angstrom.tobytes()
    assert one.topology.atom_names == two.topology.atom_names
    assert one.report == two.report


def test_the_charge_can_be_overridden_and_is_then_to_be_confirmed() -> None:
    structure = prepared(capped("D"), charge=1)
    assert structure.molecule.charge == 1
    assert any("as given" in entry.sentence for entry in structure.report.to_confirm)


# Elements, places in angstrom, charge and hydrogens of what stands in files under these names.
SMALL: dict[str, tuple[dict[str, tuple[float, float, float]], int, int]] = {
    "OH": ({"O": (0, 0, 0)}, -1, 1),
    "NH4": ({"N": (0, 0, 0)}, 1, 4),
    "CMO": ({"C": (0, 0, 0), "O": (1.13, 0, 0)}, 0, 0),
    "CYN": ({"C": (0, 0, 0), "N": (1.16, 0, 0)}, -1, 0),
    "SCN": ({"S": (-1.65, 0, 0), "C": (0, 0, 0), "N": (1.16, 0, 0)}, -1, 0),
    "NO2": ({"N": (0, 0, 0), "O1": (1.06, 0.63, 0), "O2": (-1.06, 0.63, 0)}, -1, 0),
    "CO3": ({"C": (0, 0, 0), "O1": (1.28, 0, 0), "O2": (-0.64, 1.11, 0), "O3": (-0.64, -1.11, 0)}, -2, 0),
    "BCT": ({"C": (0, 0, 0), "O1": (1.28, 0, 0), "O2": (-0.64, 1.11, 0), "O3": (-0.64, -1.11, 0)}, -1, 1),
    "OXY": ({"O1": (0, 0, 0), "O2": (1.21, 0, 0)}, 0, 0),
}


def small(name: str, places: dict[str, tuple[float, float, float]]) -> str:
    return "".join(atom(k, a, name, 1, xyz, a[0]) for k, (a, xyz) in enumerate(places.items(), 1)) + "END\n"


@pytest.mark.parametrize("name", SMALL)
def test_small_ions_are_what_their_names_say(name: str) -> None:
    places, charge, hydrogens = SMALL[name]
    structure = prepare(small(name, places).encode(), "a.pdb", Options())
    assert structure.molecule.charge == charge
    assert structure.molecule.symbols.count("H") == hydrogens
    assert structure.report.to_confirm


def test_nitric_oxide_is_no_closed_shell() -> None:
    with pytest.raises(PreparationError, match="radical") as caught:
        prepare(small("NO", {"N": (0, 0, 0), "O": (1.15, 0, 0)}).encode(), "a.pdb", Options())
    assert caught.value.without == ("NO",) and not caught.value.smiles


@pytest.mark.parametrize(("ph", "hydrogens"), [(7.0, 2), (12.0, 1)])
def test_a_proline_at_the_beginning_is_no_obstacle_to_pdb2pqr(ph: float, hydrogens: int) -> None:
    structure = prepared(polymer("PGHK"), ph=ph)
    assert "pdb2pqr" in dict(structure.report.programs)
    assert hydrogens_on(structure, 0, "N") == hydrogens
    assert structure.residue_charges[0] == hydrogens - 1


def test_a_first_residue_without_charge_is_told() -> None:
    found = prepared(polymer("AAA"), ph=12.0, protonation="rules").report.of("protonation")
    assert "ALA A 1 has charge 0." in [entry.sentence for entry in found]
