"""Forces by source: they add up to the whole force, and follow Coulomb's law far away."""

import numpy as np
import pytest

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.moments import atomic_multipoles
from core.forces.hellmann_feynman import force_matrix, free_atom_forces, hellmann_feynman_forces
from core.forces.sources import forces_between_groups, forces_by_distance, forces_from_atoms, pair_forces
from core.gaussian.basis import AuxiliaryBasis


@pytest.fixture(scope="module")
def density() -> Density:
    molecule, basis = example("water-5"), AuxiliaryBasis.load()
    coefficients = np.random.default_rng(0).normal(scale=0.02, size=basis.n_functions(molecule.atomic_numbers))
    return Density(molecule, basis, coefficients)


def test_pairs_add_up_to_the_force_matrix_and_the_exact_forces(density: Density) -> None:
    n = len(density.molecule)
    total = np.zeros((n, 3))
    for pairs in pair_forces(density):
        np.add.at(total, pairs.targets, pairs.forces_hartree_per_bohr)
    expected = free_atom_forces(density.molecule, density.basis)
    expected = expected + (force_matrix(density.molecule, density.basis) @ density.coefficients).reshape(n, 3)
    assert total == pytest.approx(expected, abs=1e-10)
    assert total == pytest.approx(hellmann_feynman_forces(density, exact=True), abs=1e-10)


def test_a_source_alone_is_the_column_of_its_functions(density: Density) -> None:
    """What atom 4 does to atom 0, from the force matrix of that pair."""
    molecule, basis = density.molecule, density.basis
    [pairs] = pair_forces(density, np.array([0]))
    found = pairs.forces_hartree_per_bohr[pairs.sources == 4][0]
    offsets = basis.atom_offsets(molecule.atomic_numbers)
    columns = slice(offsets[4], offsets[5])
    two = Molecule(molecule.atomic_numbers[[0, 4]], molecule.positions_angstrom[[0, 4]])
    expected = force_matrix(molecule, basis)[:3, columns] @ density.coefficients[columns]
    assert found == pytest.approx(expected + free_atom_forces(two, basis)[0], abs=1e-10)


def test_groups_are_sums_of_pairs(density: Density) -> None:
    groups = np.repeat(np.arange(5), 3)
    between = forces_between_groups(density, groups)
    forces = hellmann_feynman_forces(density, exact=True)
    assert between.sum(axis=1) == pytest.approx(forces.reshape(5, 3, 3).sum(axis=1), abs=1e-10)
    only = forces_between_groups(density, groups, on=np.array([2]))
    assert only[2] == pytest.approx(between[2], abs=1e-12) and not only[[0, 1, 3, 4]].any()


def test_atoms_add_up_to_the_force_on_any_group(density: Density) -> None:
    forces = hellmann_feynman_forces(density, exact=True)
    for group in ([2], [0, 3, 14]):
        from_atoms = forces_from_atoms(density, np.array(group))
        assert from_atoms.sum(axis=0) == pytest.approx(forces[group].sum(axis=0), abs=1e-9)


def test_shells_add_up_to_all_other_atoms(density: Density) -> None:
    targets = np.array([0, 1, 2])
    from_atoms = forces_from_atoms(density, targets)
    shells = forces_by_distance(density.molecule, targets, from_atoms, np.array([0.0, 4.0, 8.0, 100.0]))
    groups = np.repeat([0, 1], [3, 12])
    assert shells.sum(axis=0) == pytest.approx(forces_between_groups(density, groups)[0, 1], abs=1e-10)
    assert np.linalg.norm(shells[0]) > 0


def test_far_away_a_charge_pushes_by_coulombs_law() -> None:
    basis = AuxiliaryBasis.load()
    molecule = Molecule(np.array([8, 1]), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 20.0]]))
    coefficients = np.zeros(basis.n_functions(molecule.atomic_numbers))
    coefficients[basis.atom_offsets(molecule.atomic_numbers)[1]] = 0.3
    density = Density(molecule, basis, coefficients)
    charge = atomic_multipoles(density, 0)[1, 0]
    [pairs] = pair_forces(density, np.array([0]))
    distance = pairs.distances_bohr[1]
    assert charge != pytest.approx(0.0, abs=0.01)
    assert pairs.forces_hartree_per_bohr[1] == pytest.approx([0, 0, -8 * charge / distance**2], abs=1e-9)
