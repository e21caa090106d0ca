"""What Compare gives to take away, read back, against the comparison itself, and its lines of Python, run."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyscf.dft import numint
from pyscf.tools.cubegen import Cube

from core.chem.examples import example
from core.chem.subject import Subject
from core.chem.topology import Residue, Topology
from core.reference.calculation import build_mol
from core.reference.level import CHEAP_LEVEL, DEFAULT_LEVEL
from core.reference.results import find_result
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.address import Address
from core.view.compared_files import PANES, atoms_csv, figures_csv, pane_cube
from core.view.comparison import HeldAgainst, held_against
from core.view.picture import picture_of
from core.view.snippet import comparison_snippet
from tests.view.test_snippet import ran


@pytest.fixture(scope="module")
def held() -> HeldAgainst:
    molecule = example("water-2")
    record = find_result(molecule)
    assert record is not None
    return held_against(picture_of(molecule), record)


def test_the_atoms(held: HeldAgainst) -> None:
    rows = list(csv.DictReader(io.StringIO(atoms_csv(held))))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    assert columns["element"] == ["O", "H", "H", "O", "H", "H"]

    def forces(name: str) -> np.ndarray:
        return np.array([columns[f"f{x}_{name}_mev_per_angstrom"] for x in "xyz"], dtype=float).T

    record = find_result(example("water-2"))
    assert record is not None
    np.testing.assert_allclose(forces("reference"), record.forces_mev_per_angstrom, atol=1e-6)
    np.testing.assert_allclose(forces("difference"), forces("predicted") - forces("reference"), atol=2e-6)
    misplaced = np.array(columns["misplaced_predicted_e"], dtype=float)
    assert misplaced.sum() == pytest.approx(held.findings.electrons_misplaced, rel=1e-4)


def test_the_atoms_are_called_by_their_residues(held: HeldAgainst) -> None:
    residues = (Residue("A", "HOH", 7), Residue("A", "HOH", 8))
    topology = Topology(residues, ("O", "H1", "H2") * 2, np.repeat([0, 1], 3))
    rows = list(csv.DictReader(io.StringIO(atoms_csv(held, topology))))
    assert [row["number"] for row in rows] == ["7"] * 3 + ["8"] * 3 and rows[4]["name"] == "H1"
    plain = list(csv.DictReader(io.StringIO(atoms_csv(held))))
    assert [{name: row[name] for name in plain[0]} for row in rows] == plain


def test_the_figures(held: HeldAgainst) -> None:
    found = {row["figure"]: float(row["value"]) for row in csv.DictReader(io.StringIO(figures_csv(held)))}
    assert found["eps_ks"] == pytest.approx(held.figures.eps_ks)
    assert found["potential_error"] == pytest.approx(held.findings.potential.predicted)
    assert found["dipole_predicted"] == pytest.approx(held.findings.dipoles.predicted_debye)
    assert found["dipole_error_of_free_atoms"] > 100.0 * found["dipole_error_of_fit"] > 0.0
    assert ",meV/angstrom\n" in figures_csv(held)
    unknown = replace(held, findings=replace(held.findings, figures=replace(held.figures, eps_floor=None)))
    assert "eps_floor" in found and "eps_floor" not in figures_csv(unknown)


def test_free_atoms_are_not_called_a_prediction(held: HeldAgainst) -> None:
    predicted = replace(held.picture.predicted, prediction=None, model=None)
    bare = replace(held, sides=replace(held.sides, picture=replace(held.picture, predicted=predicted)))
    without = replace(bare, sides=replace(bare.sides, other=replace(held.other, forces_hartree_per_bohr=None)))
    for given in (bare, without):
        columns = atoms_csv(given).splitlines()[0].split(",")
        assert "fx_free_atoms_mev_per_angstrom" in columns and not any("predicted" in name for name in columns)
        assert len(columns) == len(set(columns))
    assert "reference" not in atoms_csv(without)


def test_cubes_hold_the_densities_and_their_difference(held: HeldAgainst, tmp_path: Path) -> None:
    record = find_result(example("water-2"))
    assert record is not None
    mol, orbitals = build_mol(record.molecule), record.occupied_orbitals.astype(float)
    cube, values = Cube(mol), {}
    for pane in PANES:
        path = tmp_path / f"{pane}.cube"
        path.write_text(pane_cube(held.sides, pane))
        values[pane] = cube.read(str(path))
    np.testing.assert_allclose(
        values["difference"], values["predicted"] - values["reference"], rtol=0, atol=1e-5 * values["reference"].max()
    )
    # The points as the head of the file has them: origin, then a step along each axis.
    head = np.array([line.split()[1:4] for line in path.read_text().splitlines()[2:6]], dtype=float)
    points = head[0] + np.indices(values["reference"].shape).reshape(3, -1).T @ head[1:]
    chosen = np.random.default_rng(0).integers(0, len(points), 200)
    exact = numint.eval_rho(mol, numint.eval_ao(mol, points[chosen]), 2 * orbitals @ orbitals.T)
    np.testing.assert_allclose(values["reference"].reshape(-1)[chosen], exact, rtol=2e-5, atol=1e-9)


@pytest.mark.slow
def test_the_lines_of_python_give_the_figures(held: HeldAgainst, tmp_path: Path) -> None:
    subject = Subject(example("water-2"))
    lines = comparison_snippet(held.picture, subject, Address("example", "water-2"), DEFAULT_LEVEL, shipped=True)
    printed = [line.split() for line in ran(lines, tmp_path).splitlines()]
    told = {name: float(value) for name, value in printed[:6]}
    assert told["eps_ks"] == pytest.approx(held.figures.eps_ks, rel=1e-3)
    assert told["force_mae_mev_per_angstrom"] == pytest.approx(held.figures.force_mae_mev_per_angstrom, abs=0.02)
    errors = np.array([[float(word) for word in words[1:]] for words in printed[6:]])
    wanted = held.picture.predicted.forces_hartree_per_bohr - held.other.forces_hartree_per_bohr
    np.testing.assert_allclose(errors, wanted * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM, rtol=0, atol=0.02)
    # At another level it is said, and calculated where it did not come with the program.
    other = comparison_snippet(held.picture, subject, Address("example", "water-2"), CHEAP_LEVEL, shipped=False)
    assert "calculate(molecule, level=Level(functional='PBE', orbital_basis='pcseg-1'" in other
