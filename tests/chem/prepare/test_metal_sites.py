"""What holds a metal ion has no proton there: charges and hydrogens of zinc sites, made by hand."""

import numpy as np
import pytest

from core.chem.prepare import Options, Prepared, prepare
from tests.chem.prepare.test_protonation import hydrogens_on
from tests.molecules import atom, atoms_of, capped, name_of


def place(text: str, name: str) -> np.ndarray:
    """(3,) angstrom."""
    line = next(line for line in atoms_of(text) if name_of(line) == name)
    return np.array([float(line[30:38]), float(line[38:46]), float(line[46:54])])


def beside(text: str, name: str, *neighbours: str, angstrom: float = 2.1) -> np.ndarray:
    """(3,) where a metal stands that the atom holds with its lone pair: opposite to its neighbours."""
    origin = place(text, name)
    away = sum((origin - place(text, other)) / np.linalg.norm(origin - place(text, other)) for other in neighbours)
    return origin + angstrom * np.asarray(away) / np.linalg.norm(away)


def site(code: str, at: np.ndarray, metal: str = "ZN", **options: object) -> Prepared:
    lines = "".join(atoms_of(capped(code))) + atom(90, metal, f"{metal:>3s}", 90, tuple(at), metal) + "END\n"
    return prepare(lines.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize("ph", [5.0, 7.0])
@pytest.mark.parametrize(("holder", "neighbours", "other"), [("ND1", "CG CE1", "NE2"), ("NE2", "CD2 CE1", "ND1")])
def test_a_histidine_turns_its_lone_pair_to_the_zinc(
    holder: str, neighbours: str, other: str, ph: float, protonation: str
) -> None:
    structure = site("H", beside(capped("H"), holder, *neighbours.split()), ph=ph, protonation=protonation)
    assert structure.residue_charges[1] == 0
    assert (hydrogens_on(structure, 1, holder), hydrogens_on(structure, 1, other)) == (0, 1)
    zinc = structure.free_ions[0].position_angstrom
    hydrogens = structure.molecule.positions_angstrom[structure.molecule.atomic_numbers == 1]
    assert np.linalg.norm(hydrogens - zinc, axis=1).min() > 2.2
    assert any(f"coordinated by HIS A 2 {holder}: no" in entry.sentence for entry in structure.report.entries)


@pytest.mark.parametrize("protonation", ["pdb2pqr", "rules"])
@pytest.mark.parametrize(("code", "holder", "neighbour"), [("C", "SG", "CB"), ("D", "OD1", "CG"), ("Y", "OH", "CZ")])
def test_acids_at_a_zinc_are_without_their_proton(code: str, holder: str, neighbour: str, protonation: str) -> None:
    at = beside(capped(code), holder, neighbour, angstrom=2.3)
    structure = site(code, at, ph=2.0, protonation=protonation)
    assert structure.residue_charges[1] == structure.molecule.charge == -1
    assert hydrogens_on(structure, 1, f"{holder} OD2") == 0


def test_what_is_left_out_and_what_is_loose_or_far_changes_nothing() -> None:
    near = beside(capped("C"), "SG", "CB", angstrom=2.3)
    assert site("C", near, ions="drop").molecule.charge == 0
    assert site("C", near, metal="NA").molecule.charge == 0
    assert site("C", beside(capped("C"), "SG", "CB", angstrom=4.0)).molecule.charge == 0


def test_hydrogens_of_the_file_win() -> None:
    whole = prepare(capped("H").encode(), "a.pdb", Options(ph=3.0))
    assert whole.residue_charges[1] == 1
    lines = [
        atom(n, name, whole.topology.residues[r].name, whole.topology.residues[r].number, tuple(xyz), symbol)
        for n, (name, r, xyz, symbol) in enumerate(
            zip(
                whole.topology.atom_names,
                whole.topology.residue_of_atom.tolist(),
                whole.molecule.positions_angstrom.tolist(),
                whole.molecule.symbols,
                strict=True,
            ),
            1,
        )
    ]
    at = beside(capped("H"), "NE2", "CD2", "CE1", angstrom=2.3)
    text = "".join(lines) + atom(90, "ZN", " ZN", 90, tuple(at), "ZN") + "END\n"
    assert prepare(text.encode(), "a.pdb", Options(hydrogens="keep")).residue_charges[1] == 1
