"""A result of one's own on Compare: the same density through a record and through each kind of file is the same."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from pyscf import dft, scf
from pyscf.tools import cubegen

from core.chem.molecule import Molecule
from core.chem.topology import Residue, Topology
from core.errors import ResultError
from core.reference.calculation import build_mol, calculate
from core.reference.record import Record
from core.view.comparison import HeldAgainst, held_against, held_against_foreign
from core.view.error_tables import atom_columns, element_columns, region_rows, residue_columns, rung_rows
from core.view.field import unpack_field
from core.view.figures import error_by_distance, force_parity
from core.view.merits import merit_rows
from core.view.own_result import EXAMPLE, OwnResult, found_words, own_result, topology_for
from core.view.picture import picture_of
from tests.reference.foreign.files import checkpoint_file, fchk_file, molden_file

WATER = Molecule(
    np.array([8, 1, 1]), np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]]), 0, "water"
)


@pytest.fixture(scope="module")
def record() -> Record:
    return calculate(WATER)


@pytest.fixture(scope="module")
def contents(record: Record) -> dict[str, bytes]:
    """The record as files, its orbitals in single precision as it keeps them."""
    method = dft.RKS(build_mol(WATER))
    method.mo_coeff = record.occupied_orbitals.astype(float)
    method.mo_occ, method.mo_energy = np.full(5, 2.0), np.arange(5.0)
    method.e_tot = record.energy_hartree
    with TemporaryDirectory() as folder:
        path = Path(folder) / "water.cube"
        cubegen.density(method.mol, str(path), method.make_rdm1(), margin=5.0, resolution=0.2)
        cube = path.read_bytes()
    return {
        "water.chk": checkpoint_file(method),
        "water.molden": molden_file(method),
        "water.fchk": fchk_file(method, gradient=record.gradient_hartree_per_bohr),
        "water.cube": cube,
    }


def held(own: OwnResult) -> HeldAgainst:
    return held_against_foreign(picture_of(own.molecule), own.density, own.other, own.digest, lambda text: None)


@pytest.fixture(scope="module")
def direct(record: Record) -> HeldAgainst:
    return held_against(picture_of(WATER), record)


@pytest.mark.parametrize("name", ["water.chk", "water.molden", "water.fchk"])
def test_a_file_of_orbitals_says_what_the_record_says(
    name: str, contents: dict[str, bytes], direct: HeldAgainst
) -> None:
    found = held(own_result(contents[name], name))
    assert found.findings.electrons_misplaced == pytest.approx(direct.findings.electrons_misplaced, rel=1e-5)
    for figure in ("eps_ks", "eps_sad", "dipole_error_md"):
        assert getattr(found.figures, figure) == pytest.approx(getattr(direct.figures, figure), rel=1e-4)
    assert found.anatomy.predicted.by_atom == pytest.approx(direct.anatomy.predicted.by_atom, rel=1e-4)
    assert found.findings.potential.predicted == pytest.approx(direct.findings.potential.predicted, rel=1e-3)
    # The fit holds to the forces only where they are known.
    assert found.figures.eps_floor == pytest.approx(
        direct.figures.eps_floor, rel=1e-3 if name.endswith("fchk") else 0.2
    )
    theirs = [unpack_field(packed.compressed)[1] for packed in found.sides.fields]
    ours = [unpack_field(packed.compressed)[1] for packed in direct.sides.fields]
    assert theirs[1] == pytest.approx(ours[1], rel=2e-3, abs=1e-6)


def test_forces_of_a_file_go_through_the_ladder(contents: dict[str, bytes], direct: HeldAgainst) -> None:
    with_forces = held(own_result(contents["water.fchk"], "water.fchk"))
    assert with_forces.findings.rungs is not None and direct.findings.rungs is not None
    for rung in ("orbitals", "fit", "model", "end_to_end"):
        here, there = getattr(with_forces.findings.rungs, rung), getattr(direct.findings.rungs, rung)
        assert here.mean_mev_per_angstrom == pytest.approx(there.mean_mev_per_angstrom, rel=1e-3, abs=0.01)
    assert "your result" in rung_rows(with_forces)
    assert force_parity(with_forces) is not None
    assert [pane.forces_mev_per_angstrom is None for pane in with_forces.sides.scene.panes] == [False, False, False]


def test_without_forces_nothing_is_said_of_them(contents: dict[str, bytes]) -> None:
    own = own_result(contents["water.chk"], "water.chk")
    without = held(own)
    assert rung_rows(without) == "" and force_parity(without) is None
    assert "Force error" not in merit_rows(without)
    assert "Force error, meV/Å" not in atom_columns(without)
    assert [pane.forces_mev_per_angstrom is None for pane in without.sides.scene.panes] == [False, True, True]
    assert "no forces" in found_words(own)[-1]


def test_a_cube_says_what_the_record_says_as_far_as_it_can(contents: dict[str, bytes], direct: HeldAgainst) -> None:
    own = own_result(contents["water.cube"], "water.cube")
    found = held(own)
    assert own.molecule.charge == 0
    assert found.findings.electrons_misplaced == pytest.approx(direct.findings.electrons_misplaced, rel=0.1)
    assert found.figures.eps_sad == pytest.approx(direct.figures.eps_sad, rel=0.02)
    assert found.findings.potential.strength == pytest.approx(direct.findings.potential.strength, rel=0.05)
    assert "not known" in region_rows(found) and "floor" not in merit_rows(found).lower()
    assert "Floor, 0.001 e" not in element_columns(found)
    assert len(error_by_distance(found).data) == 2
    words = " ".join(found_words(own))
    assert "and there should be 10" in words and "counted from its electrons" in words
    # Their picture is the prediction less the difference: the density itself, away from the cusps of the difference.
    theirs, ours = (unpack_field(of.sides.fields[1].compressed)[1] for of in (found, direct))
    somewhere = (ours > 1e-3) & (ours < 0.5)
    assert np.median(abs(theirs - ours)[somewhere] / ours[somewhere]) < 2e-3
    # Outside of the cube there is nothing, neither of theirs nor of the difference.
    assert theirs[0, 0, 0] < 1e-4


def test_labels_are_the_files_and_are_short(contents: dict[str, bytes]) -> None:
    name = "<img src=x onerror=alert(1)> a very long name of a file.fchk"
    own = own_result(contents["water.fchk"], name)
    assert own.result.name == name
    label = held(own).sides.scene.panes[1].label
    assert len(label) <= 22 and label.startswith("<img") and label.endswith("file.fchk")
    assert held(own).sides.scene.panes[2].against == "your result"
    assert own.other.label.startswith("RHF/")
    # The label is escaped wherever Markdown could take it for more.
    assert r"RHF\/pcseg\-2" in rung_rows(held(own))


def test_residues_of_the_same_structure_are_taken_over(contents: dict[str, bytes]) -> None:
    topology = Topology((Residue("A", "HOH", 1, kind="water"),), ("O", "H1", "H2"), np.zeros(3, dtype=np.int64))
    own = own_result(contents["water.chk"], "water.chk")
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    turn *= np.linalg.det(turn)
    turned = Molecule(WATER.atomic_numbers, WATER.positions_angstrom @ turn.T + 3.0)
    assert topology_for(own.molecule, turned, topology) is topology
    assert residue_columns(held(own), topology)["Residue"] == ["HOH A 1"]
    stretched = Molecule(WATER.atomic_numbers, 1.05 * WATER.positions_angstrom)
    assert topology_for(own.molecule, stretched, topology) is None
    assert topology_for(own.molecule, turned, None) is None
    other = Molecule(np.array([1, 1, 8]), WATER.positions_angstrom)
    assert topology_for(own.molecule, other, topology) is None


def test_a_wrong_file_is_a_typed_error() -> None:
    with pytest.raises(ResultError, match="This is no formatted checkpoint"):
        own_result(b"hello\n" * 100, "x.fchk")


def test_the_three_lines_of_the_page_make_a_file_that_is_read(tmp_path: Path) -> None:
    """With a small basis in place of the page's, for the time it takes."""
    (tmp_path / "water.xyz").write_text("3\n\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n")
    assert len(EXAMPLE.splitlines()) == 3
    script = EXAMPLE.replace("pcseg-2", "6-31g")
    assert script != EXAMPLE
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=300, env=dict(os.environ))
    own = own_result((tmp_path / "water.chk").read_bytes(), "water.chk")
    assert own.result.says == "basis 6-31g"
    assert own.result.energy_hartree is not None and abs(own.result.energy_hartree + 76.3) < 0.1
    assert isinstance(scf.chkfile.load(str(tmp_path / "water.chk"), "scf")["mo_coeff"], np.ndarray)
