"""Hirshfeld atoms against the definition on PySCF's Becke grid, and against what they must add up to."""

from pathlib import Path

import numpy as np
import pytest
from pyscf.dft import gen_grid

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.density import hirshfeld
from core.density.density import Density
from core.density.hirshfeld import HirshfeldAtoms, hirshfeld_atoms
from core.density.moments import dipole_e_bohr
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from core.model.predict import load_model, predict_density
from core.reference.calculation import build_mol
from core.reference.fit import fit
from core.reference.record import read_records

DATASET = Path(__file__).parents[2] / "assets/datasets/water/headstart-0000.h5"


@pytest.fixture(scope="module")
def density() -> Density:
    """A DFT density of two waters, fitted."""
    record = next(record for record in read_records(DATASET) if len(record.molecule) == 6)
    return fit(record, AuxiliaryBasis.load())


def by_definition(density: Density) -> tuple[np.ndarray, np.ndarray]:
    """q_A = Z_A - integral w_A rho and its first moment, w_A = rho_A / sum rho_B of free atoms, on a Becke grid."""
    molecule, basis = density.molecule, density.basis
    grid = gen_grid.Grids(build_mol(molecule))
    grid.level = 5
    grid.build(with_non0tab=False)
    rho = density_at_points(density, grid.coords)
    atoms = []
    for number, position in zip(molecule.atomic_numbers, molecule.positions_angstrom, strict=True):
        alone = Molecule(np.array([number]), position[None])
        atoms.append(density_at_points(Density.free_atoms(alone, basis), grid.coords))
    promolecule = np.sum(atoms, axis=0)
    share = np.where(promolecule > 1e-12, np.array(atoms) / np.maximum(promolecule, 1e-12), 0.0)
    held = share * rho * grid.weights
    vectors = grid.coords[None] - molecule.positions_bohr[:, None]
    return molecule.atomic_numbers - held.sum(1), -np.einsum("ap,apx->ax", held, vectors)


def test_charges_and_dipoles_are_those_of_the_definition(density: Density) -> None:
    charges, dipoles = by_definition(density)
    found = hirshfeld_atoms(density)
    assert found.charges == pytest.approx(charges, abs=5e-4)
    assert found.dipoles_e_bohr == pytest.approx(dipoles, abs=2e-3)
    oxygen = density.molecule.atomic_numbers == 8
    assert (found.charges[oxygen] < -0.2).all() and (found.charges[~oxygen] > 0.1).all()


def test_they_give_the_dipole_of_the_molecule(density: Density) -> None:
    found = hirshfeld_atoms(density)
    total = found.charges @ density.molecule.positions_bohr + found.dipoles_e_bohr.sum(axis=0)
    assert total == pytest.approx(dipole_e_bohr(density), abs=5e-3)


def test_free_atoms_are_neutral_and_a_charge_is_kept(density: Density) -> None:
    free = hirshfeld_atoms(Density.free_atoms(density.molecule, density.basis))
    assert np.abs(free.charges).max() < 1e-12 and np.abs(free.dipoles_e_bohr).max() < 1e-12
    molecule = density.molecule
    ion = Molecule(molecule.atomic_numbers, molecule.positions_angstrom, -1)
    coefficients = density.coefficients.copy()
    charged = hirshfeld_atoms(Density(ion, density.basis, coefficients))
    assert charged.charges.sum() == pytest.approx(-1.0)


@pytest.fixture(scope="module")
def many() -> Density:
    """90 atoms: more than are evaluated in blocks where points do not crowd."""
    return predict_density(example("water-30"), load_model("water"))


def test_among_many_atoms_they_are_those_of_every_pair(many: Density, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within 1e-5 e and 5e-5 e bohr of what nothing is left out of, in which each atom looks for its points."""
    found = hirshfeld_atoms(many)
    monkeypatch.setattr(
        hirshfeld,
        "densities_at_points",
        lambda densities, points, **_: np.stack([density_at_points(one, points, threshold=1e-14) for one in densities]),
    )
    exact = hirshfeld_atoms(many)
    assert found.charges == pytest.approx(exact.charges, abs=1e-5)
    assert found.dipoles_e_bohr == pytest.approx(exact.dipoles_e_bohr, abs=5e-5)


def test_what_was_done_before_it_was_stopped_is_not_done_again(many: Density) -> None:
    class Stop(Exception):
        pass

    def stop_at_half(share: float) -> None:
        if share > 0.5:
            raise Stop

    done: dict[int, HirshfeldAtoms] = {}
    with pytest.raises(Stop):
        hirshfeld_atoms(many, progress=stop_at_half, done=done)
    assert sorted(done) == [0, 32]
    shares: list[float] = []
    found = hirshfeld_atoms(many, progress=shares.append, done=done)
    assert shares == [64 / 90] and len(done) == 3
    whole = hirshfeld_atoms(many, progress=shares.append)
    assert shares[1:] == [0.0, 32 / 90, 64 / 90]
    assert np.array_equal(found.charges, whole.charges) and np.array_equal(found.dipoles_e_bohr, whole.dipoles_e_bohr)
