"""Residue tables: sums over atoms, molecules as residues, names that are text."""

import csv
import io

import numpy as np
import pytest

from core.chem.examples import example
from core.chem.topology import Residue, Topology
from core.density.density import Density
from core.density.hirshfeld import HirshfeldAtoms, hirshfeld_atoms
from core.density.moments import dipole_debye, dipole_e_bohr
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.forces.residues import residue_table
from core.gaussian.basis import AuxiliaryBasis
from core.model.predict import load_model, predict_density


def of_waters(n: int) -> Topology:
    residues = tuple(Residue("W", "HOH", number + 1, kind="water") for number in range(n))
    return Topology(residues, ("O", "H1", "H2") * n, np.repeat(np.arange(n), 3))


@pytest.fixture(scope="module")
def density() -> Density:
    return predict_density(example("water-5"), load_model("water"))


def test_a_molecule_alone_has_its_own_dipole_and_no_charge() -> None:
    alone = predict_density(example("water-1"), load_model("water"))
    table = residue_table(alone, np.zeros((3, 3)), of_waters(1))
    [row] = table.rows()
    assert row["charge_e"] == pytest.approx(0.0, abs=1e-6)
    assert row["dipole_debye"] == pytest.approx(np.linalg.norm(dipole_debye(alone)), abs=0.01)


def test_rows_are_sums_over_atoms(density: Density) -> None:
    forces = hellmann_feynman_forces(density)
    atoms = hirshfeld_atoms(density)
    table = residue_table(density, forces, of_waters(5), atoms)
    assert table.charges == pytest.approx(atoms.charges.reshape(5, 3).sum(axis=1))
    assert np.abs(table.charges).max() < 0.1, "waters stay nearly neutral"
    assert table.forces_hartree_per_bohr == pytest.approx(forces.reshape(5, 3, 3).sum(axis=1))
    # The dipole of the whole, from those of its parts: centres of nuclear charge of O H H.
    molecule = density.molecule
    weights = molecule.atomic_numbers.reshape(5, 3, 1)
    centres = (weights * molecule.positions_bohr.reshape(5, 3, 3)).sum(axis=1) / 10.0
    total = (table.dipoles_e_bohr + table.charges[:, None] * centres).sum(axis=0)
    assert total == pytest.approx(dipole_e_bohr(density), abs=0.02)


def test_a_density_that_is_not_shared_has_forces_and_no_charges(density: Density) -> None:
    forces = hellmann_feynman_forces(density)
    row = residue_table(density, forces, of_waters(5), HirshfeldAtoms.unknown(15)).rows()[0]
    assert row["charge_e"] is None and row["dipole_debye"] is None
    whole = residue_table(density, forces, of_waters(5)).rows()[0]
    assert row["force_mev_per_angstrom"] == whole["force_mev_per_angstrom"] and list(row) == list(whole)


def test_names_cannot_become_formulas(density: Density) -> None:
    residues = (Residue("=1+1", "@HOH", 1), Residue("-1+2", "HOH", -3, "A"), *of_waters(5).residues[2:])
    topology = Topology(residues, of_waters(5).atom_names, of_waters(5).residue_of_atom)
    text = residue_table(density, np.zeros((15, 3)), topology).csv()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 5
    assert rows[0]["chain"] == "'=1+1" and rows[0]["residue"] == "'@HOH" and rows[2]["chain"] == "W"
    assert rows[1]["chain"] == "'-1+2" and rows[1]["number"] == "-3A"
    assert float(rows[0]["fx_mev_per_angstrom"]) == 0.0


def test_a_topology_of_another_molecule_is_refused() -> None:
    free = Density.free_atoms(example("water-2"), AuxiliaryBasis.load())
    with pytest.raises(ValueError, match="15 atoms"):
        residue_table(free, np.zeros((6, 3)), of_waters(5))


def test_expected_errors_are_means_over_a_residue_and_unknown_where_none_is() -> None:
    free = Density.free_atoms(example("water-2"), AuxiliaryBasis.load())
    table = residue_table(free, np.zeros((6, 3)), of_waters(2))
    assert "atoms_outside_domain" not in table.rows()[0]
    expected = np.array([10.0, 20.0, np.nan, np.nan, np.nan, np.nan])
    outside = np.array([True, False, True, False, False, False])
    first, second = table.with_errors(expected, np.array([13.0, np.nan]), outside).rows()
    assert first["force_uncertainty_mev_per_angstrom"] == 13.0
    assert second["force_uncertainty_mev_per_angstrom"] is None
    assert first["expected_error_per_atom_mev_per_angstrom"] == 15.0 and first["atoms_outside_domain"] == 2
    assert second["expected_error_per_atom_mev_per_angstrom"] is None and second["atoms_outside_domain"] == 0
