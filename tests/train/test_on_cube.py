"""A prediction against a cube: the charge that is counted, and sums over its points against those on a Becke grid."""

import numpy as np
import pytest

from core.density.density import Density
from core.density.grid import UniformGrid
from core.errors import ResultError, UnsupportedElementError
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.evaluate import density_at_points
from core.model.predict import Prediction
from core.reference.foreign import CubeGrid, ForeignResult, read
from core.reference.foreign.density import orbital_density
from core.train.anatomy import BONDS, VALENCE
from core.train.findings import against_orbitals, require_room_for_fit
from core.train.on_cube import CubeDensity, against_cube, cube_density, difference_on, on_cube
from tests.reference.foreign.files import FORMAMIDE, WATER, calculation, cube_file, molden_file
from tests.reference.foreign.test_cube_files import SKEW, cube_text


@pytest.fixture(scope="module")
def basis() -> AuxiliaryBasis:
    return AuxiliaryBasis.load()


def read_cube(content: bytes, basis: AuxiliaryBasis) -> CubeDensity:
    result = read(content, "x.cube")
    assert isinstance(result.density, CubeGrid)
    return cube_density(result, result.density, basis)


HYDROXIDE, HYDRONIUM = "O 0 0 0; H 0 0 0.97", "O 0 0 0; H 0.9 0.2 0.2; H -0.5 0.8 0.2; H -0.4 -0.8 0.2"


@pytest.mark.parametrize(("atoms", "charge"), [(WATER, 0), (FORMAMIDE, 0), (HYDROXIDE, -1), (HYDRONIUM, 1)])
def test_the_charge_is_counted(atoms: str, charge: int, basis: AuxiliaryBasis) -> None:
    """On grids that miscount the electrons by a third of one, and cut off the tails of an anion."""
    method = calculation(atoms, "6-31g*", charge=charge)
    for points, margin in ((30, 4.0), (50, 6.0)):
        found = read_cube(cube_file(method, points, margin), basis)
        assert found.molecule.charge == charge
        assert found.electrons_found - found.free_electrons_found == pytest.approx(-charge, abs=0.12)


def test_evaluation_on_any_axes_is_that_at_points(basis: AuxiliaryBasis) -> None:
    method = calculation(WATER, "6-31g*")
    generator = np.random.default_rng(1)
    for content in (cube_text(method, SKEW, (15, 16, 17)), cube_text(method, np.diag([0.4, 0.5, 0.45]), (18, 16, 20))):
        cube = read(content, "x.cube").density
        molecule = read_cube(content, basis).molecule
        density = Density(molecule, basis, 0.01 * generator.normal(size=basis.n_functions(molecule.atomic_numbers)))
        expected = density_at_points(density, cube.points()).reshape(cube.shape)
        assert on_cube(density, cube) == pytest.approx(expected, abs=1e-7)


@pytest.fixture(scope="module")
def both(basis: AuxiliaryBasis) -> tuple:
    """Free atoms, with a dipole of their own, against water: by its orbitals, and by a cube of the same density."""
    method = calculation(WATER, "6-31g*")
    result = read(molden_file(method), "x.molden")
    orbitals = orbital_density(result, result.density)
    molecule = orbitals.molecule
    coefficients = np.zeros(basis.n_functions(molecule.atomic_numbers))
    coefficients[2:6] = [0.05, -0.04, 0.08, 0.02]
    prediction = Prediction(Density(molecule, basis, coefficients), np.zeros((3, 3)))
    content = cube_file(method, 72, 6.0)
    found, difference = against_cube(prediction, read_cube(content, basis))
    return against_orbitals(prediction, orbitals, None), found, difference, prediction, content


def test_sums_over_the_cube_are_those_on_the_becke_grid(both: tuple) -> None:
    exact, found, *_ = both
    assert found.electrons_misplaced == pytest.approx(exact.electrons_misplaced, rel=0.01)
    assert found.figures.eps_ks == pytest.approx(exact.figures.eps_ks, rel=0.02)
    assert found.figures.eps_sad == pytest.approx(exact.figures.eps_sad, rel=0.02)
    assert found.figures.dipole_error_md == pytest.approx(exact.figures.dipole_error_md, rel=0.01)
    assert found.anatomy.predicted.by_atom == pytest.approx(exact.anatomy.predicted.by_atom, rel=0.03)
    by_region, expected = found.anatomy.predicted.by_region, exact.anatomy.predicted.by_region
    assert by_region[VALENCE:] == pytest.approx(expected[VALENCE:], rel=0.03)
    # Bonds end at nuclei, where the error changes from point to point of a cube.
    assert by_region[BONDS] == pytest.approx(expected[BONDS], rel=0.08)
    assert found.potential.predicted == pytest.approx(exact.potential.predicted, rel=0.04)
    assert found.potential.free_atoms == pytest.approx(exact.potential.free_atoms, rel=0.04)
    assert found.potential.strength == pytest.approx(exact.potential.strength, rel=0.04)


