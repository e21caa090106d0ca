"""PQR files: what PDB2PQR reads is what was written, charges add up, and no name or coordinate breaks a line."""

import io

import numpy as np
import pytest
from pdb2pqr.io import read_pqr

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.chem.radii import radii_angstrom
from core.chem.read import from_smiles
from core.chem.topology import Residue, Topology
from core.density.density import Density
from core.density.hirshfeld import hirshfeld_atoms
from core.density.pqr import pqr_text, rounded, write_pqr
from core.errors import DataError
from core.gaussian.basis import AuxiliaryBasis
from core.model.predict import load_model, predict

BASIS = AuxiliaryBasis.load()


def free(molecule: Molecule) -> Density:
    return Density.free_atoms(molecule, BASIS)


def test_pdb2pqr_reads_what_was_written() -> None:
    density = predict(example("water-3"), load_model("water")).density
    atoms = read_pqr(io.StringIO(pqr_text(density)))
    molecule = density.molecule
    assert [atom.serial for atom in atoms] == list(range(1, 10))
    assert [atom.name for atom in atoms] == ["O1", "H1", "H2", "O2", "H3", "H4", "O3", "H5", "H6"]
    assert {(atom.res_name, atom.res_seq, atom.type) for atom in atoms} == {("UNL", 1, "HETATM")}
    np.testing.assert_allclose([(a.x, a.y, a.z) for a in atoms], molecule.positions_angstrom, atol=6e-4)
    charges = hirshfeld_atoms(density).charges
    np.testing.assert_allclose([atom.charge for atom in atoms], charges, atol=1.1e-5)
    assert abs(sum(round(atom.charge * 1e5) for atom in atoms)) == 0
    # A water's oxygen by Hirshfeld in a hydrogen-bonded ring.
    assert all(-0.4 < atom.charge < -0.2 for atom in atoms[::3])
    np.testing.assert_allclose([atom.radius for atom in atoms], radii_angstrom(molecule))


def test_names_of_a_topology_and_wide_coordinates() -> None:
    molecule = Molecule(
        np.array([8, 1, 1, 8, 1, 1]),
        np.array([[-12345.678, -12345.0, 99999.123], [-12345.0, -12345.0, 99999.9], [-12346.0, -12345.6, 99999.9],
                  [0, 0, 0], [0.76, 0.59, 0], [-0.76, 0.59, 0]]),
    )  # fmt: skip
    residues = (Residue("AB", "SER", 12345, kind="protein"), Residue("2", "HOH", -7, kind="water"))
    names = ("OG", "HG11", "H 2", "O", "H1", "H2")
    topology = Topology(residues, names, np.array([0, 0, 0, 1, 1, 1]))
    text = pqr_text(free(molecule), topology, charges=np.array([-0.5, 0.25, 0.25, -0.8, 0.4, 0.4]))
    atoms = read_pqr(io.StringIO(text))
    assert [atom.name for atom in atoms] == ["OG", "HG11", "H2", "O", "H1", "H2"]
    assert (atoms[0].type, atoms[0].res_name, atoms[0].chain_id, atoms[0].res_seq) == ("ATOM", "SER", "AB", 12345)
    assert (atoms[3].type, atoms[3].res_name, atoms[3].res_seq) == ("HETATM", "HOH", -7)
    np.testing.assert_allclose([(a.x, a.y, a.z) for a in atoms], molecule.positions_angstrom, atol=6e-4)
    assert [atom.charge for atom in atoms] == [-0.5, 0.25, 0.25, -0.8, 0.4, 0.4]


def test_text_of_a_file_cannot_make_lines_of_its_own() -> None:
    water = example("water-1")
    hostile = Molecule(water.atomic_numbers, water.positions_angstrom, 0, "a\nATOM 1 X X 1 0 0 0 9 9\u2028\u202e<b>")
    topology = Topology((Residue("A\nATOM", "H\tOH", 1),), ("O\r\nX", "H\u00e9", " "), np.zeros(3, dtype=int))
    text = pqr_text(free(hostile), topology)
    assert text.isascii() and len(read_pqr(io.StringIO(text))) == 3
    assert sum(line.startswith(("ATOM", "HETATM")) for line in text.splitlines()) == 3


@pytest.mark.parametrize("total", [-2, 0, 1])
def test_rounded_charges_add_up_and_hardly_move(total: int) -> None:
    charges = np.random.default_rng(1).normal(0.0, 0.3, 20001)
    charges += (total - charges.sum()) / charges.size
    written = np.array(rounded(charges, total))
    assert round(written.sum() * 1e5) == total * 100000
    assert np.abs(written - charges).max() < 2e-5


def test_columns_are_those_of_a_pdb_file_where_they_fit() -> None:
    [line] = [line for line in pqr_text(free(example("water-1"))).splitlines() if line.startswith("HETATM    1")]
    x, y, z = example("water-1").positions_angstrom[0]
    assert (float(line[30:38]), float(line[39:47]), float(line[48:56])) == pytest.approx((x, y, z), abs=6e-4)


def test_radii_by_source() -> None:
    amide = from_smiles("CC(=O)NC")
    bondi, amber = radii_angstrom(amide, "bondi"), radii_angstrom(amide, "mbondi2")
    heavy = {z: (bondi[amide.atomic_numbers == z][0], amber[amide.atomic_numbers == z][0]) for z in (6, 7, 8)}
    assert heavy == {6: (1.7, 1.7), 7: (1.55, 1.55), 8: (1.52, 1.5)}
    hydrogens = amide.atomic_numbers == 1
    assert set(bondi[hydrogens]) == {1.2}
    # The one hydrogen of the amide, and those of carbon.
    assert sorted(amber[hydrogens].tolist()) == [1.2] * 6 + [1.3]


def test_what_does_not_fit_is_refused(tmp_path) -> None:
    density = free(example("water-1"))
    with pytest.raises(DataError):
        pqr_text(density, Topology((Residue("A", "HOH", 1),), ("O",), np.zeros(1, dtype=int)))
    with pytest.raises(DataError):
        pqr_text(density, charges=np.array([0.5, 0.5, 0.5]))
    with pytest.raises(DataError):
        radii_angstrom(density.molecule, "nobody")  # type: ignore[arg-type]
    with pytest.raises(DataError):
        write_pqr(tmp_path / "no" / "folder.pqr", density)
    write_pqr(tmp_path / "water.pqr", density, radius_set="mbondi2")
    assert "mbondi2" in (tmp_path / "water.pqr").read_text() and list(tmp_path.iterdir()) == [tmp_path / "water.pqr"]
