"""The density at hydrogen bonds: against Kohn-Sham densities by PySCF, a known magnitude, and points that are none."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import root

from core.chem.examples import example
from core.chem.hydrogen_bonds import hydrogen_bonds
from core.chem.molecule import Molecule
from core.density.critical_points import bond_critical_points
from core.density.density import Density
from core.gaussian.basis import AuxiliaryBasis
from core.model.predict import load_model, predict
from core.reference.calculation import build_mol
from core.reference.fit import fit
from core.reference.record import Record, read_records

DATASETS = Path(__file__).parents[2] / "assets/datasets/water"
# The water dimer of the S22 set (Jurecka et al., Phys. Chem. Chem. Phys. 8, 1985, 2006), CCSD(T) optimised, angstrom.
S22_DIMER = Molecule(
    np.array([8, 1, 1, 8, 1, 1]),
    np.array([
        [-1.551007, -0.114520, 0.0], [-1.934259, 0.762503, 0.0], [-0.599677, 0.040712, 0.0],
        [1.350625, 0.111469, 0.0], [1.680398, -0.373741, -0.758561], [1.680398, -0.373741, 0.758561],
    ]),
)  # fmt: skip


def pairs_of(molecule: Molecule) -> np.ndarray:
    bonds = hydrogen_bonds(molecule)
    return np.stack([bonds.hydrogens, bonds.acceptors], axis=1)


@pytest.fixture(scope="module")
def record() -> Record:
    """A DFT calculation of two waters that are bonded."""
    everything = (r for path in sorted(DATASETS.glob("heldout-*.h5")) for r in read_records(path))
    return next(r for r in everything if len(r.molecule) == 6 and len(hydrogen_bonds(r.molecule)))


def of_kohn_sham(record: Record, start: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Place, density and Laplacian where the gradient of the Kohn-Sham density vanishes, by PySCF and scipy."""
    mol = build_mol(record.molecule, record.level)
    orbitals = record.occupied_orbitals.astype(np.float64)

    def derivatives(point: np.ndarray) -> tuple[float, np.ndarray, float]:
        values = mol.eval_gto("GTOval_sph_deriv2", point[None])[:, 0] @ orbitals
        second = 4.0 * sum((values[0] * values[k]).sum() for k in (4, 7, 9)) + 4.0 * np.square(values[1:4]).sum()
        return 2.0 * np.square(values[0]).sum(), 4.0 * values[1:4] @ values[0], second

    solution = root(lambda point: derivatives(point)[1], start, tol=1e-10)
    assert solution.success
    rho, _, laplacian = derivatives(solution.x)
    return solution.x, float(rho), float(laplacian)


def test_it_is_where_the_kohn_sham_density_has_it(record: Record) -> None:
    pairs = pairs_of(record.molecule)
    found = bond_critical_points(fit(record, AuxiliaryBasis.load()), pairs)
    assert found.found.all()
    hydrogen, acceptor = (record.molecule.positions_bohr[pairs[0, column]] for column in (0, 1))
    point, rho, laplacian = of_kohn_sham(record, 0.65 * hydrogen + 0.35 * acceptor)
    assert np.linalg.norm(found.points_bohr[0] - point) < 0.02
    assert found.densities[0] == pytest.approx(rho, rel=0.01)
    # Second derivatives of a fit with 0.15 % of the electrons misplaced.
    assert found.laplacians[0] == pytest.approx(laplacian, rel=0.15)


def test_the_water_dimer_has_the_density_that_is_known() -> None:
    """0.02 to 0.03 e/bohr^3 and a positive Laplacian: Koch and Popelier, J. Phys. Chem. 99, 9747 (1995), 0.002-0.035
    and 0.024-0.139 for hydrogen bonds. The point is nearer to the hydrogen, and on the line of a straight bond."""
    density = predict(S22_DIMER, load_model("water")).density
    [[hydrogen, acceptor]] = pairs_of(S22_DIMER)
    found = bond_critical_points(density, np.array([[hydrogen, acceptor]]))
    assert 0.02 < found.densities[0] < 0.03
    assert 0.05 < found.laplacians[0] < 0.12
    positions = S22_DIMER.positions_bohr
    along = positions[acceptor] - positions[hydrogen]
    share = (found.points_bohr[0] - positions[hydrogen]) @ along / (along @ along)
    off = found.points_bohr[0] - positions[hydrogen] - share * along
    assert 0.3 < share < 0.4 and np.linalg.norm(off) < 0.05
    # The one positive curvature is along the bond.
    assert (found.curvatures[0] < 0).tolist() == [True, True, False]


def test_shorter_bonds_hold_more_density() -> None:
    molecule = example("water-30")
    bonds = hydrogen_bonds(molecule)
    found = bond_critical_points(predict(molecule, load_model("water")).density, pairs_of(molecule))
    assert found.found.all()
    correlation = np.corrcoef(bonds.hydrogen_acceptor_angstrom, np.log(found.densities))[0, 1]
    assert correlation < -0.98


def test_where_there_is_none_it_says_so() -> None:
    """The hydrogens of a water are bonded to its oxygen, not to each other, though a (3,-1) point is near."""
    molecule = example("water-3")
    density = Density.free_atoms(molecule, AuxiliaryBasis.load())
    hydrogens = np.flatnonzero(molecule.atomic_numbers == 1)
    found = bond_critical_points(density, np.array([[hydrogens[0], hydrogens[1]]]))
    assert not found.found.any() and np.isnan(found.points_bohr).all()
    assert len(bond_critical_points(density, np.zeros((0, 2), dtype=int)).densities) == 0
