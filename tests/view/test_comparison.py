"""The comparison: its parts against each other and against PySCF, on one real calculation of water."""

import numpy as np
import pytest
from pyscf.dft import numint

from core.chem.molecule import Molecule
from core.density.moments import dipole_e_bohr
from core.reference.calculation import build_mol, calculate
from core.reference.from_density import orbital_dipole_e_bohr
from core.reference.record import Record
from core.units import BOHR_IN_ANGSTROM, E_BOHR_IN_DEBYE, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.assets import field_store
from core.view.comparison import held_against
from core.view.field import unpack_field
from core.view.figures import force_parity
from core.view.merits import merit_rows
from core.view.picture import picture_of
from core.view.words import significant

WATER = Molecule(
    np.array([8, 1, 1]), np.array([[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]]), 0, "water"
)


@pytest.fixture(scope="module")
def record() -> Record:
    return calculate(WATER)


def record_dipole_debye(record: Record) -> float:
    """By PySCF, whose orbitals are of the same molecule."""
    orbitals = record.occupied_orbitals.astype(float)
    dipole = orbital_dipole_e_bohr(build_mol(record.molecule), 2 * orbitals @ orbitals.T)
    return E_BOHR_IN_DEBYE * float(np.linalg.norm(dipole))


def test_a_whole_comparison(record: Record) -> None:
    steps: list[str] = []
    held = held_against(picture_of(WATER), record, steps.append)
    assert len(steps) >= 4
    assert held.figures.eps_floor < held.figures.eps_sad
    assert held.findings.electrons_misplaced == pytest.approx(0.5 * held.figures.eps_ks / 100 * 10)
    assert held.sides.scene.camera == picture_of(WATER).scene.camera
    both = held.findings.dipoles
    assert both.predicted_debye == pytest.approx(picture_of(WATER).facts.dipole_debye, rel=1e-4)
    assert both.reference_debye == pytest.approx(record_dipole_debye(record), rel=1e-4)
    assert f"Predicted {both.predicted_debye:.3f} D, DFT {both.reference_debye:.3f} D" in merit_rows(held)
    # Free atoms, neutral and round, have no dipole, so all of it is missing; PySCF's density and the fit nearly agree.
    assert both.free_atoms_error_md == pytest.approx(1000.0 * record_dipole_debye(record), rel=1e-4)
    assert held.findings.fitted is not None and both.fitted_error_md is not None
    fit_debye = E_BOHR_IN_DEBYE * float(np.linalg.norm(dipole_e_bohr(held.findings.fitted)))
    # Both lie along the axis of the molecule.
    assert both.fitted_error_md == pytest.approx(1000.0 * abs(fit_debye - record_dipole_debye(record)), abs=0.02)
    assert both.fitted_error_md < 0.02 * both.free_atoms_error_md
    assert f"free atoms are off by **{significant(both.free_atoms_error_md)}\u00a0mD**" in merit_rows(held)
    parity = force_parity(held)
    assert parity is not None
    free = next(trace for trace in parity.data if str(trace.name).startswith("free atoms"))
    assert abs(np.array(free.y) - np.array(free.x)).mean() == pytest.approx(
        held.findings.rungs.free_atoms.mean_mev_per_angstrom, rel=1e-6
    )
    taken_off = significant(picture_of(WATER).facts.net_force_mev_per_angstrom)
    assert f"added up to {taken_off} meV/Å, which was taken off" in merit_rows(held)
    table = merit_rows(held).splitlines()
    assert all(line.count("|") - line.count("\\|") == 4 for line in table)


def half_code(header: dict, values: np.ndarray) -> np.ndarray:
    """By how much a packed value may differ from the true one: half a step of asinh(v / knee)."""
    step = (header["high"] - header["low"]) / 65535
    return 0.5 * step * np.hypot(values, header["knee"])


def test_panes_hold_both_densities_and_their_difference(record: Record) -> None:
    held = held_against(picture_of(WATER), record)
    unpacked = [unpack_field(packed.compressed) for packed in held.sides.fields]
    (header, predicted), (_, reference), (_, difference) = unpacked
    assert header["shape"] == unpacked[1][0]["shape"] == unpacked[2][0]["shape"]
    coding = sum(half_code(*field) for field in unpacked)
    # Where the prediction is not noise below zero, which a density is packed without.
    somewhere = predicted > 0
    assert somewhere.mean() > 0.5
    assert (abs(difference - (predicted - reference)) <= 1.01 * coding)[somewhere].all()
    # Predicted and DFT hold the same electrons, but for what lies outside the box and between its points.
    step = header["step_angstrom"] / BOHR_IN_ANGSTROM
    assert abs(difference.sum() * step**3) < 0.05
    # The DFT density by PySCF itself, at points of the grid away from the nuclei.
    origin = np.array(header["origin_angstrom"]) / BOHR_IN_ANGSTROM
    indices = np.random.default_rng(0).integers(0, header["shape"], (300, 3))
    mol, orbitals = build_mol(WATER), record.occupied_orbitals.astype(float)
    values = numint.eval_rho(mol, numint.eval_ao(mol, origin + step * indices), 2 * orbitals @ orbitals.T)
    assert reference[tuple(indices.T)] == pytest.approx(values, rel=3e-4, abs=1e-8)


def test_panes_hold_both_forces_and_their_difference(record: Record) -> None:
    held = held_against(picture_of(WATER), record)
    panes = held.sides.scene.panes
    assert [pane.label for pane in panes] == ["Predicted", "DFT", "Difference"]
    assert [pane.signed for pane in panes] == [False, False, True]
    predicted, reference, error = (np.array(pane.forces_mev_per_angstrom) for pane in panes)
    assert error == pytest.approx(predicted - reference, abs=0.11)
    assert reference.reshape(3, 3) == pytest.approx(
        record.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM, abs=0.051
    )
    assert abs(error).max() == pytest.approx(held.figures.force_max_mev_per_angstrom, abs=0.06)
    # One level for both densities, that which holds the same share as on Explore; and one for the difference.
    assert panes[0].level == panes[1].level == picture_of(WATER).scene.level
    assert 0 < panes[2].level < panes[2].field.largest
    assert held.sides.scene.curve == picture_of(WATER).scene.curve
    assert {pane.field.digest for pane in panes} == {packed.digest for packed in held.sides.fields}


def test_a_published_scene_has_all_its_fields_on_the_server(record: Record) -> None:
    scene = held_against(picture_of(WATER), record).sides.publish()
    assert all(field_store().get(pane.field.digest) for pane in scene.panes)
