"""MMFF94 against RDKit's own numbers, GFN2-xTB against a direct call of tblite; forces against differences."""

import numpy as np
import pytest
from rdkit.Chem import AddHs, Mol, MolFromSmiles
from rdkit.Chem.rdForceFieldHelpers import MMFFGetMoleculeForceField, MMFFGetMoleculeProperties
from tblite.interface import Calculator

from core.data import potentials
from core.data.assemble import Assembly, assemble
from core.data.catalogue import WATER, pieces
from core.data.compose import Composition
from core.data.langevin import Array, Potential
from core.data.potentials import GFN2, MMFF94, one_thread
from core.errors import DataError
from core.units import ANGSTROM_IN_BOHR

BY_NAME = {piece.name: piece for piece in pieces()}
WATER_NUMBERS = np.array([8, 1, 1])
WATER_BOHR = np.array([[0.0, 0.0, 0.0], [1.85, 0.0, 0.0], [-0.45, 1.75, 0.1]])
HARTREE_IN_KCAL = 627.5095


@pytest.fixture(scope="module")
def wet_acetate() -> Assembly:
    return assemble(Composition((BY_NAME["acetate"],), 1), np.random.default_rng(1))


def numerical_forces(potential: Potential, positions: Array, step: float = 1e-3) -> Array:
    forces = np.zeros_like(positions)
    for place in np.ndindex(positions.shape):
        shift = np.zeros_like(positions)
        shift[place] = step
        forces[place] = -(potential(positions + shift)[0] - potential(positions - shift)[0]) / (2 * step)
    return forces


def test_mmff_energy_is_rdkits_in_hartree_and_includes_what_is_between_molecules(wet_acetate: Assembly) -> None:
    graph = wet_acetate.graph
    field = MMFFGetMoleculeForceField(
        graph, MMFFGetMoleculeProperties(graph), nonBondedThresh=100.0, ignoreInterfragInteractions=False
    )
    potential = MMFF94(graph)
    positions = wet_acetate.positions_angstrom * ANGSTROM_IN_BOHR
    assert potential(positions)[0] == pytest.approx(field.CalcEnergy() / HARTREE_IN_KCAL, abs=1e-6)
    far = positions + 2000.0 * (wet_acetate.owner == 1)[:, None]
    assert potential(far)[0] - potential(positions)[0] > 0.005


def test_mmff_forces_are_minus_the_gradient_wherever_they_are_asked_for(wet_acetate: Assembly) -> None:
    potential = MMFF94(wet_acetate.graph)
    rng = np.random.default_rng(2)
    for _ in range(2):
        positions = wet_acetate.positions_angstrom * ANGSTROM_IN_BOHR + 0.05 * rng.normal(size=(10, 3))
        forces = potential(positions)[1]
        assert np.abs(forces).max() > 0.01
        assert np.allclose(forces, numerical_forces(potential, positions), atol=1e-5)
        assert np.allclose(forces.sum(0), 0.0, atol=1e-8)


def test_mmff_without_parameters_says_so() -> None:
    with pytest.raises(DataError, match="no parameters"):
        MMFF94(AddHs(MolFromSmiles("B")))


def test_gfn2_is_tblite_with_the_charge() -> None:
    for numbers, positions, charge in ((WATER_NUMBERS, WATER_BOHR, 0), (WATER_NUMBERS[:2], WATER_BOHR[:2], -1)):
        direct = Calculator("GFN2-xTB", numbers, positions, charge=charge)
        direct.set("verbosity", 0)
        result = direct.singlepoint()
        energy, forces = GFN2(numbers, positions, charge)(positions)
        assert energy == pytest.approx(result.get("energy"), abs=1e-9)
        assert np.allclose(forces, -result.get("gradient"), atol=1e-8)


def test_gfn2_energy_of_water_is_the_published_one() -> None:
    """-5.0705 hartree at its minimum (xtb 6); here some 0.5 millihartree above it."""
    assert GFN2(WATER_NUMBERS, WATER_BOHR, 0)(WATER_BOHR)[0] == pytest.approx(-5.070, abs=0.003)


def test_gfn2_forces_are_minus_the_gradient_and_do_not_depend_on_the_way_there() -> None:
    potential = GFN2(WATER_NUMBERS, WATER_BOHR, 0)
    bent = WATER_BOHR + np.array([[0.1, 0.0, 0.0], [0.0, 0.2, 0.0], [0.0, 0.0, -0.1]])
    energy, forces = potential(bent)
    assert np.allclose(forces, numerical_forces(potential, bent), atol=1e-5)
    fresh = GFN2(WATER_NUMBERS, bent, 0)(bent)
    assert energy == pytest.approx(fresh[0], abs=1e-8) and np.allclose(forces, fresh[1], atol=1e-5)


@pytest.mark.parametrize("positions", [np.zeros((3, 3)), np.full((3, 3), np.nan)], ids=["one place", "nowhere"])
def test_gfn2_of_what_is_no_structure_is_an_error_of_ours(positions: Array) -> None:
    with pytest.raises(DataError, match="GFN2-xTB failed"):
        GFN2(WATER_NUMBERS, positions, 0)(positions)


def test_gfn2_runs_on_one_thread_and_leaves_the_others_as_they_were() -> None:
    openmp = potentials._openmp_of_tblite()
    if openmp is None:
        pytest.skip("tblite has no OpenMP here")
    before = openmp.omp_get_max_threads()
    try:
        openmp.omp_set_num_threads(3)
        with pytest.raises(ZeroDivisionError), one_thread():
            assert openmp.omp_get_max_threads() == 1
            raise ZeroDivisionError
        assert openmp.omp_get_max_threads() == 3
    finally:
        openmp.omp_set_num_threads(before)


def test_a_graph_keeps_its_conformer(wet_acetate: Assembly) -> None:
    before = Mol(wet_acetate.graph).GetConformer().GetPositions()
    MMFF94(wet_acetate.graph)(np.zeros((10, 3)) + np.arange(30).reshape(10, 3))
    assert np.array_equal(wet_acetate.graph.GetConformer().GetPositions(), before)
    assert wet_acetate.graph.GetNumAtoms() == 7 + len(WATER)