def test_what_a_cube_does_not_know_is_not_said(both: tuple) -> None:
    _, found, *_ = both
    assert found.rungs is None and found.anatomy.fitted is None and found.potential.fitted is None
    assert found.figures.eps_floor is None and found.figures.force_mae_mev_per_angstrom is None


def test_the_difference_between_the_points_of_the_cube(both: tuple, basis: AuxiliaryBasis) -> None:
    _, _, difference, prediction, content = both
    cube = read_cube(content, basis).cube
    box = UniformGrid.around(prediction.density.molecule, points_longest=40)
    found = difference_on(box, cube, difference)
    exact = density_at_points(prediction.density, box.points()).reshape(box.shape)
    method = calculation(WATER, "6-31g*")
    values = method.mol.eval_gto("GTOval", box.points())
    exact -= np.einsum("gp,pq,gq->g", values, method.make_rdm1(), values).reshape(box.shape)
    # Between the points next to a nucleus there are cusps.
    nuclei = prediction.density.molecule.positions_bohr
    away = np.linalg.norm(box.points()[:, None] - nuclei, axis=-1).min(1).reshape(box.shape) > 0.5
    assert found[away] == pytest.approx(exact[away], abs=2e-3)
    outside = UniformGrid.around(prediction.density.molecule, points_longest=20, margin_angstrom=6.0)
    assert np.isnan(difference_on(outside, cube, difference)[0, 0, 0])


def scaled(result: ForeignResult, factor: float) -> CubeGrid:
    cube = result.density
    assert isinstance(cube, CubeGrid)
    return CubeGrid(cube.origin_bohr, cube.steps_bohr, factor * cube.density)


def test_cubes_that_are_of_something_else(basis: AuxiliaryBasis) -> None:
    method = calculation(WATER, "6-31g*")
    result = read(cube_file(method, 40, 4.0), "x.cube")
    with pytest.raises(ResultError, match=r"no whole charge"):
        cube_density(result, scaled(result, 1.03), basis)
    # e/angstrom^3
    with pytest.raises(ResultError):
        cube_density(result, scaled(result, 0.529177**-3), basis)
    with pytest.raises(ResultError, match=r"too coarse, or cuts the molecule off"):
        cube_density(result, *tight(method), basis)


def tight(method) -> tuple[CubeGrid]:
    cube = read(cube_file(method, 20, 0.1), "x.cube").density
    assert isinstance(cube, CubeGrid)
    return (cube,)


def test_a_cube_of_valence_electrons_is_refused(basis: AuxiliaryBasis) -> None:
    """As a pseudopotential leaves them: without the pair next to the nucleus."""
    method = calculation(WATER, "6-31g*")
    result = read(cube_file(method, 60, 5.0), "x.cube")
    cube = result.density
    assert isinstance(cube, CubeGrid)
    pair = 2.0 * (method.mol.eval_gto("GTOval", cube.points()) @ method.mo_coeff[:, 0]) ** 2
    valence = CubeGrid(cube.origin_bohr, cube.steps_bohr, np.maximum(cube.density - pair.reshape(cube.shape), 0.0))
    with pytest.raises(ResultError, match="no core electrons"):
        cube_density(result, valence, basis)


def test_a_molecule_too_large_for_the_fit_is_refused_before_it_starts(basis: AuxiliaryBasis) -> None:
    from tests.pyscf_functions import waters

    with pytest.raises(ResultError, match="too many"):
        require_room_for_fit(waters(40), basis)
    require_room_for_fit(waters(10), basis)


def test_elements_without_functions_are_named() -> None:
    with pytest.raises(UnsupportedElementError, match="Ne"):
        read(cube_file(calculation("Ne 0 0 0", "sto-3g"), 14), "x.cube")
