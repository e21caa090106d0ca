"""Bond formation against PySCF's functions and quadrature: the density less the free atoms, and no electrons lost."""

import numpy as np
import pytest
from pyscf import gto
from pyscf.dft import gen_grid

from core.chem.elements import atomic_number
from core.chem.examples import example
from core.chem.molecule import Molecule
from core.chem.prepare.ions import FreeIon
from core.chem.read import from_smiles
from core.chem.topology import Residue
from core.density.bond_formation import bond_formation
from core.density.density import Density
from core.density.free_ions import with_free_ions
from core.density.grid import UniformGrid, density_on_grid
from core.density.moments import electrons
from core.gaussian.evaluate import density_at_points
from core.model.choose import model_for
from core.model.predict import predict_density
from tests.pyscf_functions import all_functions, pyscf_free_atoms, random_density, small_basis, waters


def predicted(molecule: Molecule) -> Density:
    return predict_density(molecule, model_for(molecule))


def quadrature(molecule: Molecule) -> gen_grid.Grids:
    """Becke's grid, PySCF's level 3, as the errors of densities are integrated on."""
    atoms = list(zip(molecule.symbols, molecule.positions_bohr.tolist(), strict=True))
    mol = gto.M(atom=atoms, unit="Bohr", basis="sto-3g", charge=molecule.charge, spin=None, verbose=0)
    grids = gen_grid.Grids(mol)
    grids.level = 3
    return grids.build()


def test_it_is_the_density_less_free_atoms_by_pyscf() -> None:
    density = random_density(waters(2, seed=2), small_basis())
    grid = UniformGrid.around(density.molecule, points_longest=21)
    points = grid.points()
    mol, coefficients = all_functions(density)
    free, free_coefficients = pyscf_free_atoms(density.molecule, density.basis)
    expected = mol.eval_gto("GTOval_sph", points) @ coefficients
    expected -= free.eval_gto("GTOval_sph", points) @ free_coefficients
    found = bond_formation(density)
    np.testing.assert_allclose(density_at_points(found, points), expected, rtol=0, atol=1e-8)
    on_grid = density_on_grid(found, grid).reshape(-1)
    # Single precision: of the sizes that are there, which are no longer those of a core.
    np.testing.assert_allclose(on_grid, expected, rtol=0, atol=2e-6 * (abs(expected).max() + 1.0))


@pytest.mark.parametrize(
    ("molecule", "charge"),
    [(example("water-3"), 0), (from_smiles("NC=O"), 0), (from_smiles("C[NH3+]", charge=1), 1)],
    ids=["waters", "formamide", "methylammonium"],
)
def test_electrons_only_move_but_for_the_charge(molecule: Molecule, charge: int) -> None:
    """On a quadrature grid, from the free atoms' own radial densities, which are none of the code under test."""
    density = predicted(molecule)
    grids = quadrature(molecule)
    free = np.zeros(len(grids.coords))
    for number, position in zip(molecule.atomic_numbers.tolist(), molecule.positions_bohr, strict=True):
        free += density.basis.element(number).free_density(np.linalg.norm(grids.coords - position, axis=1))
    formed = density_at_points(bond_formation(density), grids.coords)
    assert formed @ grids.weights == pytest.approx(-charge, abs=2e-3)
    assert electrons(bond_formation(density)) == pytest.approx(-charge, abs=1e-9)
    whole = density_at_points(density, grids.coords)
    # In total: what is small beside the core is small beside the bond too.
    assert abs(formed - (whole - free)) @ grids.weights < 1e-6 * molecule.electrons
    # There is something to see: electrons have moved, the more the more bonds.
    assert 0.02 < 0.5 * abs(formed) @ grids.weights / molecule.electrons < 0.2


def test_a_bond_gains_what_lies_behind_the_hydrogen_loses() -> None:
    molecule = example("water-1")
    oxygen, hydrogen, _ = molecule.positions_bohr
    formed = bond_formation(predicted(molecule))
    middle, behind = (oxygen + share * (hydrogen - oxygen) for share in (0.6, 1.5))
    in_bond, beyond = density_at_points(formed, np.stack([middle, behind]))
    assert in_bond > 0.02 and beyond < -0.005


@pytest.mark.parametrize("name", ["water-3", "water-30"])
def test_a_free_ion_changes_nothing(name: str) -> None:
    """Among few atoms and among many, where points are found in another way."""
    water = predicted(example(name))
    sodium = FreeIon(Residue("", "NA", 1, kind="ion"), atomic_number("Na"), np.array([0.0, 0.0, 19.0]), 1)
    points = np.random.default_rng(0).normal(size=(60, 3)) * 5.0
    both = bond_formation(with_free_ions(water, [sodium]))
    np.testing.assert_allclose(
        density_at_points(both, points), density_at_points(bond_formation(water), points), rtol=1e-9, atol=1e-12
    )
    grid = UniformGrid.around(both.molecule, points_longest=12)
    assert np.isfinite(density_on_grid(both, grid)).all()


def test_free_atoms_have_formed_nothing() -> None:
    free = Density.free_atoms(waters(1), small_basis())
    assert not density_on_grid(bond_formation(free), UniformGrid.around(free.molecule, points_longest=12)).any()
