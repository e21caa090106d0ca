"""Hydrogens that can turn: they find the acceptor and leave the clash; lengths and angles stay."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from core.chem.prepare import Options, Prepared, pipeline, prepare
from core.chem.prepare.proton_network import Network
from tests.molecules import RNA, atom, atoms_of, capped, ligand, name_of, polymer, renamed


def prepared(text: str, **options: object) -> Prepared:
    return prepare(text.encode(), "a.pdb", Options(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [(2.8, 0, 0), (0, -2.8, 0), (1.6, 1.6, 1.6), (-2.0, 1.4, -1.4)])
def test_two_waters_find_a_hydrogen_bond(place: tuple[float, float, float]) -> None:
    text = atom(1, "O", "HOH", 1, (0, 0, 0), "O") + atom(2, "O", "HOH", 2, place, "O") + "END\n"
    positions = prepared(text).molecule.positions_angstrom.reshape(2, 3, 3)
    for water in positions:
        bonds = water[1:] - water[0]
        assert np.linalg.norm(bonds, axis=1) == pytest.approx([0.97, 0.97])
        angle = np.degrees(np.arccos(bonds[0] @ bonds[1] / 0.97**2))
        assert 100 < angle < 112
    shortest = min(np.linalg.norm(positions[a, h] - positions[1 - a, 0]) for a in (0, 1) for h in (1, 2))
    assert shortest < 2.4
    assert min(np.linalg.norm(positions[0, i] - positions[1, j]) for i in (1, 2) for j in (1, 2)) > 1.9


def test_methanol_and_water_find_a_hydrogen_bond() -> None:
    """Either donates, wherever the water stands around the hydroxyl."""
    lines = ligand("CO", "MOH", x=0.0).splitlines(keepends=True)
    carbon, oxygen = (np.array([float(line[s : s + 8]) for s in (30, 38, 46)]) for line in lines)
    axis = (oxygen - carbon) / np.linalg.norm(oxygen - carbon)
    across = np.cross(axis, [0.3, 0.9, 0.1])
    across /= np.linalg.norm(across)
    for angle in np.arange(0, 360, 45):
        around = across * np.cos(np.radians(angle)) + np.cross(axis, across) * np.sin(np.radians(angle))
        water = oxygen + 2.8 * (np.cos(np.radians(72)) * axis + np.sin(np.radians(72)) * around)
        text = "".join(renamed(line, "MOH", name_of(line)[0]) for line in lines)
        structure = prepared(text + atom(9, "O", "HOH", 9, tuple(water), "O", "W") + "END\n", waters_angstrom=5.0)
        positions = structure.molecule.positions_angstrom
        methanol, other = (positions[atoms] for atoms in structure.topology.atoms_of_residue)
        hydroxyl = next(p for p in methanol[2:] if np.linalg.norm(p - oxygen) < 1.0)
        bonds = [np.linalg.norm(hydroxyl - water), *np.linalg.norm(other[1:] - oxygen, axis=1)]
        assert min(bonds) < 2.1
        assert np.linalg.norm(other[1:] - hydroxyl, axis=1).min() > 1.7


def test_hydrogens_of_rna_keep_their_distance() -> None:
    structure = prepared(polymer("ACGU", RNA))
    positions, numbers = structure.molecule.positions_angstrom, structure.molecule.atomic_numbers
    assert pdist(positions[numbers == 1]).min() > 1.4


def test_a_hydroxyl_that_pdb2pqr_put_on_another_hydrogen_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDB2PQR is not shown the methane."""
    serine = "".join(atoms_of(capped("S")))
    at = {name_of(x): np.array([float(x[k : k + 8]) for k in (30, 38, 46)]) for x in serine.splitlines() if "SER" in x}
    along, side = at["OG"] - at["CB"], np.cross(at["OG"] - at["CB"], at["CA"] - at["CB"])
    pointing = along / np.linalg.norm(along) * 0.33 + side / np.linalg.norm(side) * 0.94
    placed = Network({1: [("HG", "OG", at["OG"] + 0.96 * pointing)]})
    monkeypatch.setattr(pipeline, "proton_network", lambda *_: placed)
    near = at["OG"] + 2.0 * pointing
    carbon = atom(50, "C1", "MTN", 5, tuple(near + 1.09 * pointing), "C", "M")
    others = [
        near + 1.09 * pointing + 1.09 * (pointing / 3 + 0.943 * turned)
        for angle in (0.0, 2.0944, 4.1888)
        for turned in [np.cos(angle) * _across(pointing) + np.sin(angle) * np.cross(pointing, _across(pointing))]
    ]
    hydrogens = "".join(atom(51 + n, f"H{n}", "MTN", 5, tuple(p), "H", "M") for n, p in enumerate([near, *others]))
    structure = prepared(serine + carbon + hydrogens + "END\n", hydrogens="auto")
    positions = structure.molecule.positions_angstrom[structure.molecule.atomic_numbers == 1]
    assert pdist(positions).min() > 1.6


def _across(axis: np.ndarray) -> np.ndarray:
    found = np.cross(axis, [0.3, 0.9, 0.1])
    return found / np.linalg.norm(found)
